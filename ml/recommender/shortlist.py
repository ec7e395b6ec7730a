"""The best of every listener, kept with a model: one listener's list is then read instead of worked out.

A shortlist holds what `recommend` would choose, further down than a list goes, so that what was played or excluded
since can be left out. Where it does not reach far enough the model itself is asked.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommender.protocol import Scorer
from ml.recommender.ranking import TopItems, mask_known, rank_within, score_batches, stored_cells
from ml.recommender.ranks import best_ranks
from ml.recommender.sparse_rows import shape_of

LENGTH = 100
"""Items kept for each listener: less than one of their embeddings takes."""


def shortlists(score: Scorer, known: sparse.csr_matrix, length: int = LENGTH) -> sparse.csr_matrix:
    """Shape of `known` (listeners, items): scores of the best items of each listener that are not stored there.

    Those of a row stand in the order of their ranks.
    """
    listeners, items = shape_of(known)
    values: list[NDArray[np.float32]] = []
    columns: list[NDArray[np.int64]] = []
    lengths = np.zeros(listeners, dtype=np.int64)
    for begin, batch in score_batches(np.arange(listeners), items):
        scores = score(batch)
        mask_known(scores, known, batch)
        top = best_ranks(scores, length)
        values.append(scores[top.rows, top.items])
        columns.append(top.items)
        lengths[begin : begin + len(batch)] = np.bincount(top.rows, minlength=len(batch))
    none = np.zeros(0, dtype=np.float32)
    data = np.concatenate([none, *values])
    cells = (data, np.concatenate([none.astype(np.int64), *columns]), np.concatenate([[0], np.cumsum(lengths)]))
    return sparse.csr_matrix(cells, shape=(listeners, items))


def from_shortlists(
    kept: sparse.csr_matrix,
    known_then: sparse.csr_matrix,
    rows: NDArray[np.intp],
    count: int,
    known: sparse.csr_matrix,
) -> TopItems | None:
    """The `count` best of each listener without what is stored in `known`; None where shortlists cannot tell.

    They cannot where a listener knows less than when they were made (`known_then`), or where too little is left of one;
    a shortlist that holds everything unknown can tell even then.
    """
    items = shape_of(kept)[1]
    known_cells = _cells(stored_cells(known, rows), items)
    if not np.isin(_cells(stored_cells(known_then, rows), items), known_cells).all():
        return None
    row, item = stored_cells(kept, rows)
    is_left = ~np.isin(_cells((row, item), items), known_cells)
    row, item = row[is_left], item[is_left]
    everything = np.diff(kept.indptr)[rows] + np.diff(known_then.indptr)[rows] >= items
    if not (everything | (np.bincount(row, minlength=len(rows)) >= count)).all():
        return None
    rank = rank_within(row)
    chosen = rank < count
    return TopItems(row[chosen], item[chosen], rank[chosen])


def _cells(places: tuple[NDArray[np.int64], NDArray[np.int64]], items: int) -> NDArray[np.int64]:
    return places[0] * items + places[1]
