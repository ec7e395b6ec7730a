"""Ranks found the fast way are those found the plain way, and so is the fusion that rests on them."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from ml.recommender import ranks
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.item_knn import ItemKnn
from ml.recommender.lightfm_hybrid import LightFMHybrid
from ml.recommender.model_file import ModelFile
from ml.recommender.own_history import OwnHistory
from ml.recommender.protocol import StoredCandidate
from ml.recommender.rank_fusion import FusionSettings, RankFusion
from ml.recommender.ranking import top_items
from ml.recommender.ranks import best_ranks


@given(
    rows=st.integers(0, 4),
    items=st.integers(1, 200),
    depth=st.integers(0, 30),
    different=st.integers(1, 300),
    sampled=st.sampled_from([4, 16, 4_096]),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_best_are_those_of_a_whole_sort(  # noqa: PLR0917  # one for each thing that is drawn
    rows: int, items: int, depth: int, different: int, sampled: int, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    scores = chance.integers(0, different, (rows, items)).astype(np.float32)
    scores[chance.random(scores.shape) < 0.2] = -np.inf
    with patch.object(ranks, "SAMPLED", sampled):
        found = best_ranks(scores, depth)
    expected = top_items(scores, depth)
    assert found.rows.tolist() == expected.rows.tolist()
    assert found.items.tolist() == expected.items.tolist()
    assert found.ranks.tolist() == expected.ranks.tolist()


LISTENERS, ITEMS, FEATURES = 30, 12_000, 50


def a_hybrid(interactions: InteractionMatrix, seed: int) -> LightFMHybrid:
    chance = np.random.default_rng(seed)
    shapes = {
        "listener_embeddings": (LISTENERS, 16),
        "listener_biases": (LISTENERS,),
        "item_embeddings": (ITEMS, 16),
        "item_biases": (ITEMS,),
    }
    numbers = {name: chance.standard_normal(shape, dtype=np.float32) for name, shape in shapes.items()}
    ids = {"listener_ids": interactions.listener_ids, "item_ids": interactions.item_ids}
    return LightFMHybrid.from_file(ModelFile(LightFMHybrid.KIND, "none", ids, numbers))


@pytest.fixture(scope="module")
def large() -> tuple[InteractionMatrix, dict[str, StoredCandidate]]:
    """So many items that thresholds are guessed; nobody played the last third of them."""
    chance = np.random.default_rng(5)
    row, column = np.repeat(np.arange(LISTENERS), 40), chance.integers(0, 2 * ITEMS // 3, 40 * LISTENERS)
    weights = sparse.csr_matrix((chance.random(len(row)), (row, column)), shape=(LISTENERS, ITEMS), dtype=np.float32)
    ids = [np.array([f"{number:05d}" for number in range(count)]) for count in (LISTENERS, ITEMS)]
    interactions = InteractionMatrix(ids[0], ids[1], weights)
    named = sparse.csr_matrix(chance.random((ITEMS, FEATURES)) * (chance.random((ITEMS, FEATURES)) < 0.1))
    names = np.array([f"f{number}" for number in range(FEATURES)])
    features = FeatureMatrix(ids[1], names, np.flatnonzero(interactions.seen_items), named)
    members: dict[str, StoredCandidate] = {
        "warm": a_hybrid(interactions, 1),
        "knn": ItemKnn(),
        "cold": a_hybrid(interactions, 2),
        "both": a_hybrid(interactions, 3),
        "own": OwnHistory(),
    }
    for name in ("knn", "own"):
        members[name].fit(interactions, features)
    return interactions, members


WEIGHTS = {"warm": 1.0, "knn": 0.5, "both": 0.7}
UNSEEN_WEIGHTS = {"cold": 1.5, "both": 0.7, "own": 0.5}


def plain_fusion(members: dict[str, StoredCandidate], interactions: InteractionMatrix) -> NDArray[np.float64]:
    """Every candidate asked for everything, and everything sorted."""
    known, seen = interactions.weights.toarray() > 0, interactions.seen_items
    total = np.zeros((LISTENERS, ITEMS))
    for name, member in members.items():
        scores = member.scores(np.arange(LISTENERS)).astype(np.float64)
        if name not in UNSEEN_WEIGHTS:
            scores[:, ~seen] = -np.inf
        for row in range(LISTENERS):
            unknown = np.flatnonzero(~known[row])
            order = unknown[np.argsort(-scores[row, unknown], kind="stable")]
            above = np.searchsorted(-scores[row, order], -scores[row], side="left")
            above[order] = np.arange(len(order))
            weight = np.where(seen, WEIGHTS.get(name, 0.0), UNSEEN_WEIGHTS.get(name, 0.0))
            total[row] += np.where(above < 500, weight / (21 + above), 0.0)
    return total


def test_a_fusion_over_many_items_is_the_plain_one(
    large: tuple[InteractionMatrix, dict[str, StoredCandidate]],
) -> None:
    interactions, members = large
    fusion = RankFusion(
        members, weights=WEIGHTS, unseen_weights=UNSEEN_WEIGHTS, settings=FusionSettings(offset=20, depth=500)
    )
    fusion.join(interactions)
    expected = plain_fusion(members, interactions)
    np.testing.assert_allclose(fusion.scores(np.arange(LISTENERS)), expected, atol=6e-7)
    expected[interactions.weights.toarray() > 0] = -np.inf
    best = top_items(expected.astype(np.float32), 10)
    found = fusion.recommend(np.arange(LISTENERS), 10, interactions.weights)
    assert found.items.tolist() == best.items.tolist()


def test_one_without_a_say_on_unseen_items_is_not_asked_for_these(
    large: tuple[InteractionMatrix, dict[str, StoredCandidate]],
) -> None:
    interactions, members = large

    class Refusing(OwnHistory):
        def scores(self, listener_rows: NDArray[np.intp]) -> NDArray[np.float32]:
            raise AssertionError(f"asked for {len(listener_rows)} listeners")

    everything_seen = InteractionMatrix(
        interactions.listener_ids,
        interactions.item_ids,
        sparse.csr_matrix(interactions.weights + sparse.csr_matrix(np.eye(1, LISTENERS).T @ np.ones((1, ITEMS)))),
    )
    fusion = RankFusion(
        {"warm": members["warm"], "own": Refusing()}, weights={"warm": 1.0}, unseen_weights={"own": 1.0}
    )
    fusion.join(everything_seen)
    assert fusion.scores(np.array([3])).shape == (1, ITEMS)


@pytest.mark.parametrize("name", ["warm", "knn", "own"])
def test_scores_of_some_items_are_those_among_all(
    name: str, large: tuple[InteractionMatrix, dict[str, StoredCandidate]]
) -> None:
    member, rows, items = large[1][name], np.array([4, 1]), np.array([0, 3, 500, ITEMS - 1])
    np.testing.assert_allclose(member.scorer_of(items)(rows), member.scores(rows)[:, items], rtol=1e-5, atol=1e-6)
