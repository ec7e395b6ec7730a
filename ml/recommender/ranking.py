"""Choosing the best items from scores: who may be shown what, exact top lists, limits on what is alike.

Lists are in long form, one entry per listener and item, so that lists of different lengths need no padding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from ml.arrow import positions

BATCH_CELLS = 4_000_000
"""Scores held at a time (16 MB as float32), whatever the number of listeners."""


@dataclass(frozen=True)
class TopItems:
    """Entries sorted by row and rank; `rank` is zero-based."""

    rows: NDArray[np.int64]
    items: NDArray[np.int64]
    ranks: NDArray[np.int64]

    def filter(self, keep: NDArray[np.bool_]) -> TopItems:
        """The entries to keep, ranked anew."""
        rows = self.rows[keep]
        return TopItems(rows, self.items[keep], rank_within(rows))

    def shifted(self, by: int) -> TopItems:
        """The same entries with rows that begin at `by`."""
        return TopItems(self.rows + by, self.items, self.ranks)


def concatenate(parts: Sequence[TopItems]) -> TopItems:
    """One list of entries from those of batches, in their order."""
    none = np.zeros(0, dtype=np.int64)
    return TopItems(
        np.concatenate([none, *(part.rows for part in parts)]),
        np.concatenate([none, *(part.items for part in parts)]),
        np.concatenate([none, *(part.ranks for part in parts)]),
    )


def score_batches(rows: NDArray[np.intp], items: int) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Like `batches`, each with the place of its first row."""
    begin = 0
    for batch in batches(rows, items):
        yield begin, batch
        begin += len(batch)


def batches(rows: NDArray[np.intp], items: int) -> Iterator[NDArray[np.intp]]:
    """The rows in runs that score about BATCH_CELLS items together."""
    size = max(1, BATCH_CELLS // max(items, 1))
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]


def top_items(scores: NDArray[np.float32], count: int) -> TopItems:
    """The `count` best finite scores of each row of (rows, items), ties in the order of the items; exact."""
    rows, items = scores.shape
    count = min(count, items)
    if rows == 0 or count <= 0:
        none = np.zeros(0, dtype=np.int64)
        return TopItems(none, none, none)
    # Partitioning alone would cut through equal scores at will: whatever equals the last score stays until the sort.
    least = np.partition(scores, items - count, axis=1)[:, items - count, None]
    row, item = np.nonzero((scores >= least) & np.isfinite(scores))
    order = np.lexsort((item, -scores[row, item], row))
    row, item = row[order], item[order]
    rank = rank_within(row)
    keep = rank < count
    return TopItems(row[keep], item[keep], rank[keep])


def rank_within(sorted_groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Zero-based position of each entry within its group; equal groups stand together."""
    if len(sorted_groups) == 0:
        return np.zeros(0, dtype=np.int64)
    begins = np.concatenate([[0], np.flatnonzero(np.diff(sorted_groups)) + 1])
    lengths = np.diff(np.append(begins, len(sorted_groups)))
    return np.arange(len(sorted_groups)) - np.repeat(begins, lengths)


def limit_each(top: TopItems, group: NDArray[np.int64], most: int) -> TopItems:
    """The lists with at most `most` items of one group each, the first of them; `group` is given per item."""
    of_entry = group[top.items]
    order = np.lexsort((top.ranks, of_entry, top.rows))
    together = top.rows[order] * (of_entry.max(initial=0) + 1) + of_entry[order]
    keep = np.empty(len(order), dtype=bool)
    keep[order] = rank_within(together) < most
    return top.filter(keep)


def in_tens(top: TopItems, group: NDArray[np.int64], most: int, count: int) -> TopItems:
    """Lists of `count` with at most `most` items of one group among each ten places.

    What one ten has no room for, the next may hold.
    """
    taken = np.full(len(top.rows), -1, dtype=np.int64)
    for ten, begin in enumerate(range(0, count, 10)):
        left = np.flatnonzero(taken < 0)
        rows = top.rows[left]
        entries = limit_each(TopItems(rows, left, rank_within(rows)), group[top.items], most)
        taken[entries.items[entries.ranks < min(10, count - begin)]] = ten
    kept = np.flatnonzero(taken >= 0)
    kept = kept[np.lexsort((top.ranks[kept], taken[kept], top.rows[kept]))]
    rows = top.rows[kept]
    return TopItems(rows, top.items[kept], rank_within(rows))


@dataclass(frozen=True)
class Eligibility:
    """Which items a model may rank for whom: tracks that exist, and invented ones for simulated listeners only."""

    known_track: NDArray[np.bool_]
    """Shape (items,): the track table has it."""
    generated: NDArray[np.bool_]
    """Shape (items,): the invented catalogue made it."""
    catalogued: NDArray[np.bool_]
    """Shape (items,): a catalogue tells of it; of any other track only somebody's listening does."""
    is_simulated: NDArray[np.bool_]
    """Shape (listeners,)."""

    def mask(self, scores: NDArray[np.float32], listener_rows: NDArray[np.intp]) -> None:
        """Sets the scores of what must not be shown to minus infinity, in place."""
        scores[:, ~self.known_track] = -np.inf
        real = np.flatnonzero(~self.is_simulated[listener_rows])
        scores[np.ix_(real, np.flatnonzero(self.generated))] = -np.inf

    def mask_histories(
        self, scores: NDArray[np.float32], known: sparse.csr_matrix, listener_rows: NDArray[np.intp]
    ) -> None:
        """Sets the scores of tracks that only other listeners' histories tell of to minus infinity, in place."""
        row, item = stored_cells(known, listener_rows)
        own = scores[row, item]
        scores[:, ~self.catalogued] = -np.inf
        scores[row, item] = own


def eligibility(
    tracks: pa.Table, listeners: pa.Table, item_ids: NDArray[np.str_], listener_ids: NDArray[np.str_]
) -> Eligibility:
    """From tracks (track_id, origin) and listeners (listener_id, is_simulated); who is not listed counts as real."""
    item = positions(tracks["track_id"], item_ids)
    origin = tracks["origin"].to_numpy()
    invented = np.array(origin == "generated")
    listener = positions(listeners["listener_id"], listener_ids)
    simulated = pc.fill_null(listeners["is_simulated"], fill_value=False).to_numpy()
    return Eligibility(
        known_track=_flags(len(item_ids), item),
        generated=_flags(len(item_ids), item[invented]),
        catalogued=_flags(len(item_ids), item[invented | (origin == "file")]),
        is_simulated=_flags(len(listener_ids), listener[simulated]),
    )


def mask_known(scores: NDArray[np.float32], known: sparse.csr_matrix, listener_rows: NDArray[np.intp]) -> None:
    """Sets the scores of what the listeners have played to minus infinity, in place."""
    row, item = stored_cells(known, listener_rows)
    scores[row, item] = -np.inf


def stored_cells(matrix: sparse.csr_matrix, rows: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row (position in `rows`) and column of the stored entries, zeros included: a skipped track is known too."""
    begins, ends = matrix.indptr[rows], matrix.indptr[rows + 1]
    lengths = ends - begins
    row = np.repeat(np.arange(len(rows)), lengths)
    return row, matrix.indices[np.repeat(begins, lengths) + rank_within(row)].astype(np.int64)


def _flags(count: int, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    flags = np.zeros(count, dtype=bool)
    flags[places[places >= 0]] = True
    return flags
