from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.unit.sources.services.loopback import Answer, Ledger, Loopback, Time, a_caller
from tunegenie_assets.sources.services.errors import (
    BadCredentials,
    BadResponse,
    NotFound,
    Parked,
    PrivateProfile,
    Refused,
    ServerFailure,
    ServiceError,
)
from tunegenie_assets.sources.services.lastfm import LastfmClient, as_list, as_number, as_object, scrobbles_in, tags_in
from tunegenie_assets.sources.services.responses import Purpose

UNTIL = datetime(2026, 3, 1)
PLAYED = {"name": "Numb", "date": {"uts": "1772300000", "#text": "28 Feb 2026"}}
PLAYING = {"name": "Now", "@attr": {"nowplaying": "true"}}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


def client(server: Loopback, *answers: Answer, time: Time | None = None, budget: Ledger | None = None) -> LastfmClient:
    server.answers.clear()
    server.answers.extend(answers)
    return LastfmClient(
        a_caller(time, budget),
        SecretStr("k3y"),
        user_agent="TuneGenie/1 (me@example.com)",
        base_url=server.url + "2.0/",
    )


def page(number: int, pages: int, track: object = PLAYED, user: str = "Ada") -> Answer:
    attributes = {"user": user, "page": str(number), "totalPages": str(pages), "total": "9", "perPage": "200"}
    return Answer(json={"recenttracks": {"track": track, "@attr": attributes}})


def failed(code: int, status: int = 200) -> Answer:
    return Answer(status, json={"error": code, "message": "It\nfailed", "links": []})


def test_scrobbles_are_paged_back_from_a_fixed_end(server: Loopback) -> None:
    budget = Ledger()
    lastfm = client(server, page(1, 3, [PLAYING, PLAYED]), page(2, 3), page(3, 3), budget=budget)
    pages = list(lastfm.scrobbles("ada", until=UNTIL, since=datetime(2026, 1, 1)))
    assert [[row["name"] for row in scrobbles_in(found.json)] for found in pages] == [["Numb"]] * 3
    assert server.seen[1].query == {
        "method": ["user.getRecentTracks"],
        "format": ["json"],
        "user": ["ada"],
        "limit": ["200"],
        "from": ["1767225600"],
        "to": ["1772323200"],
        "page": ["2"],
        "api_key": ["k3y"],
    }
    assert {seen.query["to"][0] for seen in server.seen} == {"1772323200"}
    assert "api_key" not in pages[0].params
    assert "k3y" not in repr(pages)
    assert server.seen[0].headers["User-Agent"] == "TuneGenie/1 (me@example.com)"
    assert budget.spent == [("lastfm", Purpose.PLAYS)] * 3


@pytest.mark.parametrize("pages", [0, 1])
def test_no_scrobbles_are_one_empty_page(server: Loopback, pages: int) -> None:
    [found] = client(server, page(1, pages, [PLAYING])).scrobbles("ada", until=UNTIL)
    assert scrobbles_in(found.json) == []


def test_no_more_than_four_calls_a_second(server: Loopback) -> None:
    time = Time()
    lastfm = client(server, Answer(json={}), time=time)
    begun = time.now
    for _ in range(9):
        lastfm.chart_artists()
    assert (time.now - begun).total_seconds() >= 2


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("code", [8, 11, 16, 29])
def test_what_passes_is_tried_again(server: Loopback, code: int, status: int) -> None:
    assert client(server, failed(code, status), Answer(json={"toptags": ""})).artist_tags("Cher").status == 200
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (failed(6), NotFound, r"Last.fm knows no artist 'Cher'"),
        (failed(6, 404), NotFound, r"Last.fm knows no artist 'Cher'"),
        (failed(10), BadCredentials, r"does not accept the API key \(error 10\)"),
        (failed(10, 403), BadCredentials, "API key"),
        (failed(4), BadCredentials, "API key"),
        (failed(9), BadCredentials, "API key"),
        (failed(13), BadCredentials, "API key"),
        (failed(26, 403), BadCredentials, "API key"),
        (failed(17, 403), PrivateProfile, "switch off `Hide recent listening"),
        (failed(3), Refused, "error 3, It failed"),
        (failed(8), ServerFailure, "failed with error 8"),
        (failed(29), Parked, "rate limit"),
        (Answer(503, text="<html>"), ServerFailure, "status 503"),
        (Answer(429, text="", headers={"Retry-After": "600"}), Parked, "rate limit"),
        (Answer(text=""), BadResponse, "empty"),
        (Answer(json={"error": "6", "message": "x"}), NotFound, "knows no artist"),
    ],
    ids=str,
)
def test_errors_are_typed_whatever_the_status(
    server: Loopback, answer: Answer, error: type[ServiceError], says: str
) -> None:
    with pytest.raises(error, match=says) as raised:
        client(server, answer).artist_tags("Cher")
    assert "\n" not in str(raised.value)
    assert "k3y" not in str(raised.value)


