"""The search of the Web API: words, and the filters that its query language has, over the names of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tunegenie_assets.sandbox.spotify_calls import ApiError, Call, Endpoint, Json, Reply
from tunegenie_assets.sandbox.world import Album, Artist, Track

_FILTER = re.compile(r'\b(artist|track|album|isrc|upc|year|genre):(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_LARGEST_OFFSET = 1000
_KINDS = ("album", "artist", "track", "playlist", "show", "episode", "audiobook")


@dataclass(frozen=True)
class _Query:
    words: tuple[str, ...]
    filters: Mapping[str, str]

    @staticmethod
    def read(text: str) -> _Query:
        filters = {found[0].lower(): (found[1] or found[2]).casefold() for found in _FILTER.findall(text)}
        rest = _FILTER.sub(" ", text).replace('"', " ")
        return _Query(tuple(rest.casefold().split()), filters)

    def fits(self, all_names: Iterable[str], fields: Mapping[str, str]) -> bool:
        """Whether the names hold every word, and each filter its field; a field that there is not fits no filter."""
        haystack = " ".join(all_names).casefold()
        if not all(word in haystack for word in self.words):
            return False
        return all(
            name in fields and _holds(name, fields[name].casefold(), value) for name, value in self.filters.items()
        )


def search(call: Call) -> Reply:
    text, kinds = call.query.get("q", "").strip(), call.query.get("type", "").split(",")
    if not text:
        raise ApiError(400, "No search query")
    if not set(kinds) <= set(_KINDS):
        raise ApiError(400, "Bad search type field" if kinds != [""] else "Missing parameter type")
    default, most = (5, 10) if call.is_development else (20, 50)
    limit = call.number("limit", default, 0, most)
    offset = call.number("offset", 0, 0, _LARGEST_OFFSET)
    query = _Query.read(text)
    return Reply({f"{kind}s": _results(call, kind, query, limit, offset) for kind in kinds})


def _results(call: Call, kind: str, query: _Query, limit: int, offset: int) -> Json:
    """One kind's page; of playlists, podcasts and books none are found."""
    match kind:
        case "track":
            tracks = [track for track in call.world.tracks.values() if _is_track(call, track, query)]
            tracks.sort(key=lambda track: -track.popularity)
            return call.page_at(tracks, call.shapes.track, limit, offset)
        case "artist":
            artists = [artist for artist in call.world.artists.values() if _is_artist(artist, query)]
            artists.sort(key=lambda artist: -artist.popularity)
            return call.page_at(artists, call.shapes.artist, limit, offset)
        case "album":
            albums = [album for album in call.world.albums.values() if _is_album(call, album, query)]
            return call.page_at(albums, call.shapes.simple_album, limit, offset)
        case _:
            nothing: list[Track] = []
            return call.page_at(nothing, call.shapes.track, limit, offset)


def _is_track(call: Call, track: Track, query: _Query) -> bool:
    album, artists = call.world.albums[track.album_id], _artist_names(call, track.artist_ids)
    fields = {"track": track.name, "artist": artists, "album": album.name, "year": album.release_date[:4]}
    if track.isrc:
        fields["isrc"] = track.isrc
    return query.fits((track.name, artists, album.name), fields)


def _is_album(call: Call, album: Album, query: _Query) -> bool:
    artists = _artist_names(call, album.artist_ids)
    fields = {"album": album.name, "artist": artists, "year": album.release_date[:4]}
    if album.upc:
        fields["upc"] = album.upc
    return query.fits((album.name, artists), fields)


def _is_artist(artist: Artist, query: _Query) -> bool:
    return query.fits((artist.name,), {"artist": artist.name, "genre": ", ".join(artist.genres)})


def _artist_names(call: Call, artist_ids: Iterable[str]) -> str:
    return ", ".join(call.world.artists[artist_id].name for artist_id in artist_ids)


def _holds(name: str, field: str, value: str) -> bool:
    if name == "year":
        first, _, last = value.partition("-")
        return first <= field <= (last or first)
    return field == value if name in ("isrc", "upc") else value in field


ENDPOINTS = (Endpoint("GET", "/search", search),)
