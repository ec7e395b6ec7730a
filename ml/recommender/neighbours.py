"""Neighbours: which tracks and which artists are alike by what a model has learnt of them, and why, in words.

They are the same for everybody, so they keep to what anybody may be shown: a neighbour stands in a catalogue, since of
other tracks only somebody's listening tells, and what was invented stands beside what was invented. The search is in
nearest.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from ml.arrow import encode
from ml.recommender.choosing import ARTIST_LIMIT
from ml.recommender.items import Items, heard_by, items_of, membership
from ml.recommender.nearest import Embeddings, Nearest, unit_rows
from ml.recommender.protocol import Float32
from ml.recommender.ranking import TopItems, eligibility, in_tens, limit_each, rank_within

TRACK_NEIGHBOURS_SCHEMA = pa.schema(
    [
        ("track_id", pa.string()),
        ("rank", pa.int64()),
        ("neighbour_id", pa.string()),
        ("similarity", pa.float64()),
        ("reason", pa.string()),
    ]
)
ARTIST_NEIGHBOURS_SCHEMA = pa.schema(
    [
        ("artist_id", pa.string()),
        ("rank", pa.int64()),
        ("neighbour_id", pa.string()),
        ("similarity", pa.float64()),
        ("reason", pa.string()),
    ]
)
DEEPEST = 1_600
"""So many of the nearest are looked at; behind that many of one artist, a list stays shorter."""
PAIRS_AT_A_TIME = 1_000_000
PAIRS_COMPARED = 4_000
"""Pairs whose listeners are held at a time."""


@dataclass(frozen=True)
class _Things:
    """Tracks or artists, one per row, and what is needed to tell them apart."""

    ids: NDArray[np.str_]
    units: Float32
    """Vectors of length 1, or of zeros."""
    same: NDArray[np.int64]
    """Code of what is the same under several ids: the song of a track, the name of an artist."""
    artist: NDArray[np.int64]
    genre: NDArray[np.int64]
    """-1 for none."""
    genre_names: NDArray[np.str_]
    heard: sparse.csr_matrix
    """Booleans, shape (things, listeners): who plays it."""
    catalogued: NDArray[np.bool_]
    invented: NDArray[np.bool_]


def track_neighbours(embeddings: Embeddings, tracks: pa.Table, interactions: pa.Table, count: int = 20) -> pa.Table:
    """TRACK_NEIGHBOURS: up to `count` for each track that has an embedding and stands in `tracks`, the nearest first.

    At most two of one artist among each ten; no song beside itself under another id. Nearness is the cosine.

    Raises:
        ValueError: `count` is below 1.
        InconsistentInputError: a track_id occurs twice in `tracks`.
    """
    things = _tracks(embeddings, tracks, interactions)
    return _neighbours(things, count, TRACK_NEIGHBOURS_SCHEMA, _artists_in_tens)


def artist_neighbours(
    embeddings: Embeddings, tracks: pa.Table, interactions: pa.Table, liked: pa.Table, count: int = 20
) -> pa.Table:
    """ARTIST_NEIGHBOURS: the same for artists, who are the mean of their tracks, those with most listeners first.

    `liked` is ARTIST_INTERACTIONS: it says who hears them.

    A track weighs one more than it has listeners. An artist of the same name under another id is no neighbour.

    Raises:
        ValueError: `count` is below 1.
        InconsistentInputError: a track_id occurs twice in `tracks`.
    """
    things = _artists(items_of(tracks, embeddings.ids), _tracks(embeddings, tracks, interactions), liked)
    return _neighbours(things, count, ARTIST_NEIGHBOURS_SCHEMA, _first)


def _tracks(embeddings: Embeddings, tracks: pa.Table, interactions: pa.Table) -> _Things:
    items = items_of(tracks, embeddings.ids)
    nobody = pa.table({"listener_id": pa.array([], pa.string()), "is_simulated": pa.array([], pa.bool_())})
    allowed = eligibility(tracks, nobody, items.ids, np.array([], dtype=np.str_))
    # What the table does not have is neither asked for nor shown.
    units = np.where(allowed.known_track[:, None], embeddings.units, np.float32(0.0))
    return _Things(
        ids=items.ids,
        units=units,
        same=items.song,
        artist=items.artist,
        genre=items.genre,
        genre_names=items.genre_names,
        heard=sparse.csr_matrix(heard_by(interactions, items.ids), dtype=bool),
        catalogued=allowed.catalogued,
        invented=allowed.generated,
    )


def _artists(items: Items, tracks: _Things, liked: pa.Table) -> _Things:
    named = len(items.artist_ids)
    # An artist of real tracks is real, and known by these alone.
    real = np.bincount(items.artist[~tracks.invented], minlength=named)[:named] > 0
    counts = (items.artist < named) & tracks.units.any(axis=1)
    counts &= ~tracks.invented | ~real[np.minimum(items.artist, max(named - 1, 0))] if named else False
    artist = np.where(counts, items.artist, -1)
    of_artist = membership(artist, named)
    weight = 1.0 + np.diff(tracks.heard.indptr)
    weighted = sparse.csr_matrix(of_artist.T @ sparse.diags(weight))
    by_genre = weighted @ items.of_genre
    genre = np.full(named, -1, dtype=np.int64)
    if len(items.genre_names):
        has_genre = np.diff(sparse.csr_matrix(by_genre).indptr) > 0
        genre = np.where(has_genre, np.asarray(by_genre.argmax(axis=1)).ravel(), -1)
    return _Things(
        ids=items.artist_ids,
        units=unit_rows(np.asarray(weighted @ tracks.units, dtype=np.float32)),
        same=_same_name(items, named),
        artist=np.arange(named),
        genre=genre,
        genre_names=items.genre_names,
        heard=sparse.csr_matrix(heard_by(liked, items.artist_ids, "artist_id"), dtype=bool),
        catalogued=np.bincount(artist[counts & tracks.catalogued], minlength=named) > 0,
        invented=~real,
    )


def _same_name(items: Items, named: int) -> NDArray[np.int64]:
    """A code of each artist's name without case; artists without a name have codes of their own."""
    of_artist = np.flatnonzero(items.artist < named)
    artists, first = np.unique(items.artist[of_artist], return_index=True)
    names = items.table["artist_name"].take(pa.array(of_artist[first]))
    lowered = pc.utf8_lower(names)  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    distinct, code = encode(lowered)
    return np.where(code < 0, len(distinct) + artists, code)


