"""Which models are published for how much data, and that they train on little."""

from __future__ import annotations

import numpy as np

from ml.recommender.ease import MOST_ROWS, Ease
from ml.recommender.item_knn import ItemKnn
from ml.recommender.lightfm_hybrid import LightFMHybrid
from ml.recommender.published import (
    HYBRID,
    HYBRID_BETWEEN,
    MOST_LIKENESSES,
    MOST_STEPS,
    OWN,
    TUNED,
    TUNED_UNSEEN,
    UNSEEN_WEIGHTS,
    WEIGHTS,
    Size,
    published,
)
from ml.recommender.rank_fusion import RankFusion
from tests.unit.ml.recommender.samples import matrices, two_camps

HETREC = Size(listeners=1_892, items=17_632, features=653, interactions=74_272)
HUGE = Size(listeners=200_000, items=500_000, features=50_000, interactions=20_000_000)


def hybrids(fusion: RankFusion) -> dict[str, LightFMHybrid]:
    return {name: member for name, member in fusion.members.items() if isinstance(member, LightFMHybrid)}


def test_many_listeners_get_what_was_measured_on_many() -> None:
    fusion = published(HETREC, seed=3, threads=2)
    assert set(fusion.members) == {*WEIGHTS, *UNSEEN_WEIGHTS}
    assert {name: weight for name, weight in fusion.weights.items() if weight} == WEIGHTS
    assert {name: weight for name, weight in fusion.unseen_weights.items() if weight} == UNSEEN_WEIGHTS
    for name, member in hybrids(fusion).items():
        tuned = TUNED if name in {HYBRID, HYBRID_BETWEEN} else TUNED_UNSEEN
        settings = member.settings
        assert (settings.components, settings.epochs, settings.learning_rate, settings.max_sampled) == (
            tuned.components,
            tuned.epochs,
            tuned.learning_rate,
            tuned.max_sampled,
        )
        assert (settings.seed, settings.threads) == (3, 2)


def test_the_work_of_training_is_bounded() -> None:
    for interactions in (100_000, 1_000_000, 3_999_999, 20_000_000):
        for listeners in (50, 5_000):
            size = Size(listeners=listeners, items=50_000, features=3_000, interactions=interactions)
            for member in hybrids(published(size)).values():
                assert 1 <= member.settings.epochs <= max(1, MOST_STEPS / interactions)


def test_where_ease_is_too_dear_item_neighbours_take_its_place() -> None:
    for size in (HUGE, Size(listeners=5_000, items=20_000, features=MOST_ROWS, interactions=500_000)):
        members = published(size).members
        assert not any(isinstance(member, Ease) for member in members.values())
        neighbours = [member.settings for member in members.values() if isinstance(member, ItemKnn)]
        assert {each.weighting for each in neighbours} == {"tf-idf", "walk"}
        assert all(each.neighbours * size.items <= MOST_LIKENESSES for each in neighbours)
    assert published(HETREC).weights["ease_features"] == published(HUGE).weights["knn_tf_idf"]


def test_little_data_trains_a_fusion_that_ranks_all_and_knows_who_likes_what() -> None:
    plays, tracks, _ = two_camps()
    interactions, features = matrices(plays, tracks)
    fusion = published(Size.of(interactions, features))
    fusion.fit(interactions, features)
    top = fusion.recommend(np.arange(40), 5, interactions.weights)
    assert len(top.items) == 200
    is_folk = np.char.startswith(fusion.item_ids, "folk")[top.items]
    assert is_folk[top.rows % 2 == 0].mean() > 0.9
    assert is_folk[top.rows % 2 == 1].mean() < 0.1


def test_the_hybrid_leads_where_few_listeners_were_heard_for_long() -> None:
    for interactions, leader in ((100_000, "ease_features"), (300_000, HYBRID)):
        weights = published(Size(listeners=300, items=5_000, features=560, interactions=interactions)).weights
        assert max(weights, key=weights.__getitem__) == leader


def test_few_listeners_get_few_and_quick_models() -> None:
    for size in (
        Size(listeners=40, items=5_000, features=560, interactions=6_000),
        Size(listeners=300, items=5_000, features=560, interactions=60_000),
        Size(listeners=5_000, items=5_000, features=560, interactions=19_000),
    ):
        fusion = published(size)
        assert [member.settings.components for member in hybrids(fusion).values()] == [32]
        assert len(fusion.members) == 2
    many_features = published(Size(listeners=1, items=30_000, features=11_000, interactions=200))
    assert set(many_features.members) == {HYBRID, OWN}
