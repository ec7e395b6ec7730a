"""The rows of Last.fm's JSON, which was made from XML: every number is a text, what is missing is an empty text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from tunegenie_assets.sandbox.spotify_shapes import milliseconds
from tunegenie_assets.sandbox.world import Album, Artist, Track

Json = dict[str, Any]
_SITE = "https://www.last.fm"
_SIZES = ("small", "medium", "large", "extralarge")


@dataclass(frozen=True)
class Scrobbled:
    """What Last.fm knows of a track that somebody played."""

    name: str
    artist: str
    album: str
    mbid: str | None = None
    artist_mbid: str | None = None
    album_mbid: str | None = None


def scrobble(played: Scrobbled, started_at: datetime | None, *, is_extended: bool) -> Json:
    """A row of recent tracks; without a time the track that is playing now, which has no date."""
    artist: Json = {"mbid": played.artist_mbid or "", "#text": played.artist}
    if is_extended:
        artist = {"url": artist_url(played.artist), "name": played.artist} | {
            "image": _images(),
            "mbid": artist["mbid"],
        }
    row: Json = {
        "artist": artist,
        "streamable": "0",
        "image": _images(),
        "mbid": played.mbid or "",
        "album": {"mbid": played.album_mbid or "", "#text": played.album},
        "name": played.name,
        "url": track_url(played.artist, played.name),
    }
    if is_extended:
        row["loved"] = "0"
    if started_at is None:
        return {**row, "@attr": {"nowplaying": "true"}}
    said = started_at.astimezone(UTC).strftime("%d %b %Y, %H:%M")
    return {**row, "date": {"uts": str(milliseconds(started_at) // 1000), "#text": said}}


def chart_track(track: Track, artist: Artist) -> Json:
    """In charts the length is in seconds, and 0 where it is not known."""
    plays = _plays(track.popularity)
    return {
        "name": track.name,
        "duration": "0" if track.mbid is None else str(track.duration_ms // 1000),
        "playcount": str(plays),
        "listeners": str(_listeners(plays)),
        "mbid": track.mbid or "",
        "url": track_url(artist.name, track.name),
        "streamable": {"#text": "0", "fulltrack": "0"},
        "artist": {"name": artist.name, "mbid": artist.mbid or "", "url": artist_url(artist.name)},
        "image": _images(),
    }


def chart_artist(artist: Artist) -> Json:
    plays = 10 * _plays(artist.popularity)
    return {"name": artist.name, "playcount": str(plays), "listeners": str(_listeners(plays)), **_artist_row(artist)}


def tag_artist(artist: Artist, rank: int) -> Json:
    return {"name": artist.name, **_artist_row(artist), "@attr": {"rank": str(rank)}}


def track_information(track: Track, artist: Artist, album: Album) -> Json:
    """Here the length is in milliseconds. What Last.fm does not know is left out."""
    plays = _plays(track.popularity)
    shape: Json = {
        "name": track.name,
        "url": track_url(artist.name, track.name),
        "duration": str(track.duration_ms),
        "streamable": {"#text": "0", "fulltrack": "0"},
        "listeners": str(_listeners(plays)),
        "playcount": str(plays),
        "artist": {"name": artist.name, "mbid": artist.mbid or "", "url": artist_url(artist.name)},
    }
    if track.mbid is not None:
        shape["mbid"] = track.mbid
        shape["album"] = {
            "artist": artist.name,
            "title": album.name,
            "mbid": album.mbid or "",
            "url": f"{artist_url(artist.name)}/{quote_plus(album.name)}",
            "image": _images(),
            "@attr": {"position": str(track.track_number)},
        }
    return shape


def artist_url(name: str) -> str:
    return f"{_SITE}/music/{quote_plus(name)}"


def track_url(artist: str, name: str) -> str:
    return f"{artist_url(artist)}/_/{quote_plus(name)}"


def tag_url(name: str) -> str:
    return f"{_SITE}/tag/{quote_plus(name)}"


def _artist_row(artist: Artist) -> Json:
    return {"mbid": artist.mbid or "", "url": artist_url(artist.name), "streamable": "0", "image": _images()}


def _plays(popularity: int) -> int:
    """Popularity is a logarithm of attention."""
    return int(10 ** (popularity / 16))


def _listeners(plays: int) -> int:
    return plays // 7 + 1


def _images() -> list[Json]:
    return [{"size": size, "#text": ""} for size in _SIZES]
