"""How many epochs a hybrid should be trained: as long as it gets better at what listeners went on to play.

The later plays are the last part of those that may be learnt from. Where there is no time axis the number is fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.errors import EvaluationError
from ml.recommender.evaluation import LONG_LIST_LENGTH, ranking_figures
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.lightfm_hybrid import HybridSettings, HybridTraining, LightFMHybrid
from ml.recommender.protocol import Candidate
from ml.recommender.ranking import mask_known, score_batches, top_items

LATER_SHARE = 0.2
"""Of the interactions, those that began last."""
PATIENCE = 2
"""Looks in a row without gain after which training ends."""


@dataclass(frozen=True)
class EpochSearch:
    best: int
    """The number of epochs after which NDCG@10 was highest, the fewest of equals."""
    ndcg_by_epochs: Mapping[int, float]
    """Of each look, in the order they were taken."""


class EarlyStoppedHybrid(LightFMHybrid):
    """A hybrid trained on everything for so many epochs as were best for what listeners last began to play.

    At least those of the settings, since a window may mislead (docs/recommender.md), and at most `most` (twice these);
    those of the settings where nothing tells when anything was first played, or nobody with a past began something new.
    A kept one is a LightFMHybrid.
    """

    def __init__(self, settings: HybridSettings | None = None, most: int | None = None) -> None:
        super().__init__(settings)
        self.most = most or 2 * self.settings.epochs

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:
        fixed = self.settings
        try:
            past, later = last_begun(interactions)
            searched = replace(features, identity_items=np.flatnonzero(past.seen_items))
            epochs = epochs_by_validation(fixed, past, searched, later, least=fixed.epochs, most=self.most).best
        except EvaluationError:
            epochs = fixed.epochs
        training = HybridTraining(fixed, interactions, features)
        training.go_on(epochs)
        self._fitted = training.parameters()


def last_begun(interactions: InteractionMatrix) -> tuple[InteractionMatrix, InteractionMatrix]:
    """The interactions but for the LATER_SHARE of them that began last, and these, of listeners who began before.

    Raises:
        EvaluationError: nothing tells when they began, or nobody with a past began something last.
    """
    if interactions.first_played is None:
        raise EvaluationError("nothing tells when anything was first played")
    began = interactions.first_played.data
    is_later = began >= np.quantile(began, 1.0 - LATER_SHARE)
    listener = np.repeat(np.arange(len(interactions.listener_ids)), np.diff(interactions.weights.indptr))
    has_past = np.bincount(listener[~is_later], minlength=len(interactions.listener_ids)) > 0
    if not (is_later & has_past[listener]).any():
        raise EvaluationError("nobody with a past began something new: there is nothing to validate on")
    return _part(interactions, ~is_later), _part(interactions, is_later & has_past[listener])


def _part(interactions: InteractionMatrix, chosen: NDArray[np.bool_]) -> InteractionMatrix:
    cells = interactions.weights.tocoo()
    places = (cells.row[chosen], cells.col[chosen])
    weights = sparse.csr_matrix((cells.data[chosen], places), shape=cells.shape)
    return replace(interactions, weights=weights, first_played=None)


def epochs_by_validation(
    settings: HybridSettings,
    past: InteractionMatrix,
    features: FeatureMatrix,
    later: InteractionMatrix,
    *,
    every: int = 2,
    most: int = 40,
    least: int = 1,
) -> EpochSearch:
    """Trains on the past, with one thread, and looks every few epochs at NDCG@10 of what was new to listeners later.

    The first look is at `least` epochs or more. Ends after two looks without gain, and never trains more than `most`
    epochs. The same input gives the same answer.

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
        step = min(every if found else max(every, least), most - epochs)
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
