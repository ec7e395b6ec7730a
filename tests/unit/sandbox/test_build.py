from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from ml.listeners.catalogue import CATALOGUE_SCHEMA, generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tests.unit.sandbox.worlds import spotify
from tunegenie_assets.sandbox.build import world_from
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import SPOTIFY, Episode, LocalFile, Track, World

FIRST, UNTIL = date(2026, 9, 1), date(2026, 11, 1)
NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
CATALOGUE = generate_catalogue(7, artists=60)
LISTENERS = simulate_listeners(PopulationSpec(7, 3, FIRST, UNTIL), CATALOGUE)
PLAYS = simulate_plays(LISTENERS, CATALOGUE, FIRST, UNTIL)
NAMES: list[str] = LISTENERS["listener_id"].to_pylist()


def build(connected: list[str], catalogue: pa.Table = CATALOGUE) -> World:
    return world_from(catalogue, PLAYS, LISTENERS, connected=connected, now=NOW)


@pytest.fixture(scope="module")
def world() -> World:
    return build(NAMES)


def test_the_same_tables_give_the_same_world(world: World) -> None:
    again = build(NAMES)
    assert asdict(again.accounts[NAMES[0]]) == asdict(world.accounts[NAMES[0]])
    assert (again.app, again.artists, again.tracks) == (world.app, world.artists, world.tracks)


def test_every_simulated_play_is_there_and_files_and_podcasts_lie_between(world: World) -> None:
    for name in NAMES:
        rows = [row for row in PLAYS.to_pylist() if row["listener_id"] == name]
        plays = world.accounts[name].plays
        tracks = [
            (play.item.track_id, play.started_at, play.ended_at) for play in plays if isinstance(play.item, Track)
        ]
        expected = [
            (row["track_id"], row["started_at"].replace(tzinfo=UTC), row["ended_at"].replace(tzinfo=UTC))
            for row in rows
        ]
        assert sorted(tracks, key=str) == sorted(expected, key=str)
        ordered = sorted(plays, key=lambda play: play.started_at)
        assert all(before.ended_at <= after.started_at for before, after in pairwise(ordered))
    kinds = {type(play.item) for account in world.accounts.values() for play in account.plays}
    assert kinds == {Track, LocalFile, Episode}


def test_plays_after_now_wait_for_their_time(world: World) -> None:
    account = world.accounts[NAMES[0]]
    assert 0 < len(account.visible_plays(NOW)) < len(account.visible_plays(datetime(2026, 11, 2, tzinfo=UTC)))


def test_five_accounts_are_on_the_list(world: World) -> None:
    assert [account.on_allow_list for account in world.accounts.values()] == [True] * 5 + [False] * 2


def test_names_and_ids_are_of_one_account_each(world: World) -> None:
    for kind in ("spotify_id", "account_id", "lastfm_name"):
        assert len({getattr(account, kind) for account in world.accounts.values()}) == len(NAMES)


def test_libraries_and_playlists(world: World) -> None:
    for account in world.accounts.values():
        assert account.saved_tracks
        assert account.saved_albums
        assert account.followed_artists
        playlists = [world.playlists[playlist_id] for playlist_id in account.playlist_ids]
        assert [p.owner_id == account.spotify_id for p in playlists] == [True, True, False, False]
        assert playlists[3].owner_id == SPOTIFY
        assert {type(item.item) for item in playlists[1].items} >= {LocalFile, Episode, type(None)}


def test_recordings_are_told_apart(world: World) -> None:
    codes = {track.isrc for track in world.tracks.values()}
    assert len(codes) > 0.999 * len(world.tracks)
    assert {len(code or "") for code in codes} == {12}
    assert all(track.audio_features for track in world.tracks.values())


def test_what_is_known_of_artists_has_holes(world: World) -> None:
    artists = world.artists.values()
    assert 0 < sum(not artist.genres for artist in artists) < len(artists) / 2
    assert 0 < sum(artist.mbid is None for artist in artists) < len(artists) / 2
    for artist in artists:
        tags = world.artist_tags[artist.artist_id]
        assert [tag.count for tag in tags] == sorted((tag.count for tag in tags), reverse=True)
        assert not tags or tags[0].count == 100
        assert not (tags and artist.genres) or tags[0].name in artist.genres


def test_the_app_has_its_own_secrets(world: World) -> None:
    other = build(NAMES[:1])
    secrets = [w.app.client_secret for w in (world, other)] + [*world.lastfm_api_keys, *other.lastfm_api_keys]
    assert len(set(secrets)) == 4


def test_it_is_served(world: World) -> None:
    with Sandbox(world, clock=SandboxClock(NOW)) as sandbox:
        client = spotify(sandbox, world.accounts[NAMES[0]])
        assert len(client.current_user_recently_played(limit=50)["items"]) == 50
        for playlist in client.current_user_playlists()["items"][:2]:
            assert client.playlist_items(playlist["id"])["total"] == playlist["items"]["total"]
        for artist in client.current_user_top_artists()["items"][:3]:
            albums = client.artist_albums(artist["id"], limit=10)["items"]
            assert [client.album(album["id"])["name"] for album in albums] == [album["name"] for album in albums]


def test_strangers_and_unknown_tracks_are_told() -> None:
    with pytest.raises(ValueError, match="nobody"):
        build(["nobody"])
    with pytest.raises(ValueError, match="not in the catalogue"):
        build(NAMES[:1], CATALOGUE.slice(0, 3))


def catalogue_of(*rows: dict[str, Any]) -> pa.Table:
    filled = [{"artist_names": row["artist_name"], "origin": "file", **row} for row in rows]
    columns = {name: [row.get(name) for row in filled] for name in CATALOGUE_SCHEMA.names}
    return pa.table(columns, schema=CATALOGUE_SCHEMA)


def test_a_real_catalogue_may_lack_nearly_everything() -> None:
    row = {"track_id": "x" * 22, "track_name": "Alone", "artist_name": "One", "artist_names": "One; Other"}
    table = catalogue_of({**row, "genre": "pop"}, {**row, "genre": "rock"}, {**row, "genre": "rock"})
    world = world_from(table, PLAYS.slice(0, 0), LISTENERS, connected=[], now=NOW)
    (track,), (album,) = world.tracks.values(), world.albums.values()
    assert [world.artists[artist_id].name for artist_id in track.artist_ids] == ["One", "Other"]
    assert (album.name, album.release_date, album.album_type) == ("Alone", "0000", "single")
    assert track.audio_features is None
    assert {genre for artist in world.artists.values() for genre in artist.genres} <= {"pop", "rock"}
    tags = [tag.name for tag in world.artist_tags[track.artist_ids[0]] if tag.name in ("pop", "rock")]
    assert tags in (["rock", "pop"], [])
