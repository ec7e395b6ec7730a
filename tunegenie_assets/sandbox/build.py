"""A world from the simulator's tables: the catalogue, and accounts for the listeners that are connected.

What a service holds and the simulator does not invent, such as playlists and podcasts, is derived from its plays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tunegenie_assets.sandbox.build_catalogue import catalogue_from
from tunegenie_assets.sandbox.derived import derived_days, derived_hex, derived_id, derived_number
from tunegenie_assets.sandbox.world import (
    SPOTIFY,
    Account,
    App,
    Episode,
    LocalFile,
    PlayEvent,
    Playlist,
    PlaylistItem,
    SavedItem,
    Track,
    World,
)

ALLOW_LIST_SIZE = 5
"""Accounts that an app in development mode may serve: the first ones that are connected."""
REDIRECT_URIS = ("http://127.0.0.1:8888/callback", "http://127.0.0.1/callback")
"""The second stands for every port."""
_STRANGER = "a-stranger"
_EPISODE = Episode(derived_id("episode"), "How a Record Is Pressed", "Needle and Groove", 1_512_000, "2026-03-02")
_RECORDING = LocalFile("Rehearsal, Second Take", "Four Friends", "In the Garage", 187_000)
_EVERY_NTH_GAP = {11: _RECORDING, 23: _EPISODE}
"""Between which plays a listener has played something that is not in the catalogue."""


def world_from(
    catalogue: pa.Table, plays: pa.Table, listeners: pa.Table, *, connected: Sequence[str], now: datetime
) -> World:
    """The world in which the `connected` listeners have accounts and have played their plays, also those after `now`.

    Raises:
        ValueError: one of them is not among the listeners, or has played what the catalogue does not hold.
    """
    known = catalogue_from(catalogue)
    app_id = derived_hex(32, "app", *connected)
    world = World(
        app=App(app_id, derived_hex(32, "secret", app_id), REDIRECT_URIS),
        accounts={},
        artists=known.artists,
        albums=known.albums,
        tracks=known.tracks,
        episodes={_EPISODE.episode_id: _EPISODE},
        artist_tags=known.artist_tags,
        lastfm_api_keys={derived_hex(32, "lastfm", app_id)},
        listenbrainz_tokens={derived_hex(32, "listenbrainz", app_id)},
    )
    profiles = {row["listener_id"]: row for row in listeners.to_pylist()}
    for place, listener_id in enumerate(connected):
        if listener_id not in profiles:
            raise ValueError(f"listener {listener_id!a} is not among the simulated")
        account = _account(profiles[listener_id])
        account.on_allow_list = place < ALLOW_LIST_SIZE
        world.accounts[listener_id] = account
        own = plays.filter(pc.field("listener_id") == listener_id)
        account.plays = _with_other_plays(_plays(own, world))
        _fill_library(account, world, now)
    return world


def _account(profile: dict[str, Any]) -> Account:
    listener_id, name = profile["listener_id"], profile["display_name"]
    letters = "".join(letter for letter in name.casefold() if letter.isascii() and letter.isalpha())
    return Account(
        listener_id,
        spotify_id="31" + derived_hex(26, "account", listener_id),
        account_id=derived_hex(32, "account link", listener_id),
        display_name=name,
        lastfm_name=f"{letters[:10]}{derived_hex(4, 'lastfm', listener_id)}",
        country=profile["country"],
    )


def _plays(table: pa.Table, world: World) -> list[PlayEvent]:
    rows: list[dict[str, Any]] = table.select(["started_at", "ended_at", "track_id"]).sort_by("started_at").to_pylist()
    events: list[PlayEvent] = []
    for row in rows:
        track = world.tracks.get(row["track_id"])
        if track is None:
            raise ValueError(f"track {row['track_id']!a} was played and is not in the catalogue")
        started_at, ended_at = (row[name].replace(tzinfo=UTC) for name in ("started_at", "ended_at"))
        events.append(PlayEvent(track, started_at, ended_at, context=_context(track, started_at)))
    return events


def _context(track: Track, started_at: datetime) -> str | None:
    """Half of the plays come from an album or an artist; the others have no context that Spotify tells."""
    match derived_number(4, "context", started_at.isoformat()):
        case 0:
            return f"spotify:album:{track.album_id}"
        case 1:
            return f"spotify:artist:{track.artist_ids[0]}"
        case _:
            return None


def _with_other_plays(plays: list[PlayEvent]) -> list[PlayEvent]:
    """The plays, and local files and podcasts in the pauses between them."""
    events = list(plays)
    pauses = 0
    for play, following in pairwise(plays):
        pause = following.started_at - play.ended_at
        started_at = play.ended_at + timedelta(seconds=45)
        if pause < timedelta(hours=1):
            continue
        pauses += 1
        for nth, item in _EVERY_NTH_GAP.items():
            if pauses % nth == 0:
                events.append(PlayEvent(item, started_at, started_at + timedelta(milliseconds=item.duration_ms)))
                break
    return sorted(events, key=lambda event: event.ended_at)


def _fill_library(account: Account, world: World, now: datetime) -> None:
    """Saved, followed and collected by what was played most; a track is saved when it is played a second time."""
    played: Counter[Track] = Counter()
    for play in account.plays:
        if isinstance(play.item, Track):
            played[play.item] += 1
            if played[play.item] == 2:
                account.saved_tracks.append(SavedItem(play.item.track_id, play.ended_at))
    favourites = [track for track, _ in played.most_common(60)]
    albums = dict.fromkeys(track.album_id for track in favourites[:12])
    artists = dict.fromkeys(track.artist_ids[0] for track in favourites[:20])
    who = account.listener_id
    account.saved_albums = [SavedItem(album, now - derived_days(300, "saved", who, album)) for album in albums]
    account.followed_artists = [
        SavedItem(artist, now - derived_days(300, "followed", who, artist)) for artist in artists
    ]
    _add_playlists(account, world, favourites, now)


def _add_playlists(account: Account, world: World, favourites: list[Track], now: datetime) -> None:
    own, who = account.spotify_id, account.listener_id
    popular = sorted(world.tracks.values(), key=lambda track: (-track.popularity, track.track_id))
    playlists = [
        _playlist("Favourites", own, favourites[:40], now, who),
        _playlist("On the way", own, [*favourites[40:], _RECORDING, _EPISODE, None], now, who),
        _playlist("Somebody Else's Summer", _STRANGER, popular[:30], now),
        _playlist("Hits of This Week", SPOTIFY, popular[:50], now),
    ]
    playlists[1].public = False
    for playlist in playlists:
        world.playlists[playlist.playlist_id] = playlist
        account.playlist_ids.append(playlist.playlist_id)


def _playlist(
    name: str, owner_id: str, content: Sequence[Track | Episode | LocalFile | None], now: datetime, *key: str
) -> Playlist:
    playlist_id = derived_id("playlist", name, *key)
    items = [
        PlaylistItem(item, now - derived_days(200, playlist_id, str(n)), owner_id) for n, item in enumerate(content)
    ]
    return Playlist(playlist_id, name, owner_id, items, description=f"{name}, as ever.")
