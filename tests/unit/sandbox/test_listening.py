from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.sandbox.worlds import (
    ARTIST,
    EPISODE,
    GUEST,
    LOCAL_FILE,
    NOW,
    TRACKS,
    fixed_clock,
    message_of,
    play,
    sign_up,
    small_world,
    spotify,
    web,
)
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.spotify_shapes import milliseconds
from tunegenie_assets.sandbox.world import PlayEvent

SIXTY = [play(TRACKS[number], minutes_ago=4 * number + 1) for number in range(60)]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(small_world(), clock=fixed_clock()) as running:
        yield running


def ms(event: PlayEvent) -> int:
    return milliseconds(event.ended_at)


def played(sandbox: Sandbox, *plays: PlayEvent, **params: int) -> list[str]:
    items = spotify(sandbox, sign_up(sandbox, *plays)).current_user_recently_played(**params)["items"]
    return [item["track"]["name"] if item["track"] else "nothing" for item in items]


def test_the_newest_plays_come_first_and_twenty_by_default(sandbox: Sandbox) -> None:
    response = web(sandbox, sign_up(sandbox, *reversed(SIXTY))).get("me/player/recently-played")
    assert [item["track"]["name"] for item in response.json()["items"]] == [f"Song {n}" for n in range(20)]


def test_the_window_is_fifty_plays_however_it_is_paged(sandbox: Sandbox) -> None:
    client = spotify(sandbox, sign_up(sandbox, *SIXTY))
    seen: list[str] = []
    page = client.current_user_recently_played(limit=20)
    while page["items"]:
        assert page["next"].startswith(sandbox.spotify_api_url)
        seen += [item["track"]["name"] for item in page["items"]]
        page = client.next(page)
    assert seen == [f"Song {n}" for n in range(50)]
    assert (page["next"], page["cursors"]) == (None, None)


def test_cursors_are_the_ends_of_the_page_in_milliseconds(sandbox: Sandbox) -> None:
    page = spotify(sandbox, sign_up(sandbox, *SIXTY)).current_user_recently_played(limit=3)
    assert page["cursors"] == {"after": str(ms(SIXTY[0])), "before": str(ms(SIXTY[2]))}
    assert "total" not in page
    assert page["items"][0]["played_at"] == "2026-11-01T11:59:00.000Z"


def test_cursors_are_exclusive(sandbox: Sandbox) -> None:
    assert played(sandbox, *SIXTY, after=ms(SIXTY[3])) == ["Song 0", "Song 1", "Song 2"]
    assert played(sandbox, *SIXTY, before=ms(SIXTY[46])) == ["Song 47", "Song 48", "Song 49"]


@pytest.mark.parametrize("params", [{"limit": 51}, {"limit": 0}, {"limit": "many"}, {"after": 1, "before": 2}])
def test_what_cannot_be_asked(sandbox: Sandbox, params: dict[str, str | int]) -> None:
    status, message = message_of(web(sandbox, sign_up(sandbox)).get("me/player/recently-played", **params))
    assert status == 400
    assert message == "Invalid limit" or "after" in params


def test_a_play_appears_when_it_has_ended(sandbox: Sandbox) -> None:
    assert played(sandbox, play(TRACKS[0], minutes_ago=0), play(TRACKS[1], minutes_ago=-0.01)) == ["Song 0"]


def test_short_plays_private_sessions_and_podcasts_never_appear(sandbox: Sandbox) -> None:
    hidden = [
        play(TRACKS[1], minutes_ago=1, seconds=30),
        replace(play(TRACKS[2], minutes_ago=5), private_session=True),
        play(EPISODE, minutes_ago=10),
    ]
    assert played(sandbox, *hidden, play(TRACKS[3], minutes_ago=20, seconds=31)) == ["Song 3"]


