"""Rows of the raw tables in schemas/lookups.py: pure functions of what a service said of an id or a name.

A column that the service left out is null; of what it does not know there is a row without more than what was asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tunegenie_assets.sources.services.lastfm import as_number
from tunegenie_assets.sources.services.state import Record
from tunegenie_assets.sources.streams.registry import (
    ALBUMS,
    ARTIST_LINKS,
    ARTIST_TAGS,
    ARTISTS,
    AUDIO_FEATURES,
    LASTFM_TRACKS,
    MUSICBRAINZ_ARTISTS,
    MUSICBRAINZ_RECORDINGS,
    RECORDINGS_BY_NAME,
    TRACKS,
)
from tunegenie_assets.sources.streams.spotify_catalogue import UNAVAILABLE
from tunegenie_assets.sources.streams.stream import names_in

Row = dict[str, Any]


def track_columns(track: Mapping[str, Any]) -> Row:
    """What every table tells of a track of Spotify."""
    artists = track.get("artists") or []
    first, album = _first(artists), track.get("album") or {}
    names = [artist["name"] for artist in artists if artist.get("name")]
    return {
        "track_id": track.get("id"),
        "track_uri": track.get("uri"),
        "track_name": track.get("name"),
        "artist_id": first.get("id"),
        "artist_name": first.get("name"),
        "artist_names": json.dumps(names, ensure_ascii=False) if names else None,
        "album_id": album.get("id"),
        "album_name": album.get("name"),
        "duration_ms": track.get("duration_ms"),
        "isrc": (track.get("external_ids") or {}).get("isrc"),
        "is_local": track.get("is_local"),
    }


def _first(artists: list[Row] | None) -> Row:
    return artists[0] if artists else {}


def _catalogue_track(record: Record, body: Row) -> Iterator[Row]:
    track = track_columns(body)
    del track["track_uri"], track["is_local"]
    yield {
        **track,
        "track_id": record.key,
        "release_date": (body.get("album") or {}).get("release_date"),
        "explicit": body.get("explicit"),
        "popularity": body.get("popularity"),
    }


def _album(record: Record, body: Row) -> Iterator[Row]:
    artist = _first(body.get("artists"))
    yield {
        "album_id": record.key,
        "album_name": body.get("name"),
        "album_type": body.get("album_type"),
        "artist_id": artist.get("id"),
        "artist_name": artist.get("name"),
        "release_date": body.get("release_date"),
        "total_tracks": body.get("total_tracks"),
        "upc": (body.get("external_ids") or {}).get("upc"),
        "label": body.get("label"),
        "popularity": body.get("popularity"),
    }


def _artist(record: Record, body: Row) -> Iterator[Row]:
    genres = [genre for genre in body.get("genres") or [] if genre]
    yield {
        "artist_id": record.key,
        "artist_name": body.get("name"),
        "genres": json.dumps(genres, ensure_ascii=False) if genres else None,
        "popularity": body.get("popularity"),
        "followers": (body.get("followers") or {}).get("total"),
    }


_FEATURES = (
    "danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness", "liveness", "valence",
    "tempo", "key", "mode", "time_signature",
)  # fmt: skip


def _audio_features(record: Record, body: Row) -> Iterator[Row]:
    if record.key.startswith(UNAVAILABLE):
        return
    yield {"track_id": record.key, **{name: body.get(name) for name in _FEATURES}}


def _artist_tags(record: Record, body: Row) -> Iterator[Row]:
    # Tags that differ in case are one: the first has the higher count.
    counts: dict[str | None, int | None] = {}
    for tag in body.get("tags", []):
        counts.setdefault(tag["name"].lower(), tag["count"])
    for name, count in (counts or {None: None}).items():
        yield {"artist_name": record.key, "tag": name, "count": count}


def _lastfm_track(record: Record, body: Row) -> Iterator[Row]:
    artist, track = names_in(record.key)
    yield {
        "asked_artist": artist,
        "asked_track": track,
        "artist_name": body.get("artist"),
        "track_name": body.get("name"),
        "album_name": body.get("album") or None,
        # Nought is what Last.fm says of a length that it does not know.
        "duration_ms": as_number(body.get("duration")) or None,
        "track_mbid": body.get("mbid") or None,
        "listeners": as_number(body.get("listeners")),
        "playcount": as_number(body.get("playcount")),
    }


def _listenbrainz_recording(record: Record, body: Row) -> Iterator[Row]:
    artist, track = names_in(record.key)
    yield {
        "asked_artist": artist,
        "asked_track": track,
        "artist_name": body.get("artist"),
        "track_name": body.get("name"),
        "album_name": body.get("album"),
        "duration_ms": body.get("length"),
        "recording_mbid": body.get("recording_mbid"),
        "artist_mbid": body.get("artist_mbid"),
    }


def _artist_link(record: Record, body: Row) -> Iterator[Row]:
    asked_by, name = names_in(record.key)
    yield {"asked_by": asked_by, "asked_for": name, "artist_mbid": body.get("mbid")}


def _musicbrainz_artist(record: Record, body: Row) -> Iterator[Row]:
    counts: dict[str | None, int | None] = {genre["name"]: genre["count"] for genre in body.get("genres", [])}
    for genre, count in (counts or {None: None}).items():
        yield {"artist_mbid": record.key, "artist_name": body.get("name"), "genre": genre, "count": count}


def _musicbrainz_recording(record: Record, body: Row) -> Iterator[Row]:
    for isrc in dict.fromkeys(body.get("isrcs") or [None]):
        yield {
            "recording_mbid": record.key,
            "track_name": body.get("title"),
            "duration_ms": body.get("length"),
            "isrc": isrc,
        }


LOOKUP_ROWS: Mapping[str, Callable[[Record, Row], Iterator[Row]]] = {
    TRACKS.name: _catalogue_track,
    ALBUMS.name: _album,
    ARTISTS.name: _artist,
    AUDIO_FEATURES.name: _audio_features,
    ARTIST_TAGS.name: _artist_tags,
    LASTFM_TRACKS.name: _lastfm_track,
    RECORDINGS_BY_NAME.name: _listenbrainz_recording,
    ARTIST_LINKS.name: _artist_link,
    MUSICBRAINZ_ARTISTS.name: _musicbrainz_artist,
    MUSICBRAINZ_RECORDINGS.name: _musicbrainz_recording,
}
"""By name of the stream; `rows_of` adds when it was asked for."""
