"""Endpoints of the Web API about the catalogue: tracks, albums, artists, audio features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from tunegenie_assets.sandbox.spotify_calls import ApiError, Call, Endpoint, Json, Reply, is_id
from tunegenie_assets.sandbox.world import Album, Artist, Track

T = TypeVar("T")

_ALBUM_GROUPS = ("album", "single", "appears_on", "compilation")


def track(call: Call) -> Reply:
    return Reply(call.shapes.track(_found(call, call.world.tracks), call.query.get("market")))


def artist(call: Call) -> Reply:
    return Reply(call.shapes.artist(_found(call, call.world.artists)))


def album(call: Call) -> Reply:
    return Reply(_whole_album(call, _found(call, call.world.albums)))


def album_tracks(call: Call) -> Reply:
    found = _found(call, call.world.albums)
    return Reply(
        call.page(_tracks_of(call, found), lambda item: call.shapes.simple_track(item, call.query.get("market")))
    )


def artist_albums(call: Call) -> Reply:
    """The artist's own albums; of a listing asked for without groups, those too on which they are a guest."""
    found = _found(call, call.world.artists)
    groups = call.query.get("include_groups", ",".join(_ALBUM_GROUPS)).split(",")
    if not set(groups) <= set(_ALBUM_GROUPS):
        raise ApiError(400, "Invalid album type")
    albums = [item for item in call.world.albums.values() if _group(call, item, found) in groups]
    albums.sort(key=lambda item: item.release_date, reverse=True)
    default, most = (5, 10) if call.is_development else (20, 50)
    return Reply(call.page(albums, lambda item: _grouped(call, item, found), default=default, most=most))


def artist_top_tracks(call: Call) -> Reply:
    found = _found(call, call.world.artists)
    own = [item for item in call.world.tracks.values() if found.artist_id in item.artist_ids]
    own.sort(key=lambda item: -item.popularity)
    return Reply({"tracks": [call.shapes.track(item) for item in own[:10]]})


def tracks(call: Call) -> Reply:
    return Reply({"tracks": _several(call, call.world.tracks, call.shapes.track, most=50)})


def artists(call: Call) -> Reply:
    return Reply({"artists": _several(call, call.world.artists, call.shapes.artist, most=50)})


def albums(call: Call) -> Reply:
    return Reply({"albums": _several(call, call.world.albums, lambda item: _whole_album(call, item), most=20)})


def audio_features(call: Call) -> Reply:
    found = call.world.tracks.get(call.path_id())
    features = None if found is None else call.shapes.audio_features(found)
    if features is None:
        raise ApiError(404, "analysis not found")
    return Reply(features)


def several_audio_features(call: Call) -> Reply:
    return Reply({"audio_features": _several(call, call.world.tracks, call.shapes.audio_features, most=100)})


def gone_everywhere(call: Call) -> Reply:
    """What new apps lost and the stand-in does not serve to older ones either: nothing here could use it."""
    raise ApiError(404, f"Service not found: {call.path}")


def _found(call: Call, known: Mapping[str, T]) -> T:
    found = known.get(call.path_id())
    if found is None:
        raise ApiError(404, "Resource not found")
    return found


def _several(call: Call, known: Mapping[str, T], shape: Callable[[T], Json | None], most: int) -> list[Json | None]:
    """The objects of `ids`, null for an id that nobody has."""
    ids = [text for text in call.query.get("ids", "").split(",") if text]
    if not ids or not all(is_id(text) for text in ids):
        raise ApiError(400, "invalid id")
    if len(ids) > most:
        raise ApiError(400, "Too many ids requested")
    return [shape(known[text]) if text in known else None for text in ids]


def _tracks_of(call: Call, found: Album) -> list[Track]:
    return [call.world.tracks[track_id] for track_id in found.track_ids]


def _whole_album(call: Call, found: Album) -> Json:
    """With the first page of its tracks, whose links lead to the endpoint of the tracks."""
    own = call.at(f"/v1/albums/{found.album_id}/tracks")
    return {**call.shapes.album(found), "tracks": own.page_at(_tracks_of(call, found), call.shapes.simple_track, 50, 0)}


def _group(call: Call, item: Album, found: Artist) -> str | None:
    """How the artist stands to the album."""
    if found.artist_id in item.artist_ids:
        return item.album_type
    is_guest = any(found.artist_id in member.artist_ids for member in _tracks_of(call, item))
    return "appears_on" if is_guest else None


def _grouped(call: Call, item: Album, found: Artist) -> Json:
    shape = call.shapes.simple_album(item)
    return shape if call.is_development else {**shape, "album_group": _group(call, item, found)}


_LOST = (
    ("GET", "/artists/{id}/related-artists", 404),
    ("GET", "/audio-analysis/{id}", 403),
    ("GET", "/recommendations", 404),
    ("GET", "/recommendations/available-genre-seeds", 404),
    ("GET", "/browse/new-releases", 403),
    ("GET", "/browse/featured-playlists", 403),
    ("GET", "/browse/categories", 403),
    ("GET", "/browse/categories/{id}", 403),
    ("GET", "/browse/categories/{id}/playlists", 403),
    ("GET", "/markets", 403),
    ("GET", "/shows", 403),
    ("GET", "/episodes", 403),
    ("GET", "/audiobooks", 403),
    ("GET", "/chapters", 403),
    ("PUT", "/me/following", 403),
    ("DELETE", "/me/following", 403),
    ("GET", "/me/following/contains", 403),
    ("PUT", "/playlists/{id}/followers", 403),
    ("DELETE", "/playlists/{id}/followers", 403),
    ("GET", "/playlists/{id}/followers/contains", 403),
)

ENDPOINTS = (
    Endpoint("GET", "/tracks/{id}", track),
    Endpoint("GET", "/artists/{id}", artist),
    Endpoint("GET", "/artists/{id}/albums", artist_albums),
    Endpoint("GET", "/albums/{id}", album),
    Endpoint("GET", "/albums/{id}/tracks", album_tracks),
    Endpoint("GET", "/artists/{id}/top-tracks", artist_top_tracks, is_gone=True),
    Endpoint("GET", "/tracks", tracks, is_gone=True),
    Endpoint("GET", "/artists", artists, is_gone=True),
    Endpoint("GET", "/albums", albums, is_gone=True),
    Endpoint("GET", "/audio-features/{id}", audio_features, is_gone=True),
    Endpoint("GET", "/audio-features", several_audio_features, is_gone=True),
    *(Endpoint(method, path, gone_everywhere, is_gone=True, gone_status=status) for method, path, status in _LOST),
)
