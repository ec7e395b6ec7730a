from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

import pytest

from tests.unit.sources.services.loopback import NOW, Answer, Ledger, Loopback, Time, a_caller
from tunegenie_assets.sources.services.errors import (
    BadResponse,
    MissingScope,
    NotAvailable,
    NotFound,
    NotOnAllowList,
    Parked,
    PremiumRequired,
    QuotaExceeded,
    Refused,
    ServerFailure,
    ServiceError,
    Unauthorized,
)
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.services.spotify import SCOPES, SpotifyClient, playlist_content

TRACK = "4uLU6hMCjMI75M1A2tKUQC"
OTHER = "0VjIjW4GlUZAMYd2vXMi3b"
EMPTY = Answer(json={"items": [], "next": None})


class Tokens:
    """A source that counts how often its token was rejected."""

    def __init__(self, granted: Collection[str] = SCOPES) -> None:
        self._granted = frozenset(granted)
        self.rejected: list[str] = []

    def access_token(self, scopes: Collection[str]) -> str:
        if missing := frozenset(scopes) - self._granted:
            raise MissingScope(missing)
        return "t0ken-0"

    def replaced(self, rejected: str) -> str:
        self.rejected.append(rejected)
        return f"t0ken-{len(self.rejected)}"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback([EMPTY]) as loopback:
        yield loopback


def client(
    server: Loopback,
    *answers: Answer,
    tokens: Tokens | None = None,
    time: Time | None = None,
    budget: Ledger | None = None,
    unavailable: set[str] | None = None,
) -> SpotifyClient:
    if answers:
        server.answers.clear()
        server.answers.extend(answers)
    return SpotifyClient(
        a_caller(time, budget), tokens or Tokens(), base_url=server.url + "v1/", unavailable=unavailable
    )


def error(status: int, message: str, **more: str) -> Answer:
    return Answer(status, json={"error": {"status": status, "message": message, **more}})


def test_plays_are_asked_for_in_one_call_and_given_as_received(server: Loopback) -> None:
    text = '{"items" : [{"played_at": "x"}], "next": "http://127.0.0.1:1/v1/me", "cursors":null}\n'
    response = client(server, Answer(text=text)).recently_played(after=datetime(2026, 3, 1, 11, 59, 59, 500_000))
    assert response.text == text
    assert (response.path, response.params) == ("me/player/recently-played", {"after": "1772366399500", "limit": "50"})
    [seen] = server.seen
    assert seen.headers["Authorization"] == "Bearer t0ken-0"


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (error(403, "Insufficient client scope"), MissingScope, "user-read-recently-played has not been granted"),
        (
            error(403, "User not registered in the Developer Dashboard"),
            NotOnAllowList,
            "add it under User Management",
        ),
        (
            Answer(403, text="Active premium subscription required for the owner of the app."),
            PremiumRequired,
            "only while its owner has Premium",
        ),
        (error(403, "Forbidden"), NotAvailable, "does not offer me/player/recently-played"),
        (error(404, "Resource not found"), NotFound, "knows no me/player/recently-played"),
        (error(404, "Non existing id: 'spotify:track:x'"), NotFound, "knows no"),
        (error(400, "invalid id"), NotFound, "knows no"),
        (error(400, "Invalid limit"), Refused, "status 400"),
        (Answer(400, json={"error": "text"}), Refused, "status 400"),
        (Answer(400, json=["odd"]), Refused, "status 400"),
        (Answer(400, json=3), Refused, "status 400"),
        (Answer(500, json={"error": "text"}), ServerFailure, "status 500"),
        (error(503, "Server error."), ServerFailure, "status 503"),
        (Answer(502, text="<html>bad gateway</html>"), ServerFailure, "status 502"),
        (Answer(text=""), BadResponse, "empty"),
        (Answer(text="OK"), BadResponse, "not the JSON"),
        (Answer(text='{"items": ['), BadResponse, "not the JSON"),
        (Answer(json={}, cut=True), BadResponse, "cut short"),
        (Answer(drop=True), ServerFailure, "broke the connection"),
        (Answer(302, headers={"Location": "http://127.0.0.1:1/"}), BadResponse, "TooManyRedirects"),
        (error(429, "API rate limit exceeded"), Parked, "rate limit"),
        (Answer(429, text="Too many requests"), Parked, "rate limit"),
        (error(429, "Too many requests", reason="QUOTA_EXCEEDED"), QuotaExceeded, "after 2026-03-02 12:00 UTC"),
        (error(401, "The access token expired"), Unauthorized, "run `tunegenie login` again"),
        (error(401, "Access token missing"), Unauthorized, "does not see the access token .* try again later"),
    ],
    ids=str,
)
def test_errors_are_typed(server: Loopback, answer: Answer, kind: type[ServiceError], says: str) -> None:
    with pytest.raises(kind, match=says) as raised:
        client(server, answer).recently_played()
    assert "\n" not in str(raised.value)
    assert "t0ken" not in f"{raised.value!r} {raised.value}"


