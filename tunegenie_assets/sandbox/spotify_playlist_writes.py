"""Endpoints of the Web API that write playlists: create, describe, add, replace, reorder, remove."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from tunegenie_assets.sandbox.derived import derived_id
from tunegenie_assets.sandbox.spotify_calls import ApiError, Call, Endpoint, Reply, T
from tunegenie_assets.sandbox.spotify_playlists import find_playlist, is_own, whole_playlist
from tunegenie_assets.sandbox.world import Playable, Playlist, PlaylistItem

MOST_ITEMS = 100
"""In one write."""


@dataclass(frozen=True)
class _NewPlaylist:
    name: str
    public: bool = True
    collaborative: bool = False
    description: str = ""


@dataclass(frozen=True)
class _Details:
    name: str | None = None
    public: bool | None = None
    collaborative: bool | None = None
    description: str | None = None


@dataclass(frozen=True)
class _Addition:
    uris: tuple[str, ...]
    position: int | None = None


@dataclass(frozen=True)
class _Change:
    """All items, or a range that moves."""

    uris: tuple[str, ...] | None = None
    range_start: int | None = None
    insert_before: int = 0
    range_length: int = 1


@dataclass(frozen=True)
class _Removed:
    uri: str
    positions: tuple[int, ...] | None = None


@dataclass(frozen=True)
class _Removal:
    items: tuple[_Removed, ...] = ()
    tracks: tuple[_Removed, ...] = ()
    """The name of `items` before."""


_READ_NEW = TypeAdapter(_NewPlaylist)
_READ_DETAILS = TypeAdapter(_Details)
_READ_ADDITION = TypeAdapter(_Addition)
_READ_CHANGE = TypeAdapter(_Change)
_READ_REMOVAL = TypeAdapter(_Removal)


def create(call: Call) -> Reply:
    if call.path_params.get("owner", call.account.spotify_id) != call.account.spotify_id:
        raise ApiError(403, "You cannot create a playlist for another user")
    new = _read(call, _READ_NEW)
    call.need(_write_scope(public=new.public))
    playlist_id = derived_id("new playlist", call.account.spotify_id, str(len(call.world.playlists)), new.name)
    made = Playlist(
        playlist_id,
        new.name,
        call.account.spotify_id,
        description=new.description,
        public=new.public,
        collaborative=new.collaborative,
    )
    call.world.playlists[playlist_id] = made
    call.account.playlist_ids.insert(0, playlist_id)
    return Reply(whole_playlist(call, made), 201)


def describe(call: Call) -> Reply:
    found, details = _own_playlist(call), _read(call, _READ_DETAILS)
    if details.name is not None:
        found.name = details.name
    if details.public is not None:
        found.public = details.public
    if details.collaborative is not None:
        found.collaborative = details.collaborative
    if details.description is not None:
        found.description = details.description
    found.version += 1
    return Reply(None)


def add(call: Call) -> Reply:
    """The body is `{"uris": […], "position": n}`, or the bare list with the position in the query."""
    found, addition = _own_playlist(call), _read(call, _READ_ADDITION, list_as="uris")
    items = _items(call, addition.uris)
    position = addition.position
    if position is None:
        position = call.number("position", len(found.items), 0, len(found.items))
    found.items[position:position] = items
    return _written(found, 201)


def change(call: Call) -> Reply:
    found, asked = _own_playlist(call), _read(call, _READ_CHANGE, list_as="uris")
    if asked.uris is not None:
        found.items[:] = _items(call, asked.uris)
    elif asked.range_start is not None:
        move_range(found.items, asked.range_start, asked.range_length, asked.insert_before)
    else:
        raise ApiError(400, "Missing required field: uris")
    return _written(found)


def remove(call: Call) -> Reply:
    """Every occurrence of an address, or those at its positions."""
    found, removal = _own_playlist(call), _read(call, _READ_REMOVAL)
    removed = removal.items or removal.tracks
    if not removed:
        raise ApiError(400, "Missing required field: items")
    if len(removed) > MOST_ITEMS:
        raise ApiError(400, f"You can remove a maximum of {MOST_ITEMS} items per request.")
    found.items[:] = [
        item
        for position, item in enumerate(found.items)
        if not any(
            item.item is not None
            and item.item.uri == gone.uri
            and (gone.positions is None or position in gone.positions)
            for gone in removed
        )
    ]
    return _written(found)


def _own_playlist(call: Call) -> Playlist:
    found = find_playlist(call)
    if not is_own(call, found):
        raise ApiError(403, "You cannot change a playlist you don't own.")
    call.need(_write_scope(public=found.public))
    return found


def _write_scope(*, public: bool) -> str:
    return "playlist-modify-public" if public else "playlist-modify-private"


def _read(call: Call, reader: TypeAdapter[T], list_as: str | None = None) -> T:
    try:
        document = json.loads(call.body or b"{}")
        if isinstance(document, list) and list_as is not None:
            document = {list_as: document}
        return reader.validate_python(document)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        raise ApiError(400, f"Invalid or missing field: {place[0] if place else 'body'}") from error
    except ValueError as error:
        raise ApiError(400, "Error parsing JSON.") from error


def _items(call: Call, uris: tuple[str, ...]) -> list[PlaylistItem]:
    """All of them or none: one address that is not known refuses the whole write."""
    if len(uris) > MOST_ITEMS:
        raise ApiError(400, f"You can add a maximum of {MOST_ITEMS} tracks per request.")
    return [PlaylistItem(_playable(call, uri), call.now, call.account.spotify_id) for uri in uris]


def _playable(call: Call, uri: str) -> Playable:
    kind, _, spotify_id = uri.removeprefix("spotify:").partition(":")
    if kind not in ("track", "episode") or not uri.startswith("spotify:"):
        raise ApiError(400, f"Invalid track uri: {uri}")
    found = call.world.tracks.get(spotify_id) if kind == "track" else call.world.episodes.get(spotify_id)
    if found is None:
        raise ApiError(404, f"Non existing id: '{uri}'")
    return found


def move_range(items: list[PlaylistItem], start: int, length: int, before: int) -> None:
    """Put `length` items from `start` on in front of the item that is at `before` now."""
    if not (0 <= start < len(items) and length >= 1 and 0 <= before <= len(items)):
        raise ApiError(400, "Index out of bounds.")
    end = min(start + length, len(items))
    moved = items[start:end]
    if before >= end:
        items[start:before] = [*items[end:before], *moved]
    elif before < start:
        items[before:end] = [*moved, *items[before:start]]


def _written(found: Playlist, status: int = 200) -> Reply:
    found.version += 1
    return Reply({"snapshot_id": found.snapshot_id}, status)


ENDPOINTS = (
    Endpoint("POST", "/me/playlists", create),
    Endpoint("PUT", "/playlists/{id}", describe),
    Endpoint("POST", "/playlists/{id}/items", add),
    Endpoint("PUT", "/playlists/{id}/items", change),
    Endpoint("DELETE", "/playlists/{id}/items", remove),
    Endpoint("POST", "/playlists/{id}/tracks", add, is_gone=True),
    Endpoint("PUT", "/playlists/{id}/tracks", change, is_gone=True),
    Endpoint("DELETE", "/playlists/{id}/tracks", remove, is_gone=True),
    Endpoint("POST", "/users/{owner}/playlists", create, is_gone=True),
)