def _neighbours(
    things: _Things, count: int, schema: pa.Schema, cut: Callable[[TopItems, NDArray[np.int64], int], TopItems]
) -> pa.Table:
    if count < 1:
        raise ValueError(f"at least one neighbour must be asked for, not {count}")
    parts = [schema.empty_table()]
    has_vector = things.units.any(axis=1)
    for invented in (False, True):
        asked = np.flatnonzero(has_vector & (things.invented == invented))
        among = asked[things.catalogued[asked]]
        nearest = Nearest(things.units[among])
        depth = min(5 * count, DEEPEST)
        while len(asked) and len(among):
            unfinished: list[NDArray[np.int64]] = []
            for begin in range(0, len(asked), max(1, PAIRS_AT_A_TIME // depth)):
                batch = asked[begin : begin + max(1, PAIRS_AT_A_TIME // depth)]
                found, cosines = nearest.of(things.units[batch], depth)
                of, other = batch[found.rows], among[found.items]
                entries = TopItems(found.rows, np.arange(len(other)), found.ranks)
                entries = entries.filter(things.same[of] != things.same[other])
                entries = cut(limit_each(entries, things.same[other], 1), things.artist[other], count)
                full = np.bincount(entries.rows, minlength=len(batch)) >= count
                full |= depth >= min(DEEPEST, len(among))
                unfinished.append(batch[~full])
                entries = entries.filter(full[entries.rows])
                chosen = entries.items
                parts.append(
                    _as_table(
                        things, of[chosen], other[chosen], cosines=cosines[chosen], ranks=entries.ranks, schema=schema
                    )
                )
            asked, depth = np.concatenate(unfinished), min(4 * depth, DEEPEST)
    return pa.concat_tables(parts).sort_by([(schema.names[0], "ascending"), ("rank", "ascending")]).combine_chunks()


def _artists_in_tens(entries: TopItems, artist: NDArray[np.int64], count: int) -> TopItems:
    return in_tens(entries, artist, ARTIST_LIMIT, count)


def _first(entries: TopItems, artist: NDArray[np.int64], count: int) -> TopItems:  # noqa: ARG001  # one shape for both
    return entries.filter(rank_within(entries.rows) < count)


def _as_table(
    things: _Things,
    of: NDArray[np.int64],
    other: NDArray[np.int64],
    *,
    cosines: Float32,
    ranks: NDArray[np.int64],
    schema: pa.Schema,
) -> pa.Table:
    columns = [
        pa.array(things.ids[of].tolist(), pa.string()),
        pa.array(ranks + 1),
        pa.array(things.ids[other].tolist(), pa.string()),
        pa.array(np.round(cosines.astype(np.float64), 6)),
        pa.array(_reasons(things, of, other).tolist(), pa.string()),
    ]
    return pa.table(columns, schema=schema)


def _reasons(things: _Things, of: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.object_]:
    """Why each pair is alike: the artist, then who hears them, then what is known of them without anybody's plays."""
    same_genre = (things.genre[of] == things.genre[other]) & (things.genre[of] >= 0)
    names = np.append(things.genre_names, "").astype(object)[things.genre[of]]
    listeners = np.diff(things.heard.indptr)
    unheard = (listeners[of] == 0) | (listeners[other] == 0)
    together = _together(things.heard, of, other)
    by_whom = np.where(together, "heard by the same listeners", "heard by like-minded listeners").astype(object)
    reasons = np.where(same_genre, names + ", " + by_whom, by_whom)
    alike = np.where(same_genre, "alike in genre and sound", "alike in what is known of them")
    reasons = np.where(unheard, alike, reasons)
    return np.where(things.artist[of] == things.artist[other], "the same artist", reasons)


def _together(heard: sparse.csr_matrix, of: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether anybody plays both of each pair."""
    together = np.zeros(len(of), dtype=bool)
    for begin in range(0, len(of), PAIRS_COMPARED):
        part = slice(begin, begin + PAIRS_COMPARED)
        both = sparse.csr_matrix(heard[of[part]].multiply(heard[other[part]]))
        both.eliminate_zeros()
        together[part] = np.diff(both.indptr) > 0
    return together
