from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sandbox.worlds import (
    EPISODE,
    LOCAL_FILE,
    NOW,
    TRACKS,
    fixed_clock,
    message_of,
    sign_up,
    small_world,
    spotify,
    web,
)
from tunegenie_assets.sandbox.accounts_service import SCOPES
from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.spotify_calls import ApiError
from tunegenie_assets.sandbox.spotify_playlist_writes import move_range
from tunegenie_assets.sandbox.world import SPOTIFY, Account, Playlist, PlaylistItem

URIS = [track.uri for track in TRACKS]
MIXED = (TRACKS[0], LOCAL_FILE, EPISODE, None)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(small_world(), clock=fixed_clock()) as running:
        yield running


@pytest.fixture(scope="module")
def extended() -> Iterator[Sandbox]:
    with Sandbox(small_world(), clock=fixed_clock(), profile=Profile.EXTENDED) as running:
        yield running


def follow(sandbox: Sandbox, account: Account, owner_id: str) -> Playlist:
    """A playlist of somebody that the account lists."""
    playlist = Playlist(f"{len(sandbox.world.playlists):022d}", "Mixed", owner_id)
    playlist.items = [PlaylistItem(item, NOW, owner_id) for item in MIXED]
    sandbox.world.playlists[playlist.playlist_id] = playlist
    account.playlist_ids.append(playlist.playlist_id)
    return playlist


def made(client: Any) -> str:
    return client.current_user_playlist_create("Mine", description="of the best")["id"]


def held(client: Any, playlist_id: str) -> list[str]:
    page = client.playlist_items(playlist_id)
    uris = [item["item"]["uri"] for item in page["items"]]
    while page["next"]:
        page = client.next(page)
        uris += [item["item"]["uri"] for item in page["items"]]
    return uris


def test_an_own_playlist_has_tracks_files_podcasts_and_nothings(sandbox: Sandbox, extended: Sandbox) -> None:
    for running, name in ((sandbox, "item"), (extended, "track")):
        account = sign_up(running)
        playlist = follow(running, account, account.spotify_id)
        items = spotify(running, account).playlist_items(playlist.playlist_id)["items"]
        assert [item[name] and item[name]["type"] for item in items] == ["track", "track", "episode", None]
        assert [item["is_local"] for item in items] == [False, True, False, False]
        assert ("track" in items[0]) is (running is extended)


def test_lists_of_playlists_say_how_many_items_there_are(sandbox: Sandbox, extended: Sandbox) -> None:
    for running in (sandbox, extended):
        account = sign_up(running)
        follow(running, account, account.spotify_id)
        follow(running, account, "somebody")
        for playlist in spotify(running, account).current_user_playlists()["items"]:
            assert playlist["items"]["total"] == 4
            assert (playlist["tracks"] is None) is (running is sandbox)


def test_contents_of_others_are_closed_to_new_apps(sandbox: Sandbox, extended: Sandbox) -> None:
    account = sign_up(sandbox)
    others, published = follow(sandbox, account, "somebody"), follow(sandbox, account, SPOTIFY)
    call = web(sandbox, account)
    assert "items" not in call.get(f"playlists/{others.playlist_id}").json()
    assert message_of(call.get(f"playlists/{others.playlist_id}/items")) == (403, "Forbidden")
    for path in (f"playlists/{published.playlist_id}", f"playlists/{published.playlist_id}/items"):
        assert message_of(call.get(path)) == (404, "Resource not found")
    account = sign_up(extended)
    for owner in ("somebody", SPOTIFY):
        playlist = spotify(extended, account).playlist(follow(extended, account, owner).playlist_id)
        assert playlist["items"]["total"] == playlist["tracks"]["total"] == 4


def test_a_playlist_that_is_shared_is_open(sandbox: Sandbox) -> None:
    account = sign_up(sandbox)
    playlist = follow(sandbox, account, "somebody")
    playlist.collaborative = True
    assert spotify(sandbox, account).playlist(playlist.playlist_id)["items"]["total"] == 4


def test_a_new_playlist_is_listed_first(sandbox: Sandbox) -> None:
    account = sign_up(sandbox)
    follow(sandbox, account, "somebody")
    answer = web(sandbox, account)("POST", "me/playlists", json={"name": "Mine", "public": False})
    assert answer.status_code == 201
    document = answer.json()
    assert (document["name"], document["public"], document["items"]["total"]) == ("Mine", False, 0)
    assert document["owner"]["id"] == account.spotify_id
    assert spotify(sandbox, account).current_user_playlists()["items"][0]["id"] == document["id"]


def test_two_playlists_of_one_name_are_two(sandbox: Sandbox) -> None:
    client = spotify(sandbox, sign_up(sandbox))
    assert made(client) != made(client)


def test_descriptions_come_back_as_html(sandbox: Sandbox) -> None:
    client = spotify(sandbox, sign_up(sandbox))
    playlist_id = made(client)
    client.playlist_change_details(playlist_id, name="New", description="Rock & roll/'70s [x:1]")
    playlist = client.playlist(playlist_id)
    assert (playlist["name"], playlist["description"]) == ("New", "Rock &amp; roll&#x2F;&#x27;70s [x:1]")


def test_items_are_added_at_the_end_or_at_a_position(sandbox: Sandbox) -> None:
    client = spotify(sandbox, sign_up(sandbox))
    playlist_id = made(client)
    client.playlist_add_items(playlist_id, URIS[:100])
    client.playlist_add_items(playlist_id, URIS[100:])
    assert held(client, playlist_id) == URIS
    client.playlist_add_items(playlist_id, [EPISODE.uri], position=1)
    assert held(client, playlist_id)[:3] == [URIS[0], EPISODE.uri, URIS[1]]


