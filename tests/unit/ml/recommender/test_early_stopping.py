"""Training ends where more of it would not help, and always within its bounds."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from scipy import sparse

from ml.errors import EvaluationError
from ml.recommender.early_stopping import EarlyStoppedHybrid, epochs_by_validation, last_begun
from ml.recommender.feature_sets import IDENTITY
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.lightfm_hybrid import HybridSettings, HybridTraining, LightFMHybrid

LISTENERS, ITEMS, GROUPS = 120, 240, 4
OVERFITTING = HybridSettings(components=64, learning_rate=0.2, max_sampled=30, features=IDENTITY)


def of_cells(row: np.ndarray, column: np.ndarray) -> InteractionMatrix:
    weights = sparse.csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=(LISTENERS, ITEMS))
    ids = [np.array([f"{number:03d}" for number in range(count)]) for count in (LISTENERS, ITEMS)]
    return InteractionMatrix(ids[0], ids[1], weights)


def world() -> tuple[InteractionMatrix, FeatureMatrix, InteractionMatrix]:
    """Listeners play their group's items, and as many by accident, which say nothing of what they will play."""
    chance = np.random.default_rng(4)
    of_group = np.array([chance.permutation(ITEMS // GROUPS)[:16] for _ in range(LISTENERS)])
    own = of_group * GROUPS + (np.arange(LISTENERS) % GROUPS)[:, None]
    accidents = np.array([chance.permutation(ITEMS)[:8] for _ in range(LISTENERS)])
    listener = np.arange(LISTENERS)[:, None]
    earlier = np.unique(np.hstack([listener * ITEMS + own[:, :8], listener * ITEMS + accidents]).ravel())
    past = of_cells(*np.divmod(earlier, ITEMS))
    later = of_cells(*np.divmod((listener * ITEMS + own[:, 8:]).ravel(), ITEMS))
    named = sparse.csr_matrix(np.ones((ITEMS, 1)))
    return past, FeatureMatrix(past.item_ids, np.array(["any"]), np.flatnonzero(past.seen_items), named), later


def test_training_ends_early_where_more_epochs_overfit() -> None:
    past, features, later = world()
    found = epochs_by_validation(OVERFITTING, past, features, later, every=2, most=60)
    looks = list(found.ndcg_by_epochs)
    assert looks[-1] < 60
    assert looks == list(range(2, looks[-1] + 1, 2))
    assert looks[-3] == found.best
    assert found.ndcg_by_epochs[found.best] == max(found.ndcg_by_epochs.values())
    with patch("ml.recommender.early_stopping.PATIENCE", 1_000):
        on_and_on = epochs_by_validation(OVERFITTING, past, features, later, every=2, most=60)
    assert on_and_on.ndcg_by_epochs[60] < 0.9 * found.ndcg_by_epochs[found.best]


@pytest.mark.parametrize(("every", "most", "looks"), [(2, 3, [2, 3]), (5, 4, [4]), (1, 1, [1])])
def test_never_more_epochs_than_the_most(every: int, most: int, looks: list[int]) -> None:
    past, features, later = world()
    slow = HybridSettings(components=8, learning_rate=0.005)
    found = epochs_by_validation(slow, past, features, later, every=every, most=most)
    assert list(found.ndcg_by_epochs) == looks
    assert found.best in looks


def test_no_look_is_taken_before_the_least_epochs() -> None:
    past, features, later = world()
    found = epochs_by_validation(OVERFITTING, past, features, later, every=2, most=30, least=9)
    assert list(found.ndcg_by_epochs)[:2] == [9, 11]
    assert found.best >= 9


def test_the_same_input_gives_the_same_answer_whatever_the_threads() -> None:
    past, features, later = world()
    one = epochs_by_validation(OVERFITTING, past, features, later, most=8)
    other = epochs_by_validation(replace(OVERFITTING, threads=2), past, features, later, most=8)
    assert one == other


def test_epochs_in_parts_are_those_at_once() -> None:
    past, features, _ = world()
    settings = HybridSettings(components=8, epochs=5)
    whole = LightFMHybrid(settings)
    whole.fit(past, features)
    training = HybridTraining(settings, past, features)
    for epochs in (2, 1, 2):
        training.go_on(epochs)
    rows = np.arange(LISTENERS)
    np.testing.assert_array_equal(LightFMHybrid.of(training).scores(rows), whole.scores(rows))


def test_with_nothing_new_later_there_is_nothing_to_choose_by() -> None:
    past, features, _ = world()
    with pytest.raises(EvaluationError, match="nothing to validate on"):
        epochs_by_validation(OVERFITTING, past, features, past)


def test_no_epochs_are_refused() -> None:
    past, features, later = world()
    with pytest.raises(ValueError, match="at least 1"):
        epochs_by_validation(OVERFITTING, past, features, later, most=0)


def over_time() -> tuple[InteractionMatrix, FeatureMatrix]:
    """The past, then the later ones, each a day after the other."""
    past, _, later = world()
    begin = sparse.csr_matrix(later.weights.multiply(past.weights.toarray() == 0))
    begin.eliminate_zeros()
    first = sparse.csr_matrix(past.weights + 2.0 * begin)
    weights = sparse.csr_matrix((np.ones(first.nnz, np.float32), first.indices, first.indptr), shape=first.shape)
    both = replace(past, weights=weights, first_played=first)
    named = sparse.csr_matrix(np.ones((ITEMS, 1)))
    return both, FeatureMatrix(both.item_ids, np.array(["any"]), np.flatnonzero(both.seen_items), named)


def test_the_last_fifth_that_was_begun_is_the_window() -> None:
    days = np.array([[1.0, 2.0, 3.0, 4.0, 9.5], [0.0, 0.0, 0.0, 0.0, 9.0]])
    first = sparse.csr_matrix(days)
    ids = [np.array([f"{number}" for number in range(count)]) for count in days.shape]
    weights = sparse.csr_matrix((days > 0).astype(np.float32))
    past, later = last_begun(InteractionMatrix(ids[0], ids[1], weights, first_played=first))
    # Who began nothing before is not asked.
    assert past.weights.toarray().tolist() == [[1, 1, 1, 1, 0], [0, 0, 0, 0, 0]]
    assert later.weights.toarray().tolist() == [[0, 0, 0, 0, 1], [0, 0, 0, 0, 0]]


def test_a_hybrid_over_time_is_trained_for_the_epochs_that_were_best_later() -> None:
    interactions, features = over_time()
    settings = replace(OVERFITTING, epochs=2)
    stopped, fixed = EarlyStoppedHybrid(settings, most=20), LightFMHybrid(settings)
    for model in (stopped, fixed):
        model.fit(interactions, features)
    past, later = last_begun(interactions)
    searched = replace(features, identity_items=np.flatnonzero(past.seen_items))
    best = epochs_by_validation(settings, past, searched, later, least=2, most=20).best
    assert 2 < best < 20
    expected = LightFMHybrid(replace(settings, epochs=best))
    expected.fit(interactions, features)
    rows = np.arange(LISTENERS)
    np.testing.assert_array_equal(stopped.scores(rows), expected.scores(rows))
    assert not np.array_equal(stopped.scores(rows), fixed.scores(rows))


@pytest.mark.parametrize("at_once", [False, True])
def test_without_a_time_axis_the_epochs_are_those_of_the_settings(at_once: bool) -> None:
    past, features, _ = world()
    if at_once:
        past = replace(past, first_played=past.weights)
    settings = HybridSettings(components=8, epochs=3)
    stopped, fixed = EarlyStoppedHybrid(settings), LightFMHybrid(settings)
    for model in (stopped, fixed):
        model.fit(past, features)
    rows = np.arange(LISTENERS)
    np.testing.assert_array_equal(stopped.scores(rows), fixed.scores(rows))


def test_never_more_epochs_than_may_be_looked_at() -> None:
    interactions, features = over_time()
    slow = HybridSettings(components=8, learning_rate=0.001, epochs=2)
    with patch.object(HybridTraining, "go_on", autospec=True, side_effect=HybridTraining.go_on) as went_on:
        EarlyStoppedHybrid(slow, most=5).fit(interactions, features)
    assert 2 <= went_on.call_args.args[1] <= 5
