"""How many epochs a hybrid should be trained: as long as it gets better at what listeners went on to play.

Which plays are the later ones is the caller's choice; what is published keeps to fixed numbers of epochs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from ml.errors import EvaluationError
from ml.recommender.evaluation import LONG_LIST_LENGTH, ranking_figures
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.lightfm_hybrid import HybridSettings, HybridTraining, LightFMHybrid
from ml.recommender.protocol import Candidate
from ml.recommender.ranking import mask_known, score_batches, top_items

PATIENCE = 2
"""Looks in a row without gain after which training ends."""


@dataclass(frozen=True)
class EpochSearch:
    best: int
    """The number of epochs after which NDCG@10 was highest, the fewest of equals."""
    ndcg_by_epochs: Mapping[int, float]
    """Of each look, in the order they were taken."""


def epochs_by_validation(
    settings: HybridSettings,
    past: InteractionMatrix,
    features: FeatureMatrix,
    later: InteractionMatrix,
    *,
    every: int = 2,
    most: int = 40,
) -> EpochSearch:
    """Trains on the past, with one thread, and looks every few epochs at NDCG@10 of what was new to listeners later.

    Ends after two looks without gain, and never trains more than `most` epochs. The same input gives the same answer.

    Raises:
        ValueError: `every` or `most` is below 1.
        EvaluationError: nobody of the past has something new later, so there is nothing to look at.
    """
    if every < 1 or most < 1:
        raise ValueError(f"epochs must be at least 1: every {every}, at most {most}")
    relevant = new_to_listeners(past, later)
    training = HybridTraining(replace(settings, threads=1), past, features)
    found: dict[int, float] = {}
    best = epochs = 0
    while epochs < most and (not found or list(found).index(best) >= len(found) - PATIENCE):
        step = min(every, most - epochs)
        training.go_on(step)
        epochs += step
        found[epochs] = _ndcg(LightFMHybrid.of(training), past, relevant)
        best = max(found, key=lambda each: (found[each], -each))
    return EpochSearch(best, found)


def _ndcg(model: Candidate, past: InteractionMatrix, relevant: sparse.csr_matrix) -> float:
    """Mean NDCG@10 over the listeners with something relevant, ranking all that they do not know."""
    counts = np.diff(relevant.indptr)
    rows = np.flatnonzero(counts)
    hits = np.zeros((len(rows), LONG_LIST_LENGTH), dtype=bool)
    for begin, batch in score_batches(rows, len(past.item_ids)):
        scores = model.scores(batch)
        mask_known(scores, past.weights, batch)
        top = top_items(scores, LONG_LIST_LENGTH)
        hits[top.rows + begin, top.ranks] = np.asarray(relevant[batch[top.rows], top.items]).ravel() > 0
    return ranking_figures(hits, counts[rows])["ndcg_at_10"]


def new_to_listeners(past: InteractionMatrix, later: InteractionMatrix) -> sparse.csr_matrix:
    """Ones where a listener of the past has an item later that was unknown to them, shape of the past.

    Raises:
        EvaluationError: there is none, or the items differ.
    """
    if not np.array_equal(past.item_ids, later.item_ids):
        raise EvaluationError("the past and what came later must be of the same items")
    items, cells = len(past.item_ids), later.weights.tocoo()
    place = np.searchsorted(past.listener_ids, later.listener_ids)
    place = np.minimum(place, len(past.listener_ids) - 1)
    of_past = past.listener_ids[place] == later.listener_ids
    row, column = place[cells.row].astype(np.int64), cells.col.astype(np.int64)
    known = past.weights.tocoo()
    is_new = of_past[cells.row] & ~np.isin(row * items + column, known.row.astype(np.int64) * items + known.col)
    if not is_new.any():
        raise EvaluationError("no listener of the past has something new later: there is nothing to validate on")
    ones = np.ones(int(is_new.sum()), dtype=np.int8)
    return sparse.csr_matrix((ones, (row[is_new], column[is_new])), shape=past.weights.get_shape())