@pytest.mark.parametrize(
    "answer",
    [
        error(500, "Server error."),
        Answer(text=""),
        Answer(json={}, cut=True),
        Answer(drop=True),
        error(401, "Access token missing"),
        Answer(429, json={"error": {}}, headers={"Retry-After": "1"}),
    ],
    ids=str,
)
def test_a_passing_failure_is_lived_through_with_the_same_token(server: Loopback, answer: Answer) -> None:
    tokens, budget = Tokens(), Ledger()
    assert client(server, answer, answer, answer, EMPTY, tokens=tokens, budget=budget).recently_played().json
    assert tokens.rejected == []
    assert budget.spent == [("spotify", Purpose.PLAYS)] * 4


def test_the_wait_that_spotify_asks_for_is_kept(server: Loopback) -> None:
    time = Time()
    client(server, Answer(429, json={"error": {}}, headers={"Retry-After": "4"}), EMPTY, time=time).recently_played()
    assert 4 <= sum(time.sleeps) <= 30


@pytest.mark.parametrize("reason", ["QUOTA_EXCEEDED", "other"])
def test_a_wait_of_hours_is_parked_at_once_and_nothing_more_is_sent(server: Loopback, reason: str) -> None:
    time = Time()
    answer = Answer(
        429,
        json={"error": {"status": 429, "message": "Too many requests", "reason": reason}},
        headers={"Retry-After": "48925"},
    )
    spotify = client(server, answer, time=time)
    for _ in range(2):
        with pytest.raises(Parked) as parked:
            spotify.recently_played()
        assert parked.value.retry_at == NOW + timedelta(seconds=48_925)
        assert isinstance(parked.value, QuotaExceeded) == (reason == "QUOTA_EXCEEDED")
    assert (len(server.seen), time.sleeps) == (1, [])


def test_a_rejected_token_is_replaced_once(server: Loopback) -> None:
    tokens = Tokens()
    expired = error(401, "The access token expired")
    assert client(server, expired, EMPTY, tokens=tokens).recently_played().status == 200
    assert [seen.headers["Authorization"] for seen in server.seen] == ["Bearer t0ken-0", "Bearer t0ken-1"]
    with pytest.raises(Unauthorized):
        client(server, expired, tokens=tokens).recently_played()
    assert tokens.rejected == ["t0ken-0"] * 2
    assert len(server.seen) == 4


def calls_that_need_consent(spotify: SpotifyClient) -> list[Callable[[], object]]:
    return [
        spotify.recently_played,
        lambda: list(spotify.saved_tracks()),
        lambda: spotify.top_items("tracks", "short_term"),
        lambda: list(spotify.playlists()),
        lambda: list(spotify.playlist_items(TRACK)),
        lambda: spotify.create_playlist("n", "d"),
        lambda: spotify.add_playlist_items(TRACK, []),
    ]


def test_a_missing_scope_is_told_before_any_call(server: Loopback) -> None:
    for call in calls_that_need_consent(client(server, tokens=Tokens(()))):
        with pytest.raises(MissingScope):
            call()
    assert server.seen == []


def test_pages_are_followed_on_the_own_host_alone(server: Loopback) -> None:
    link = f"{server.url}v1/me/tracks?offset=50&limit=50"
    first, last = Answer(json={"items": [], "next": link}), EMPTY
    pages = list(client(server, first, last).saved_tracks())
    assert [page.params for page in pages] == [{"limit": "50", "offset": "0"}, {"limit": "50", "offset": "50"}]
    assert {page.path for page in pages} == {"me/tracks"}


@pytest.mark.parametrize("link", ["http://127.0.0.1:1/v1/x", "https://api.spotify.com/v1/me/tracks", "me/tracks", 3])
def test_a_link_elsewhere_is_not_followed_and_its_page_was_given(server: Loopback, link: object) -> None:
    pages = client(server, Answer(json={"items": [], "next": link})).playlists()
    assert next(pages).status == 200
    with pytest.raises(BadResponse, match="leaves the service"):
        next(pages)
    assert len(server.seen) == 1


def test_what_is_no_page_does_not_pass_for_the_last(server: Loopback) -> None:
    pages = client(server, Answer(json={"items": []})).playlists()
    assert next(pages).status == 200
    with pytest.raises(BadResponse, match="no page of a list"):
        next(pages)


def test_pages_in_a_circle_end(server: Loopback) -> None:
    answer = Answer(json={"items": [], "next": f"{server.url}v1/me/playlists?offset=0"})
    with pytest.raises(BadResponse, match="lead in a circle"):
        list(client(server, answer).playlists())
    assert len(server.seen) == 2


def test_saved_tracks_end_at_the_watermark(server: Loopback) -> None:
    def page(number: int, *times: str) -> Answer:
        items = [{"added_at": time} for time in times]
        return Answer(json={"items": items, "next": f"{server.url}v1/me/tracks?offset={number}"})

    answers = [page(1, "2026-02-03T00:00:00Z", "2026-02-02T00:00:00Z"), page(2, "2026-02-01T00:00:00Z"), page(3)]
    assert len(list(client(server, *answers).saved_tracks(added_after=datetime(2026, 2, 1)))) == 2