def test_a_late_play_takes_its_old_place(sandbox: Sandbox) -> None:
    late = replace(play(TRACKS[7], minutes_ago=30), visible_from=NOW + timedelta(minutes=10))
    account = sign_up(sandbox, play(TRACKS[0], minutes_ago=5), late, play(TRACKS[1], minutes_ago=60))
    client = spotify(sandbox, account)
    assert len(client.current_user_recently_played()["items"]) == 2
    sandbox.clock.advance(timedelta(minutes=10))
    names = [item["track"]["name"] for item in client.current_user_recently_played()["items"]]
    sandbox.clock.set(NOW)
    assert names == ["Song 0", "Song 7", "Song 1"]


def test_plays_may_have_ended_at_the_same_time(sandbox: Sandbox) -> None:
    twins = [play(TRACKS[0], minutes_ago=3), play(TRACKS[1], minutes_ago=3)]
    assert sorted(played(sandbox, *twins)) == ["Song 0", "Song 1"]
    # A cursor between them does not exist: who pages by it loses one.
    page = spotify(sandbox, sign_up(sandbox, *twins)).current_user_recently_played(limit=1)
    assert played(sandbox, *twins, before=int(page["cursors"]["before"])) == []


def test_local_files_have_no_id_and_removed_tracks_are_nothing(sandbox: Sandbox) -> None:
    account = sign_up(sandbox, play(LOCAL_FILE, minutes_ago=1), play(None, minutes_ago=9))
    local, removed = spotify(sandbox, account).current_user_recently_played()["items"]
    assert (local["track"]["id"], local["track"]["is_local"]) == (None, True)
    assert local["track"]["uri"] == "spotify:local:Four+Friends:In+the+Garage:Second+Take:187"
    assert removed["track"] is None


@pytest.mark.parametrize(
    ("uri", "kind", "href"),
    [
        (f"spotify:album:{'B' * 22}", "album", f"albums/{'B' * 22}"),
        (f"spotify:playlist:{'P' * 22}", "playlist", f"playlists/{'P' * 22}"),
        ("spotify:user:somebody:collection", "collection", "me/tracks"),
    ],
)
def test_where_a_play_came_from(sandbox: Sandbox, uri: str, kind: str, href: str) -> None:
    account = sign_up(sandbox, replace(SIXTY[0], context=uri), SIXTY[1])
    first, second = spotify(sandbox, account).current_user_recently_played()["items"]
    assert set(first["context"]) == {"type", "href", "external_urls", "uri"}
    assert (first["context"]["type"], first["context"]["uri"]) == (kind, uri)
    assert first["context"]["href"] == sandbox.spotify_api_url + href
    assert second["context"] is None


def test_most_played_of_a_time_range(sandbox: Sandbox) -> None:
    months_ago = 60 * 24 * 90
    plays = [play(TRACKS[1], minutes_ago=months_ago + 10 * n) for n in range(3)]
    plays += [play(TRACKS[0], minutes_ago=10), play(TRACKS[2], minutes_ago=30), play(TRACKS[0], minutes_ago=50)]
    client = spotify(sandbox, sign_up(sandbox, *plays))
    ranked = {
        time_range: [track["name"] for track in client.current_user_top_tracks(time_range=time_range)["items"]]
        for time_range in ("short_term", "medium_term", "long_term")
    }
    assert ranked["short_term"] == ["Song 0", "Song 2"]
    assert ranked["medium_term"] == ranked["long_term"] == ["Song 1", "Song 0", "Song 2"]
    artists = client.current_user_top_artists()["items"]
    assert [artist["name"] for artist in artists] == [ARTIST.name]
    assert GUEST.name not in str(artists)


def test_pages_of_most_played_lead_to_each_other_on_the_own_host(sandbox: Sandbox) -> None:
    client = spotify(sandbox, sign_up(sandbox, *SIXTY))
    first = client.current_user_top_tracks(limit=40, time_range="short_term")
    second = client.next(first)
    assert (first["total"], len(first["items"]), len(second["items"])) == (60, 40, 20)
    assert second["next"] is None
    assert client.previous(second)["items"] == first["items"]
    assert web(sandbox, sign_up(sandbox)).get("me/top/tracks", time_range="ever").status_code == 400
    assert message_of(web(sandbox, sign_up(sandbox)).get("me/top/artists", limit=51)) == (400, "Invalid limit")
