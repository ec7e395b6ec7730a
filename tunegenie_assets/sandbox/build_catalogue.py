"""Artists, albums and tracks of a world from the catalogue's table, with what that table lacks derived from its ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tunegenie_assets.sandbox.derived import derived_id, derived_isrc, derived_mbid, derived_number
from tunegenie_assets.sandbox.world import Album, Artist, ArtistTag, Track

_COLUMNS = (
    "track_id",
    "track_name",
    "artist_names",
    "album_id",
    "album_name",
    "release_date",
    "popularity",
    "duration_ms",
    "explicit",
    "genre",
    "subgenre",
)
_FEATURES = (
    "danceability",
    "energy",
    "key",
    "loudness",
    "mode",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
)
_RELEASE_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_UNKNOWN_RELEASE_DATE = "0000"
"""As Spotify itself writes it."""
_SINGLE_TRACKS = 3
"""Albums up to this long are singles."""
_UNNAMED_LENGTH_MS = 200_000
"""Of a track whose length the catalogue does not know."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Catalogue:
    """By id."""

    artists: dict[str, Artist]
    albums: dict[str, Album]
    tracks: dict[str, Track]
    artist_tags: dict[str, list[ArtistTag]]


def catalogue_from(table: pa.Table) -> Catalogue:
    """The catalogue; of several rows of one track the first holds, and all of them tell genres."""
    rows: list[Row] = table.select([*_COLUMNS, *_FEATURES]).to_pylist()
    first_rows: dict[str, Row] = {}
    genres: dict[str, Counter[str]] = {}
    for row in rows:
        first_rows.setdefault(row["track_id"], row)
        for artist_id in _artists_of(row):
            told = [row[name] for name in ("subgenre", "genre") if row[name]]
            genres.setdefault(artist_id, Counter()).update(told)
    albums = _albums(first_rows)
    tracks = {track.track_id: track for album in albums.values() for track in _tracks(album, first_rows)}
    artists = _artists(first_rows, genres)
    return Catalogue(
        artists, albums, tracks, {artist_id: _tags(artists[artist_id], genres[artist_id]) for artist_id in artists}
    )


def _artists_of(row: Row) -> dict[str, str]:
    """Names by id, in the order of the credit."""
    names = [name.strip() for name in row["artist_names"].split(";") if name.strip()]
    return {derived_id("artist", name.casefold()): name for name in names}


def _artists(rows: Mapping[str, Row], genres: Mapping[str, Counter[str]]) -> dict[str, Artist]:
    names: dict[str, str] = {}
    popularity: Counter[str] = Counter()
    for row in rows.values():
        for artist_id, name in _artists_of(row).items():
            names.setdefault(artist_id, name)
            popularity[artist_id] = max(popularity[artist_id], row["popularity"] or 0)
    return {
        artist_id: Artist(
            artist_id,
            name,
            # Spotify has no genre for many artists, MusicBrainz does not know some.
            genres=() if derived_number(8, "genreless", artist_id) == 0 else tuple(genres[artist_id]),
            popularity=popularity[artist_id],
            followers=int(100 * 10 ** (popularity[artist_id] / 20)) + derived_number(100, "followers", artist_id),
            mbid=None if derived_number(10, "unknown", artist_id) == 0 else derived_mbid("artist", artist_id),
        )
        for artist_id, name in names.items()
    }


def _albums(rows: Mapping[str, Row]) -> dict[str, Album]:
    """Every track has one album, if need be one of its own."""
    rows_of_album: dict[str, list[Row]] = {}
    for row in rows.values():
        name = row["album_name"] or row["track_name"]
        album_id = row["album_id"] or derived_id("album", row["artist_names"].casefold(), name.casefold())
        rows_of_album.setdefault(album_id, []).append(row)
    return {album_id: _album(album_id, album_rows) for album_id, album_rows in rows_of_album.items()}


def _album(album_id: str, rows: list[Row]) -> Album:
    first = rows[0]
    date = first["release_date"] or ""
    return Album(
        album_id,
        first["album_name"] or first["track_name"],
        artist_ids=tuple(_artists_of(first))[:1],
        track_ids=tuple(row["track_id"] for row in rows),
        release_date=date if _RELEASE_DATE.fullmatch(date) else _UNKNOWN_RELEASE_DATE,
        album_type="single" if len(rows) <= _SINGLE_TRACKS else "album",
        upc=f"{derived_number(10**12, 'upc', album_id):012d}",
        label="Invented Records",
        mbid=derived_mbid("album", album_id),
    )


def _tracks(album: Album, rows: Mapping[str, Row]) -> list[Track]:
    return [_track(rows[track_id], album, number) for number, track_id in enumerate(album.track_ids, start=1)]


def _track(row: Row, album: Album, number: int) -> Track:
    track_id = row["track_id"]
    return Track(
        track_id,
        row["track_name"],
        artist_ids=tuple(_artists_of(row)),
        album_id=album.album_id,
        duration_ms=row["duration_ms"] or _UNNAMED_LENGTH_MS,
        track_number=number,
        explicit=bool(row["explicit"]),
        popularity=row["popularity"] or 0,
        isrc=derived_isrc(album.release_date, track_id),
        mbid=None if derived_number(5, "unknown", track_id) == 0 else derived_mbid("track", track_id),
        audio_features=_audio_features(row),
    )


def _audio_features(row: Row) -> dict[str, float] | None:
    features = {name: row[name] for name in _FEATURES}
    return None if None in features.values() else {**features, "time_signature": 4}


def _tags(artist: Artist, genres: Counter[str]) -> list[ArtistTag]:
    """What listeners write: the genres, and things that are none. Some artists nobody has tagged."""
    if derived_number(15, "untagged", artist.artist_id) == 0:
        return []
    counts: dict[str, int] = {}
    for place, (genre, _) in enumerate(genres.most_common()):
        counts[genre] = 100 if place == 0 else 30 + derived_number(65, "tag", genre, artist.artist_id)
    for other in ("seen live", "favorites", "female vocalists", "instrumental"):
        counts[other] = derived_number(45, "tag", other, artist.artist_id)
    ordered = sorted(counts.items(), key=lambda tag: (-tag[1], tag[0]))
    return [ArtistTag(name, count) for name, count in ordered if count > 0]
