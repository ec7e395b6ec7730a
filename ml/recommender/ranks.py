"""The ranks of the best of many scores, exact and fast where the best are few among many.

Lists for people, short and without ties cut, are chosen in ranking.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.recommender.ranking import TopItems, rank_within

SAMPLED = 4_096
"""Scores of a row from which its threshold is guessed."""
SPARE = 1.5
"""So many times the scores asked for are expected above the threshold, so that it is rarely guessed too high."""


def best_ranks(scores: NDArray[np.float32], depth: int) -> TopItems:
    """The `depth` best finite scores of each row of (rows, items), ties in the order of the items.

    The same as ranking.top_items: a threshold guessed from a sample leaves few scores to sort, and rows where it left
    too few are partitioned whole.
    """
    rows, items = scores.shape
    depth = min(depth, items)
    if rows == 0 or depth <= 0:
        none = np.zeros(0, dtype=np.int64)
        return TopItems(none, none, none)
    cells = np.flatnonzero(_above_threshold(scores, depth))
    row, item = np.divmod(cells, items)
    values = scores.ravel()[cells]
    finite = np.isfinite(values)
    if not finite.all():
        row, item, values = row[finite], item[finite], values[finite]
    place = rank_within(row)
    width = int(place.max(initial=-1)) + 1
    # Side by side, one row each, so that all are sorted at once.
    padded = np.full((rows, width), np.inf, dtype=np.float32)
    padded[row, place] = -values
    of_place = np.zeros((rows, width), dtype=np.int64)
    of_place[row, place] = item
    order = np.argsort(padded, axis=1, kind="stable")[:, :depth]
    counts = np.minimum(np.bincount(row, minlength=rows), depth)
    kept = np.arange(order.shape[1]) < counts[:, None]
    found_row, found_rank = np.nonzero(kept)
    return TopItems(found_row, np.take_along_axis(of_place, order, axis=1)[kept], found_rank)


def _above_threshold(scores: NDArray[np.float32], depth: int) -> NDArray[np.bool_]:
    """Whether a score is above a threshold of its row that at least `depth` of its scores reach."""
    items = scores.shape[1]
    stride = items // SAMPLED
    expected = int(SPARE * depth / stride) + 1 if stride > 1 else 0
    if expected == 0 or expected >= SAMPLED // 2:
        return scores >= _last_of_best(scores, depth)
    sample = scores[:, ::stride]
    above = scores >= _last_of_best(sample, expected)
    short = np.flatnonzero(np.count_nonzero(above, axis=1) < depth)
    if len(short):
        above[short] = scores[short] >= _last_of_best(scores[short], depth)
    return above


def _last_of_best(scores: NDArray[np.float32], depth: int) -> NDArray[np.float32]:
    place = scores.shape[1] - depth
    return np.partition(scores, place, axis=1)[:, place, None]
