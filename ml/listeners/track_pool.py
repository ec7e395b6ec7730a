"""The catalogue as arrays to draw from: the tracks of each genre and of each artist, as far as they have been released.

Every number is a position in the pool: tracks are ordered by track id, whatever order the catalogue came in. Time
passes in blocks of 30 days: a track can be drawn from the block after its release on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ml.arrow import encode
from ml.errors import InvalidCatalogueError
from ml.listeners.chance import Flags, Floats, Integers
from ml.listeners.population import genre_column

POPULARITY_SCALE = 20.0
"""Attention grows by e for so many points of popularity, which spreads it over about two orders of magnitude."""
USUAL_POPULARITY = 30
USUAL_DURATION_MS = 210_000
BLOCK_DAYS = 30
BLOCKS = 1024
"""Blocks of the calendar from 1970 on, which lasts until 2054; what was released before counts as block 0."""
NEW_BLOCKS = 2
"""A release is new for so many blocks."""


@dataclass(frozen=True)
class Shelf:
    """Tracks in order of group (genre or artist) and release, with the running sum of their attention."""

    tracks: Integers
    attention: Floats
    """Shape (tracks + 1,), beginning with 0."""
    start: Integers
    """First place of each group, and the number of tracks at the end."""
    release_key: Integers
    """Group and block of release of each place, ascending."""

    def released(self, group: Integers, block: Integers) -> Integers:
        """One past the last place of each group whose track is out in that block."""
        return np.searchsorted(self.release_key, group * BLOCKS + block, side="left")

    def draw(self, low: Integers, high: Integers, uniforms: Floats) -> Integers:
        """A track from the places [low, high), which hold at least one, likelier the more attention it has."""
        below = self.attention[low]
        place = np.searchsorted(self.attention, below + uniforms * (self.attention[high] - below), side="right") - 1
        # Rounding may carry a draw at the very edge into the neighbouring group.
        return self.tracks[np.minimum(np.maximum(place, low), high - 1)]


@dataclass(frozen=True)
class TrackPool:
    """Tracks 0 to n-1 with artist, length and other edition, and the shelves of genres and artists."""

    texts: Mapping[str, tuple[pa.Array, Integers]]
    """Of track_id, track_name, artist_name and album_name the distinct texts, and which of them each track has;
    -1 where it has none."""
    genres: tuple[str, ...]
    artist: Integers
    duration_ms: Integers
    release_block: Integers
    other_edition: Integers
    """The same song on another album, such as the single; the track itself where there is none."""
    by_genre: Shelf
    by_artist: Shelf
    place_in_artist: Integers
    """Place of each track on the shelf of artists."""
    genre_released: Integers
    """`by_genre.released` of each genre and block, shape (genres, BLOCKS)."""

    def draw_from_genre(self, genre: Integers, block: Integers, is_new: Flags, uniforms: Floats) -> Integers:
        """A track of each genre that is out in that block, of the newest releases where `is_new` and there are any.

        A genre of which nothing is out by then gives any of its tracks: a catalogue may know later music only.
        """
        first, last = self.by_genre.start[genre], self.by_genre.start[genre + 1]
        high = self.genre_released[genre, block]
        high = np.where(high > first, high, last)
        low = self.genre_released[genre, np.maximum(block - NEW_BLOCKS, 0)]
        low = np.where(is_new & (low < high), low, first)
        return self.by_genre.draw(low, high, uniforms)

    def draw_from_artist(self, artist: Integers, block: Integers, uniforms: Floats) -> Integers:
        """A track of each artist that is out in that block; any of theirs where none is."""
        first, last = self.by_artist.start[artist], self.by_artist.start[artist + 1]
        high = self.by_artist.released(artist, block)
        return self.by_artist.draw(first, np.where(high > first, high, last), uniforms)

    def in_other_edition(self, track: Integers, block: Integers) -> Integers:
        """The other edition of each track, where it is out."""
        other = self.other_edition[track]
        return np.where(self.release_block[other] < block, other, track)

    def further_track_of_artist(self, track: Integers, block: Integers, steps: Integers) -> Integers:
        """The track so many places on among those that the artist has released, from the last on to the first."""
        artist, place = self.artist[track], self.place_in_artist[track]
        first = self.by_artist.start[artist]
        out = np.maximum(self.by_artist.released(artist, block), place + 1) - first
        return self.by_artist.tracks[first + (place - first + steps) % out]


def build_track_pool(catalogue: pa.Table) -> TrackPool:
    """The pool of a catalogue of CATALOGUE_TRACKS columns; of several rows of a track the first by genre counts.

    Raises:
        InvalidCatalogueError: the catalogue has no row.
    """
    if catalogue.num_rows == 0:
        raise InvalidCatalogueError("the catalogue is empty: there is nothing to listen to")
    tracks = _one_row_per_track(catalogue)
    genre_names, genre = encode(tracks["genre"])
    artist_names, artist = encode(tracks["artist_name"])
    popularity = pc.fill_null(tracks["popularity"], USUAL_POPULARITY).to_numpy().astype(np.float64)
    duration_ms = pc.fill_null(tracks["duration_ms"], USUAL_DURATION_MS).to_numpy().astype(np.int64)
    attention = np.exp(popularity / POPULARITY_SCALE)
    block = _release_blocks(tracks["release_date"])
    by_genre = _shelf(genre, block, attention, len(genre_names))
    by_artist = _shelf(artist, block, attention, len(artist_names))
    place_in_artist = np.empty(tracks.num_rows, dtype=np.int64)
    place_in_artist[by_artist.tracks] = np.arange(tracks.num_rows)
    every_genre, every_block = np.divmod(np.arange(len(genre_names) * BLOCKS), BLOCKS)
    return TrackPool(
        texts={name: _distinct(tracks[name]) for name in ("track_id", "track_name", "artist_name", "album_name")},
        genres=tuple(genre_names),
        artist=artist,
        duration_ms=np.maximum(duration_ms, 1000),
        release_block=block,
        other_edition=_other_editions(artist, encode(tracks["track_name"])[1]),
        by_genre=by_genre,
        by_artist=by_artist,
        place_in_artist=place_in_artist,
        genre_released=by_genre.released(every_genre, every_block).reshape(len(genre_names), BLOCKS),
    )


def block_of(days: Integers) -> Integers:
    """The block of the calendar of each day, in days since 1970."""
    return np.clip(days // BLOCK_DAYS, 0, BLOCKS - 1)


def _distinct(column: pa.ChunkedArray) -> tuple[pa.Array, Integers]:
    """The distinct values of a column, and the place of each row's value among them; -1 for null."""
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.dictionary, encoded.indices.fill_null(-1).to_numpy().astype(np.int64)


