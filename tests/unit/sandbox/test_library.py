from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.unit.sandbox.worlds import (
    ARTIST,
    GUEST,
    NOW,
    TRACKS,
    fixed_clock,
    message_of,
    sign_up,
    small_world,
    spotify,
    web,
)
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import SavedItem


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(small_world(), clock=fixed_clock()) as running:
        yield running


def saved(number: int, **ago: float) -> SavedItem:
    return SavedItem(TRACKS[number].track_id, NOW - timedelta(**ago))


def test_saved_tracks_come_the_latest_first_in_pages(sandbox: Sandbox) -> None:
    account = sign_up(sandbox)
    account.saved_tracks = [saved(number, hours=number) for number in reversed(range(60))]
    client = spotify(sandbox, account)
    first = client.current_user_saved_tracks(limit=50)
    second = client.next(first)
    assert first["next"].startswith(sandbox.spotify_api_url)
    assert [item["track"]["name"] for page in (first, second) for item in page["items"]] == [
        f"Song {n}" for n in range(60)
    ]
    assert first["items"][1]["added_at"] == "2026-11-01T11:00:00Z"
    assert (second["next"], second["total"]) == (None, 60)


def test_what_is_saved_later_is_not_there_yet(sandbox: Sandbox) -> None:
    account = sign_up(sandbox)
    account.saved_tracks = [saved(0, minutes=30), saved(1, minutes=-30)]
    client = spotify(sandbox, account)
    assert client.current_user_saved_tracks()["total"] == 1
    sandbox.clock.advance(timedelta(minutes=30))
    later = client.current_user_saved_tracks()
    sandbox.clock.set(NOW)
    assert [item["track"]["name"] for item in later["items"]] == ["Song 1", "Song 0"]


def test_saving_is_seen_and_undone(sandbox: Sandbox) -> None:
    client = spotify(sandbox, sign_up(sandbox))
    ids = [TRACKS[3].track_id, TRACKS[4].track_id]
    assert client.current_user_saved_tracks_contains(ids) == [False, False]
    client.current_user_saved_tracks_add(ids[:1])
    client.current_user_saved_tracks_add(ids[:1])
    assert client.current_user_saved_tracks_contains(ids) == [True, False]
    assert client.current_user_saved_tracks()["total"] == 1
    client.current_user_saved_tracks_delete(ids)
    assert client.current_user_saved_tracks()["items"] == []


def test_albums_and_artists_are_kept_too(sandbox: Sandbox) -> None:
    client = spotify(sandbox, sign_up(sandbox))
    client.current_user_saved_albums_add(["B" * 22])
    assert [item["album"]["name"] for item in client.current_user_saved_albums()["items"]] == ["Blue Orchards"]
    client.user_follow_artists([ARTIST.artist_id, GUEST.artist_id])
    assert client.current_user_following_artists([GUEST.artist_id]) == [True]
    client.user_unfollow_artists([GUEST.artist_id])
    assert client.current_user_following_artists([GUEST.artist_id, ARTIST.artist_id]) == [False, True]


def test_followed_artists_come_by_a_cursor(sandbox: Sandbox) -> None:
    account = sign_up(sandbox)
    account.followed_artists = [SavedItem(artist.artist_id, NOW) for artist in (GUEST, ARTIST)]
    client = spotify(sandbox, account)
    first = client.current_user_followed_artists(limit=1)["artists"]
    assert (first["cursors"], first["total"]) == ({"after": ARTIST.artist_id}, 2)
    second = client.next(first)["artists"]
    assert [page["items"][0]["name"] for page in (first, second)] == [ARTIST.name, GUEST.name]
    assert (second["next"], second["cursors"]) == (None, {"after": None})


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "me/library/contains"), ("PUT", "me/library"), ("DELETE", "me/library")]
)
def test_forty_at_most(sandbox: Sandbox, method: str, path: str) -> None:
    call = web(sandbox, sign_up(sandbox))
    uris = [track.uri for track in TRACKS[:41]]
    assert call(method, path, params={"uris": ",".join(uris[:40])}).status_code == 200
    assert message_of(call(method, path, params={"uris": ",".join(uris)})) == (400, "Too many uris requested")
    assert call(method, path).status_code == 400
    assert call(method, path, params={"uris": "spotify:mood:happy"}).status_code == 400


def test_of_a_list_with_an_unknown_id_nothing_is_saved(sandbox: Sandbox) -> None:
    account = sign_up(sandbox)
    answer = web(sandbox, account)("PUT", "me/library", params={"uris": f"{TRACKS[0].uri},spotify:track:{'9' * 22}"})
    assert message_of(answer) == (404, f"Non existing id: 'spotify:track:{'9' * 22}'")
    assert account.saved_tracks == []