@pytest.mark.parametrize("time", [None, "yesterday"])
def test_a_saved_track_without_a_time_is_told(server: Loopback, time: str | None) -> None:
    answer = Answer(json={"items": [{"added_at": time}], "next": None})
    with pytest.raises(BadResponse, match="without a time"):
        list(client(server, answer).saved_tracks(added_after=NOW))


def test_many_are_looked_up_in_one_call_where_the_app_may(server: Loopback) -> None:
    spotify = client(server, Answer(json={"tracks": []}))
    pages = list(spotify.lookup("track", [TRACK] * 60))
    assert [len(page.params["ids"].split(",")) for page in pages] == [50, 10]


@pytest.mark.parametrize("refused", [error(403, "Forbidden"), error(404, "Not found")])
def test_an_app_that_may_not_is_asked_once(server: Loopback, refused: Answer) -> None:
    unavailable: set[str] = set()
    spotify = client(server, refused, Answer(json={}), unavailable=unavailable)
    assert [page.path for page in spotify.lookup("album", [TRACK, OTHER])] == [f"albums/{TRACK}", f"albums/{OTHER}"]
    assert len(list(client(server, unavailable=unavailable).lookup("album", [TRACK, OTHER]))) == 2
    assert (len(server.seen), unavailable) == (5, {"albums"})


def test_a_trouble_that_is_not_the_apps_is_not_remembered(server: Loopback) -> None:
    unavailable: set[str] = set()
    with pytest.raises(NotOnAllowList):
        refused = error(403, "User not registered in the Developer Dashboard")
        list(client(server, refused, unavailable=unavailable).lookup("track", [TRACK, OTHER]))
    assert unavailable == set()


def test_an_unknown_id_gives_a_response_that_can_be_remembered(server: Loopback) -> None:
    spotify = client(server, error(404, "Non existing id"), Answer(json={}), unavailable={"artists"})
    assert [page.status for page in spotify.lookup("artist", [TRACK, OTHER])] == [404, 200]


def test_audio_features_that_are_gone_are_found_out_with_one_call(server: Loopback) -> None:
    spotify = client(server, error(403, "Forbidden"))
    for _ in range(2):
        with pytest.raises(NotAvailable, match="does not offer audio-features to this app"):
            spotify.audio_features([TRACK])
    assert len(server.seen) == 1


def test_audio_features_are_given_where_the_app_has_them(server: Loopback) -> None:
    answer = Answer(json={"audio_features": [None]})
    assert client(server, answer).audio_features([TRACK]).json == {"audio_features": [None]}


def test_an_empty_answer_to_audio_features_is_a_bad_one(server: Loopback) -> None:
    with pytest.raises(BadResponse, match="empty"):
        client(server, Answer(text="")).audio_features([TRACK])


def test_an_address_of_something_else_is_refused_without_a_call(server: Loopback) -> None:
    with pytest.raises(Refused, match="Unexpected Spotify URI type"):
        list(client(server).lookup("track", [f"spotify:album:{TRACK}"]))
    assert server.seen == []


@pytest.mark.parametrize("failure", [error(502, "Bad gateway"), Answer(drop=True), Answer(text="")], ids=str)
def test_what_makes_something_is_not_sent_twice(server: Loopback, failure: Answer) -> None:
    for call in (
        lambda spotify: spotify.create_playlist("n", "d"),
        lambda spotify: spotify.add_playlist_items(TRACK, ["spotify:track:x"]),
    ):
        server.seen.clear()
        with pytest.raises((ServerFailure, BadResponse)):
            call(client(server, failure))
        assert [seen.method for seen in server.seen] == ["POST"]


def test_what_replaces_is_sent_again_and_a_description_needs_no_answer(server: Loopback) -> None:
    spotify = client(server, error(502, "Bad gateway"), Answer(json={"snapshot_id": "s"}))
    spotify.replace_playlist_items(TRACK, ["spotify:track:x"])
    client(server, Answer(text="")).describe_playlist(TRACK, "d")
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("PUT", f"/v1/playlists/{TRACK}/items"),
        ("PUT", f"/v1/playlists/{TRACK}/items"),
        ("PUT", f"/v1/playlists/{TRACK}"),
    ]


@pytest.mark.parametrize(
    ("item", "content"),
    [
        ({"item": {"id": "i"}, "track": {"id": "t"}}, {"id": "i"}),
        ({"track": {"id": "t"}}, {"id": "t"}),
        ({"item": None, "track": None}, None),
        ({}, None),
        ({"item": None, "track": True}, None),
    ],
)
def test_a_playlist_item_is_read_under_both_names(item: dict[str, object], content: object) -> None:
    assert playlist_content(item) == content


def test_tokens_are_not_logged(server: Loopback, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client(server, error(500, "x"), EMPTY).recently_played()
    assert "t0ken" not in caplog.text
