"""How well a candidate does what it is asked for, listener by listener."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benches.recommender.splits import Task
from ml.recommender.evaluation import LIST_LENGTH, LONG_LIST_LENGTH, figures_by_listener
from ml.recommender.protocol import Candidate
from ml.recommender.ranking import TopItems, concatenate, mask_known, score_batches, top_items
from ml.recommender.sparse_rows import shape_of

Z95 = 1.96


@dataclass(frozen=True)
class Measured:
    """Figures of one candidate on one task."""

    ndcg: NDArray[np.float64]
    """NDCG@10 of each listener who was asked."""
    means: Mapping[str, float]
    seconds: float
    """Of fitting."""


def measure(candidate: Candidate, task: Task, seconds: float) -> Measured:
    """Figures over the listeners with something held out, ranking all that is asked without what they know."""
    known = task.interactions.weights
    relevant = np.diff(task.relevant.indptr)
    rows = np.flatnonzero(relevant)
    hits = np.zeros((len(rows), LONG_LIST_LENGTH), dtype=bool)
    parts: list[TopItems] = []
    for begin, batch in score_batches(rows, len(task.asked)):
        scores = candidate.scores(batch)
        mask_known(scores, known, batch)
        scores[:, ~task.asked] = -np.inf
        parts.append(top_items(scores, LONG_LIST_LENGTH).shifted(begin))
    top = concatenate(parts)
    hits[top.rows, top.ranks] = np.asarray(task.relevant[rows[top.rows], top.items]).ravel() > 0
    figures = figures_by_listener(hits, relevant[rows])
    shown = top.items[top.ranks < LIST_LENGTH]
    listeners, items = shape_of(known)
    # One listener more than there are: an item that nobody plays has a finite novelty.
    share = (np.bincount(known.indices, minlength=items) + 1) / (listeners + 1)
    means = {name: float(values.mean()) for name, values in figures.items()}
    means["coverage_at_10"] = len(np.unique(shown)) / items
    means["novelty_at_10"] = float(-np.log2(share[shown]).mean())
    return Measured(figures["ndcg_at_10"], means, seconds)


def interval(values: NDArray[np.float64]) -> float:
    """Half the width of the 95 % interval of the mean over listeners."""
    return float(Z95 * values.std(ddof=1) / np.sqrt(len(values)))
