"""The catalogue as arrays to draw from: tracks by genre, by artist and by popularity.

Every number is a position in the pool: tracks are ordered by track id, whatever order the catalogue came in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ml.arrow import encode
from ml.errors import InvalidCatalogueError
from ml.listeners.population import genre_column

POPULARITY_SCALE = 20.0
"""Attention grows by e for so many points of popularity, which spreads it over about two orders of magnitude."""
USUAL_POPULARITY = 30
USUAL_DURATION_MS = 210_000

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrackPool:
    """Tracks 0 to n-1 with their genre, artist, length and attention, and the tracks of each genre and artist."""

    table: pa.Table
    """track_id, track_name, artist_name and album_name, row = track."""
    genres: tuple[str, ...]
    genre: Integers
    artist: Integers
    duration_ms: Integers
    log_attention: Floats
    artist_tracks: Integers
    """Tracks sorted by artist; those of artist a begin at artist_start[a]."""
    artist_start: Integers
    artist_size: Integers
    place_in_artist: Integers
    genre_tracks: Integers
    """Tracks sorted by genre, with the running sum of their attention; genre g spans genre_bounds[g : g + 2]."""
    genre_attention: Floats
    genre_bounds: Integers

    def __len__(self) -> int:
        return len(self.genre)

    @property
    def artists(self) -> int:
        return len(self.artist_start)

    def draw_from_genre(self, genre: Integers, uniform: Floats) -> Integers:
        """One track of each given genre, likelier the more popular it is; `uniform` in [0, 1), same shape."""
        running = np.concatenate([[0.0], self.genre_attention])
        low, high = running[self.genre_bounds[genre]], running[self.genre_bounds[genre + 1]]
        place = np.searchsorted(self.genre_attention, low + uniform * (high - low), side="right")
        # Rounding may carry a draw at the very edge into the neighbouring genre.
        return self.genre_tracks[np.clip(place, self.genre_bounds[genre], self.genre_bounds[genre + 1] - 1)]

    def further_track_of_artist(self, track: Integers, steps: Integers) -> Integers:
        """The track so many places on among the tracks of the same artist, from the last on to the first."""
        artist = self.artist[track]
        place = (self.place_in_artist[track] + steps) % self.artist_size[artist]
        return self.artist_tracks[self.artist_start[artist] + place]


def build_track_pool(catalogue: pa.Table) -> TrackPool:
    """The pool of a catalogue of CATALOGUE_TRACKS columns; of several rows of a track the first by genre counts.

    Raises:
        InvalidCatalogueError: the catalogue has no row.
    """
    if catalogue.num_rows == 0:
        raise InvalidCatalogueError("the catalogue is empty: there is nothing to listen to")
    tracks = _one_row_per_track(catalogue)
    count = tracks.num_rows
    genre_names, genre = encode(tracks["genre"])
    artist_names, artist = encode(tracks["artist_name"])
    popularity = pc.fill_null(tracks["popularity"], USUAL_POPULARITY).to_numpy().astype(np.float64)
    duration_ms = pc.fill_null(tracks["duration_ms"], USUAL_DURATION_MS).to_numpy().astype(np.int64)
    log_attention = popularity / POPULARITY_SCALE

    artist_tracks = np.argsort(artist, kind="stable")
    artist_size = np.bincount(artist, minlength=len(artist_names))
    artist_start = np.cumsum(artist_size) - artist_size
    place_in_artist = np.empty(count, dtype=np.int64)
    place_in_artist[artist_tracks] = np.arange(count) - artist_start[artist[artist_tracks]]
    genre_tracks = np.argsort(genre, kind="stable")
    return TrackPool(
        table=tracks.select(["track_id", "track_name", "artist_name", "album_name"]),
        genres=tuple(genre_names),
        genre=genre,
        artist=artist,
        duration_ms=np.maximum(duration_ms, 1000),
        log_attention=log_attention,
        artist_tracks=artist_tracks,
        artist_start=artist_start,
        artist_size=artist_size,
        place_in_artist=place_in_artist,
        genre_tracks=genre_tracks,
        genre_attention=np.cumsum(np.exp(log_attention[genre_tracks])),
        genre_bounds=np.concatenate([[0], np.cumsum(np.bincount(genre, minlength=len(genre_names)))]),
    )


def _one_row_per_track(catalogue: pa.Table) -> pa.Table:
    names = ["track_id", "track_name", "artist_name", "album_name", "popularity", "duration_ms"]
    tracks = catalogue.select(names).append_column("genre", genre_column(catalogue))
    tracks = tracks.sort_by([(name, "ascending") for name in ("track_id", "genre", "album_name", "track_name")])
    _, track = encode(tracks["track_id"])
    is_first = np.ones(len(track), dtype=bool)
    is_first[1:] = track[1:] != track[:-1]
    return tracks.filter(pa.array(is_first)).combine_chunks()
