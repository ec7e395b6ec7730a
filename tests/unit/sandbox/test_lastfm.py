from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.unit.sandbox.worlds import (
    ARTIST,
    EPISODE,
    GUEST,
    LASTFM_KEY,
    LOCAL_FILE,
    MBID,
    NOW,
    TRACKS,
    fixed_clock,
    lastfm,
    play,
    sign_up,
    small_world,
)
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import Account, PlayEvent

SIX = [play(TRACKS[number], minutes_ago=10 * number + 5) for number in range(6)]
PLAYING = PlayEvent(TRACKS[9], NOW - timedelta(minutes=1), NOW + timedelta(minutes=2))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(small_world(), clock=fixed_clock()) as running:
        yield running


def recent(sandbox: Sandbox, account: Account, **params: str | int) -> Any:
    return lastfm(sandbox, "user.getRecentTracks", user=account.lastfm_name, **params)["recenttracks"]


def names(page: Any) -> list[str]:
    return [row["name"] for row in page["track"]]


def uts(event: PlayEvent) -> int:
    return int(event.started_at.timestamp())


def texts_in(value: object) -> Iterator[object]:
    """Every value that is neither an object nor a list."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:  # pyright: ignore[reportUnknownVariableType]
            yield from texts_in(item)
    else:
        yield value


def test_scrobbles_come_the_latest_first_at_the_time_they_began(sandbox: Sandbox) -> None:
    account = sign_up(sandbox, *reversed(SIX))
    page = recent(sandbox, account)
    assert names(page) == [f"Song {number}" for number in range(6)]
    assert page["track"][0]["date"] == {"uts": str(uts(SIX[0])), "#text": "01 Nov 2026, 11:52"}
    assert page["@attr"] == {"user": account.lastfm_name, "page": "1", "perPage": "50", "totalPages": "1", "total": "6"}


def test_every_value_is_a_text(sandbox: Sandbox) -> None:
    page = recent(sandbox, sign_up(sandbox, *SIX, PLAYING), extended=1)
    assert {type(value) for value in texts_in(page)} == {str}


def test_ranges_hold_their_begin_and_not_their_end(sandbox: Sandbox) -> None:
    params: dict[str, Any] = {"from": uts(SIX[4]), "to": uts(SIX[1])}
    assert names(recent(sandbox, sign_up(sandbox, *SIX), **params)) == ["Song 2", "Song 3", "Song 4"]


def test_what_plays_now_comes_on_top_of_every_first_page(sandbox: Sandbox) -> None:
    account = sign_up(sandbox, *SIX, PLAYING)
    long_ago: dict[str, Any] = {"from": 0, "to": 1}
    for page, count in ((recent(sandbox, account, limit=2), 2), (recent(sandbox, account, **long_ago), 0)):
        assert page["track"][0]["@attr"] == {"nowplaying": "true"}
        assert "date" not in page["track"][0]
        assert len(page["track"]) == count + 1
    assert names(recent(sandbox, account, limit=2, page=2)) == ["Song 2", "Song 3"]


def test_pages_drift_while_somebody_listens_unless_the_end_is_fixed(sandbox: Sandbox) -> None:
    soon = [play(TRACKS[number], minutes_ago=-4 * (number - 9)) for number in (10, 11)]
    account = sign_up(sandbox, *SIX, *soon)
    end: dict[str, Any] = {"to": int(NOW.timestamp())}
    first = names(recent(sandbox, account, limit=3))
    assert first == names(recent(sandbox, account, limit=3, **end))
    sandbox.clock.advance(timedelta(minutes=8))
    drifted, fixed = recent(sandbox, account, limit=3, page=2), recent(sandbox, account, limit=3, page=2, **end)
    sandbox.clock.set(NOW)
    assert names(drifted) == ["Song 1", "Song 2", "Song 3"]
    assert names(fixed) == ["Song 3", "Song 4", "Song 5"]


def test_only_what_was_heard_long_enough_is_scrobbled(sandbox: Sandbox) -> None:
    long_track = replace(TRACKS[5], name="Long", duration_ms=20 * 60 * 1000)
    plays = [
        play(TRACKS[0], minutes_ago=5, seconds=89),
        play(TRACKS[1], minutes_ago=10, seconds=90),
        play(long_track, minutes_ago=20, seconds=239),
        play(long_track, minutes_ago=30, seconds=240),
        play(EPISODE, minutes_ago=40, seconds=600),
        replace(play(TRACKS[2], minutes_ago=60), private_session=True),
        play(LOCAL_FILE, minutes_ago=70),
    ]
    page = recent(sandbox, sign_up(sandbox, *plays))
    assert names(page) == ["Song 1", "Long", "Second Take"]
    assert (page["track"][2]["mbid"], page["track"][2]["artist"]["#text"]) == ("", "Four Friends")


def test_extended_rows_name_the_artist_otherwise(sandbox: Sandbox) -> None:
    account = sign_up(sandbox, *SIX)
    plain, extended = recent(sandbox, account)["track"][0], recent(sandbox, account, extended=1)["track"][0]
    assert plain["artist"] == {"mbid": MBID, "#text": ARTIST.name}
    assert (extended["artist"]["name"], extended["loved"]) == (ARTIST.name, "0")
    assert "#text" not in extended["artist"]


def test_pages_have_two_hundred_rows_at_most(sandbox: Sandbox) -> None:
    plays = [play(TRACKS[0], minutes_ago=4 * number) for number in range(250)]
    page = recent(sandbox, sign_up(sandbox, *plays), limit=1000)
    assert len(page["track"]) == 200
    assert (page["@attr"]["perPage"], page["@attr"]["totalPages"], page["@attr"]["total"]) == ("200", "2", "250")


def test_nothing_and_a_page_behind_the_last(sandbox: Sandbox) -> None:
    nothing = recent(sandbox, sign_up(sandbox))
    assert (nothing["track"], nothing["@attr"]["totalPages"], nothing["@attr"]["total"]) == ([], "0", "0")
    assert recent(sandbox, sign_up(sandbox, *SIX), page=9)["track"] == []


def test_one_row_may_come_without_its_list(sandbox: Sandbox) -> None:
    account = sign_up(sandbox, SIX[0])
    sandbox.world.lastfm_single_as_object = True
    page = recent(sandbox, account)
    sandbox.world.lastfm_single_as_object = False
    assert page["track"]["name"] == "Song 0"
    assert names(recent(sandbox, account)) == ["Song 0"]


ERRORS: list[tuple[dict[str, str | int], int, int]] = [
    ({"method": "user.getRecentTracks", "user": "nobody"}, 6, 404),
    ({"method": "user.getRecentTracks"}, 6, 404),
    ({"method": "user.getRecentTracks", "user": "hidden"}, 17, 403),
    ({"method": "user.getFriends"}, 3, 400),
    ({"method": "chart.getTopTracks", "api_key": "wrong"}, 10, 403),
    ({"method": "chart.getTopTracks", "limit": "0"}, 6, 404),
    ({"method": "artist.getTopTags", "artist": "Nobody"}, 6, 404),
    ({"method": "track.getInfo", "artist": ARTIST.name, "track": "No song"}, 6, 404),
]


@pytest.mark.parametrize(("params", "code", "status"), ERRORS)
def test_errors_come_with_200_or_with_a_status(
    sandbox: Sandbox, params: dict[str, str | int], code: int, status: int
) -> None:
    hidden = sign_up(sandbox)
    hidden.lastfm_name, hidden.lastfm_private = "hidden", True
    query = {"api_key": LASTFM_KEY, "format": "json", **params}
    plain = requests.get(sandbox.lastfm_url, params=query, timeout=10)
    sandbox.world.lastfm_errors_in_200 = False
    strict = requests.get(sandbox.lastfm_url, params=query, timeout=10)
    sandbox.world.lastfm_errors_in_200 = True
    del sandbox.world.accounts[hidden.listener_id]
    assert (plain.status_code, plain.json()["error"], strict.status_code) == (200, code, status)
    assert plain.json()["message"]


def test_without_a_format_it_is_xml(sandbox: Sandbox) -> None:
    for key, body in ((LASTFM_KEY, '<lfm status="ok"/>'), ("wrong", '<error code="10">')):
        answer = requests.get(sandbox.lastfm_url, params={"method": "chart.getTopTracks", "api_key": key}, timeout=10)
        assert answer.headers["Content-Type"].startswith("text/xml")
        assert body in answer.text


@pytest.mark.parametrize(
    "asked", [{"artist": ARTIST.name}, {"mbid": MBID}, {"artist": "DROWSY mirrors", "autocorrect": 1}]
)
def test_tags_of_an_artist(sandbox: Sandbox, asked: dict[str, str | int]) -> None:
    tags = lastfm(sandbox, "artist.getTopTags", **asked)["toptags"]
    assert [(tag["name"], tag["count"]) for tag in tags["tag"]] == [("hip hop", 100), ("seen live", 40)]
    assert tags["@attr"] == {"artist": ARTIST.name}


def test_without_autocorrection_a_name_is_exact(sandbox: Sandbox) -> None:
    assert lastfm(sandbox, "artist.getTopTags", artist="DROWSY mirrors")["error"] == 6
    assert lastfm(sandbox, "artist.getTopTags", artist=GUEST.name)["toptags"]["tag"] == []


def test_charts_come_in_pages(sandbox: Sandbox) -> None:
    page = lastfm(sandbox, "chart.getTopTracks", limit=2, page=2)["tracks"]
    assert [track["name"] for track in page["track"]] == ["Song 2", "Song 3"]
    assert page["track"][0]["duration"] == "180"
    assert page["@attr"] == {"page": "2", "perPage": "2", "totalPages": "60", "total": "120"}
    artists = lastfm(sandbox, "chart.getTopArtists")["artists"]["artist"]
    assert [artist["name"] for artist in artists] == [ARTIST.name, GUEST.name]
    assert {type(value) for value in texts_in(artists)} == {str}


def test_artists_of_a_tag(sandbox: Sandbox) -> None:
    found = lastfm(sandbox, "tag.getTopArtists", tag="Hip Hop")["topartists"]
    assert [(artist["name"], artist["@attr"]) for artist in found["artist"]] == [(ARTIST.name, {"rank": "1"})]
    assert lastfm(sandbox, "tag.getTopArtists", tag="no such tag")["topartists"]["artist"] == []


def test_a_track_in_milliseconds_with_what_is_known_of_it(sandbox: Sandbox) -> None:
    account = sign_up(sandbox, SIX[1], play(TRACKS[1], minutes_ago=60))
    found = lastfm(sandbox, "track.getInfo", artist=ARTIST.name, track="Song 1", username=account.lastfm_name)["track"]
    assert (found["duration"], found["userplaycount"]) == ("180000", "2")
    assert found["album"]["title"] == "Blue Orchards"
    assert found["album"]["@attr"] == {"position": "2"}
    assert [tag["name"] for tag in found["toptags"]["tag"]] == ["hip hop", "seen live"]


def test_of_a_track_that_is_hardly_known_things_are_missing_or_empty() -> None:
    world = small_world()
    world.tracks[TRACKS[3].track_id] = replace(TRACKS[3], mbid=None)
    world.artist_tags.clear()
    with Sandbox(world, clock=fixed_clock()) as sandbox:
        found = lastfm(sandbox, "track.getInfo", artist=ARTIST.name, track="Song 3")["track"]
    assert not {"album", "mbid", "wiki"} & set(found)
    assert found["toptags"] == ""
