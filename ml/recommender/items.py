"""What the track table says of the items of a model, as codes that can be counted and compared.

Who may be shown what is decided in ranking.py, what stands in a list in choosing.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from ml.arrow import encode, positions
from ml.errors import InconsistentInputError
from ml.recommender.features import NO_GENRE

COLUMNS = ("track_name", "artist_name", "primary_genre", "artist_id")


@dataclass(frozen=True)
class Items:
    """Items with what the track table says of them; row = item."""

    ids: NDArray[np.str_]
    """Sorted."""
    table: pa.Table
    """track_id, track_name, artist_name, primary_genre and artist_id; nulls where the table lacks the track."""
    artist_ids: NDArray[np.str_]
    """Sorted; the codes below their number stand for these."""
    artist: NDArray[np.int64]
    """Code of the artist; tracks without an artist are artists of their own."""
    song: NDArray[np.int64]
    """Code of artist and title together, without case; tracks without a title are songs of their own."""
    genre_names: NDArray[np.str_]
    """Sorted."""
    genre: NDArray[np.int64]
    """Code of the genre, -1 for none."""
    release_year: NDArray[np.int64]
    """0 where it is not known."""

    @cached_property
    def of_artist(self) -> sparse.csr_matrix:
        """Shape (items, artists), the artists of a single track included."""
        return membership(self.artist, int(self.artist.max(initial=-1)) + 1)

    @cached_property
    def of_genre(self) -> sparse.csr_matrix:
        """Shape (items, genres)."""
        return membership(self.genre, len(self.genre_names))

    @cached_property
    def of_song(self) -> sparse.csr_matrix:
        """Shape (items, songs)."""
        return membership(self.song, int(self.song.max(initial=-1)) + 1)

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """Of the ids, shape (items,)."""
        return hashed(self.ids)

    def text(self, column: str, items: NDArray[np.int64], otherwise: str) -> NDArray[np.object_]:
        """What a column of the table says of some items; `otherwise` where it says nothing."""
        values = self.table[column].take(pa.array(items)).fill_null(otherwise)
        return np.array(values.to_pylist(), dtype=object)


def items_of(tracks: pa.Table, item_ids: NDArray[np.str_]) -> Items:
    """The items of a model as `tracks` describes them; a table without release_year knows none.

    Raises:
        InconsistentInputError: a track_id occurs twice in `tracks`.
    """
    place = positions(tracks["track_id"], item_ids)
    known = place[place >= 0]
    if len(np.unique(known)) != len(known):
        raise InconsistentInputError("tracks must have one row per track_id")
    row = np.full(len(item_ids), -1, dtype=np.int64)
    row[known] = np.flatnonzero(place >= 0)
    chosen = pa.array(row, mask=row < 0)
    table = tracks.select(COLUMNS).take(chosen).append_column("track_id", pa.array(item_ids.tolist(), pa.string()))
    artists, artist = encode(table["artist_id"])
    genres, genre = encode(table["primary_genre"])
    is_genre = np.array([name.strip().lower() not in NO_GENRE for name in genres] + [False])
    count = len(item_ids)
    artist = np.where(artist < 0, len(artists) + np.arange(count), artist)
    lowered = pc.utf8_lower(table["track_name"])  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    titles, title = encode(lowered)
    title = np.where(title < 0, len(titles) + np.arange(count), title)
    _, song = np.unique(artist * (len(titles) + count) + title, return_inverse=True)
    years = np.zeros(count, dtype=np.int64)
    if "release_year" in tracks.column_names:
        years = tracks["release_year"].take(chosen).cast(pa.int64()).fill_null(0).to_numpy()
    return Items(
        ids=item_ids,
        table=table,
        artist_ids=np.array(artists, dtype=np.str_),
        artist=artist,
        song=song,
        genre_names=np.array(genres, dtype=np.str_),
        genre=np.where(is_genre[genre], genre, -1),
        release_year=years,
    )


def membership(group: NDArray[np.int64], groups: int) -> sparse.csr_matrix:
    """Shape (items, groups): 1 where the item belongs to the group; group -1 is none."""
    member = np.flatnonzero(group >= 0)
    return sparse.csr_matrix((np.ones(len(member)), (member, group[member])), shape=(len(group), groups))


def pair_matrix(
    listener_ids: pa.ChunkedArray | pa.Array,
    names: pa.ChunkedArray | pa.Array,
    rows: NDArray[np.str_],
    columns: NDArray[np.str_],
    weights: NDArray[np.float64] | None = None,
) -> sparse.csr_matrix:
    """Shape (rows, columns): the weights of pairs, or how often each occurs; pairs with a stranger are left out."""
    row, column = positions(listener_ids, rows), positions(names, columns)
    known = (row >= 0) & (column >= 0)
    values = np.ones(len(row)) if weights is None else weights
    return sparse.csr_matrix((values[known], (row[known], column[known])), shape=(len(rows), len(columns)))


def heard_by(interactions: pa.Table, item_ids: NDArray[np.str_], key: str = "track_id") -> sparse.csr_matrix:
    """Weights above zero, shape (items, listeners): who plays each item; who only skipped it does not."""
    names, listener = encode(interactions["listener_id"])
    item = positions(interactions[key], item_ids)
    weight = interactions["weight"].to_numpy().astype(np.float64)
    known = (item >= 0) & (weight > 0)
    return sparse.csr_matrix((weight[known], (item[known], listener[known])), shape=(len(item_ids), len(names)))


def cell_values(matrix: sparse.csr_matrix, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """The values of some cells, in their order."""
    if len(rows) == 0:
        return np.zeros(0)
    return np.asarray(matrix[rows, columns], dtype=np.float64).ravel()


def hashed(names: NDArray[np.str_]) -> NDArray[np.uint64]:
    """A number for each name, the same in every process."""
    return pd.util.hash_array(names.astype(object), categorize=False)
