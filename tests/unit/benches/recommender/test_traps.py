"""Settings that look harmless and ruin a hybrid, on an invented world: whoever tries them again shall see it here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from benches.recommender.measuring import measure
from benches.recommender.splits import Task, cold_task, in_full_catalogue, warm_task
from benches.recommender.world import World, invented
from ml.recommender.feature_sets import AS_THEY_ARE, NORMALISED, FeatureSet
from ml.recommender.features import FeatureMatrix
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.popularity import Popularity
from ml.recommender.protocol import StoredCandidate

NORMAL, AS_IS = FeatureSet(NORMALISED, times=2.0), FeatureSet(AS_THEY_ARE, times=0.1)
SETTINGS = HybridSettings(components=32, epochs=20, learning_rate=0.05, features=NORMAL)


@pytest.fixture(scope="module")
def world() -> World:
    return invented(items=600, listeners=200, edges=8_000)


@pytest.fixture(scope="module")
def warm(world: World) -> Task:
    return warm_task(world, 42)


def ndcg(candidate: StoredCandidate, task: Task) -> float:
    candidate.fit(task.interactions, task.features)
    return measure(candidate, task, 0.0).means["ndcg_at_10"]


def test_bpr_is_worse_than_warp_on_a_hybrid(warm: Task) -> None:
    by_warp = ndcg(LightFMHybrid(SETTINGS), warm)
    assert by_warp > 2 * ndcg(Popularity(), warm)
    assert ndcg(LightFMHybrid(replace(SETTINGS, loss="bpr")), warm) < 0.85 * by_warp


def test_rows_normalised_lose_items_that_nobody_played(world: World) -> None:
    task = in_full_catalogue(cold_task(world, 42, "all"))
    kept = ndcg(LightFMHybrid(replace(SETTINGS, features=AS_IS)), task)
    assert kept > 2 * ndcg(LightFMHybrid(SETTINGS), task)


def test_features_as_they_are_must_not_be_heavy(warm: Task) -> None:
    light = ndcg(LightFMHybrid(replace(SETTINGS, features=AS_IS)), warm)
    heavy = ndcg(LightFMHybrid(replace(SETTINGS, features=FeatureSet(AS_THEY_ARE, times=2.0))), warm)
    assert heavy < 0.7 * light


def test_items_without_any_feature_stand_last_instead_of_flooding_the_lists(world: World) -> None:
    task = in_full_catalogue(cold_task(world, 42, "all"))
    named = task.features.named.toarray()
    named[np.flatnonzero(task.features.unseen_items)] = 0.0
    bare = FeatureMatrix(
        task.features.item_ids, task.features.feature_names, task.features.identity_items, sparse.csr_matrix(named)
    )
    model = LightFMHybrid(SETTINGS)
    model.fit(task.interactions, bare)
    scores = model.scores(np.arange(len(model.listener_ids)))
    unseen = task.features.unseen_items
    assert (scores[:, unseen].max(axis=1) < scores[:, ~unseen].min(axis=1)).all()