@pytest.mark.parametrize("body", [URIS[:2], {"uris": URIS[:2]}, {"uris": URIS[:2], "position": 0}])
def test_an_addition_has_either_form(sandbox: Sandbox, body: object) -> None:
    account = sign_up(sandbox)
    client = spotify(sandbox, account)
    playlist_id = made(client)
    answer = web(sandbox, account)("POST", f"playlists/{playlist_id}/items", json=body)
    assert answer.status_code == 201
    assert answer.json() == {"snapshot_id": client.playlist(playlist_id)["snapshot_id"]}
    assert held(client, playlist_id) == URIS[:2]


def test_items_are_replaced_moved_and_removed(sandbox: Sandbox) -> None:
    client = spotify(sandbox, sign_up(sandbox))
    playlist_id = made(client)
    client.playlist_replace_items(playlist_id, URIS[:5])
    client.playlist_reorder_items(playlist_id, 0, 3, range_length=2)
    assert held(client, playlist_id) == [URIS[2], URIS[0], URIS[1], URIS[3], URIS[4]]
    client.playlist_reorder_items(playlist_id, 4, 0)
    assert held(client, playlist_id)[0] == URIS[4]
    client.playlist_remove_all_occurrences_of_items(playlist_id, [URIS[0], URIS[4]])
    assert held(client, playlist_id) == [URIS[2], URIS[1], URIS[3]]
    client.playlist_add_items(playlist_id, [URIS[2]])
    client.playlist_remove_specific_occurrences_of_items(playlist_id, [{"uri": URIS[2], "positions": [3]}])
    assert held(client, playlist_id) == [URIS[2], URIS[1], URIS[3]]


def test_every_write_changes_the_snapshot(sandbox: Sandbox) -> None:
    client = spotify(sandbox, sign_up(sandbox))
    playlist_id = made(client)
    snapshots = [client.playlist(playlist_id)["snapshot_id"]]
    snapshots.append(client.playlist_add_items(playlist_id, URIS[:2])["snapshot_id"])
    snapshots.append(client.playlist_replace_items(playlist_id, URIS[:2])["snapshot_id"])
    snapshots.append(client.playlist_remove_all_occurrences_of_items(playlist_id, URIS[:1])["snapshot_id"])
    client.playlist_change_details(playlist_id, description="other")
    snapshots.append(client.playlist(playlist_id)["snapshot_id"])
    assert len(set(snapshots)) == len(snapshots)
    assert client.playlist(playlist_id)["snapshot_id"] == snapshots[-1]


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [
        ("POST", URIS[:101], 400),
        ("PUT", {"uris": URIS[:101]}, 400),
        ("DELETE", {"items": [{"uri": uri} for uri in URIS[:101]]}, 400),
        ("POST", {"uris": [LOCAL_FILE.uri]}, 400),
        ("POST", {"uris": ["no address"]}, 400),
        ("POST", {"uris": [URIS[0], f"spotify:track:{'9' * 22}"]}, 404),
        ("POST", {}, 400),
        ("PUT", {"range_start": 7, "insert_before": 0}, 400),
        ("DELETE", {"items": []}, 400),
    ],
)
def test_a_write_that_is_refused_changes_nothing(sandbox: Sandbox, method: str, body: object, status: int) -> None:
    account = sign_up(sandbox)
    client = spotify(sandbox, account)
    playlist_id = made(client)
    client.playlist_add_items(playlist_id, URIS[:3])
    assert web(sandbox, account)(method, f"playlists/{playlist_id}/items", json=body).status_code == status
    assert held(client, playlist_id) == URIS[:3]


def test_no_json_is_refused(sandbox: Sandbox) -> None:
    assert web(sandbox, sign_up(sandbox))("POST", "me/playlists", data="{").status_code == 400
    assert web(sandbox, sign_up(sandbox))("POST", "me/playlists", json={"public": True}).status_code == 400


def test_only_what_is_ones_own_is_written(sandbox: Sandbox) -> None:
    account = sign_up(sandbox)
    playlist = follow(sandbox, account, "somebody")
    assert web(sandbox, account)("POST", f"playlists/{playlist.playlist_id}/items", json=URIS[:1]).status_code == 403


@pytest.mark.parametrize(("public", "scope"), [(True, "playlist-modify-public"), (False, "playlist-modify-private")])
def test_writing_needs_the_scope_of_the_kind(sandbox: Sandbox, *, public: bool, scope: str) -> None:
    account = sign_up(sandbox)
    body = {"name": "x", "public": public}
    refusal = web(sandbox, account, SCOPES - {scope})("POST", "me/playlists", json=body)
    assert message_of(refusal) == (403, "Insufficient client scope")
    assert web(sandbox, account, frozenset({scope}))("POST", "me/playlists", json=body).status_code == 201


@given(
    st.lists(st.integers(0, 9), max_size=8),
    st.integers(0, 9),
    st.integers(1, 4),
    st.integers(0, 9),
)
def test_moving_keeps_every_item(numbers: list[int], start: int, length: int, before: int) -> None:
    items = [PlaylistItem(TRACKS[number], NOW, str(place)) for place, number in enumerate(numbers)]
    moved = list(items)
    try:
        move_range(moved, start, length, before)
    except ApiError:
        assert moved == items
        assert start >= len(items) or before > len(items)
        return
    picked = items[start : start + length]
    expected = [item for item in items[:before] if item not in picked] + picked
    expected += [item for item in items[before:] if item not in picked]
    assert moved == expected


def test_what_is_put_into_a_playlist_directly_changes_its_snapshot() -> None:
    playlist = Playlist("P" * 22, "Mine", "me")
    before = playlist.snapshot_id
    playlist.items.append(PlaylistItem(TRACKS[0], NOW, "me"))
    assert playlist.snapshot_id != before