def _shelf(group: Integers, block: Integers, attention: Floats, groups: int) -> Shelf:
    order = np.lexsort((block, group))
    return Shelf(
        tracks=order,
        attention=np.concatenate([[0.0], np.cumsum(attention[order])]),
        start=np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))]),
        release_key=(group * BLOCKS + block)[order],
    )


def _release_blocks(release_date: pa.ChunkedArray) -> Integers:
    """The block of each release date, which may be a year, a month or a day; 0 where it is unknown."""
    days = pd.to_datetime(release_date.to_pandas(), format="ISO8601", errors="coerce")
    return block_of(days.fillna(pd.Timestamp(0)).to_numpy().astype("datetime64[D]").astype(np.int64))


def _other_editions(artist: Integers, title: Integers) -> Integers:
    """The next track of the same artist and title, from the last on to the first."""
    order = np.lexsort((np.arange(len(artist)), title, artist))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (artist[order][1:] != artist[order][:-1]) | (title[order][1:] != title[order][:-1])
    song = np.cumsum(first) - 1
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(order)))
    place = np.arange(len(order)) - starts[song]
    other = np.empty(len(order), dtype=np.int64)
    other[order] = order[starts[song] + (place + 1) % sizes[song]]
    return other


def _one_row_per_track(catalogue: pa.Table) -> pa.Table:
    names = ["track_id", "track_name", "artist_name", "album_name", "popularity", "duration_ms", "release_date"]
    tracks = catalogue.select(names).append_column("genre", genre_column(catalogue))
    tracks = tracks.sort_by([(name, "ascending") for name in ("track_id", "genre", "album_name", "track_name")])
    _, track = encode(tracks["track_id"])
    is_first = np.ones(len(track), dtype=bool)
    is_first[1:] = track[1:] != track[:-1]
    return tracks.filter(pa.array(is_first)).combine_chunks()