@pytest.mark.parametrize("code", [4, 6, 9, 10, 13, 17, 26])
def test_what_does_not_pass_is_asked_once(server: Loopback, code: int) -> None:
    with pytest.raises(ServiceError):
        client(server, failed(code)).artist_tags("Cher")
    assert len(server.seen) == 1


@pytest.mark.parametrize(("code", "error"), [(17, PrivateProfile), (6, NotFound)])
def test_who_a_listener_is_at_lastfm_stays_out_of_messages(
    server: Loopback, code: int, error: type[ServiceError]
) -> None:
    with pytest.raises(error) as raised:
        next(client(server, failed(code)).scrobbles("ada_fm", until=UNTIL))
    assert "ada_fm" not in str(raised.value)


def test_scrobbles_of_somebody_else_are_asked_for_again(server: Loopback) -> None:
    lastfm = client(server, page(1, 1, user="eve"), page(1, 1, user="ADA"))
    assert len(list(lastfm.scrobbles("ada", until=UNTIL))) == 1
    with pytest.raises(BadResponse, match="not of the listener"):
        next(client(server, page(1, 1, user="eve")).scrobbles("ada", until=UNTIL))


@pytest.mark.parametrize("page", [{}, {"recenttracks": {"track": []}}, {"recenttracks": {"@attr": {"user": "ada"}}}])
def test_a_page_that_does_not_tell_whether_more_follow_is_a_bad_one(server: Loopback, page: object) -> None:
    with pytest.raises(BadResponse, match="no count of its pages"):
        next(client(server, Answer(json=page)).scrobbles("ada", until=UNTIL))


def test_every_lookup_asks_its_method(server: Loopback) -> None:
    lastfm = client(server, Answer(json={}))
    lastfm.artist_tags("Cher")
    lastfm.track_info("Cher", "Believe")
    lastfm.chart_tracks(page=2)
    lastfm.chart_artists()
    asked = [(seen.query["method"][0], seen.query.get("page")) for seen in server.seen]
    assert asked == [
        ("artist.getTopTags", None),
        ("track.getInfo", None),
        ("chart.getTopTracks", ["2"]),
        ("chart.getTopArtists", ["1"]),
    ]


@pytest.mark.parametrize(
    ("track", "names"),
    [
        ([PLAYED, PLAYED], ["Numb", "Numb"]),
        (PLAYED, ["Numb"]),
        (PLAYING, []),
        ([PLAYING, PLAYED], ["Numb"]),
        ([], []),
        ("", []),
        (None, []),
        ([{"name": "x", "date": {"uts": ""}}, {"name": "y", "date": ""}], []),
    ],
)
def test_scrobbles_of_any_form(track: object, names: list[str]) -> None:
    assert [row["name"] for row in scrobbles_in({"recenttracks": {"track": track}})] == names


@pytest.mark.parametrize(
    ("toptags", "count"),
    [("", 0), ({}, 0), ({"tag": ""}, 0), ({"tag": {"name": "pop"}}, 1), ({"tag": [{"name": "pop"}, {}]}, 2)],
)
def test_tags_of_any_form(toptags: object, count: int) -> None:
    assert len(tags_in({"toptags": toptags})) == count


@pytest.mark.parametrize(
    ("value", "number"),
    [("12", 12), (12, 12), ("0", 0), ("", None), (None, None), ("x", None), ({}, None), (1.5, None)],
)
def test_numbers_of_any_form(value: object, number: int | None) -> None:
    assert as_number(value) == number


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["track", "@attr", "date"]), inner),
    max_leaves=10,
)


@given(value=JSON)
def test_no_form_breaks_the_readers(value: object) -> None:
    assert all(isinstance(item, dict) for item in as_list(value))
    assert isinstance(as_object(value), dict)
    assert scrobbles_in({"recenttracks": value}) == [] or isinstance(value, dict)
