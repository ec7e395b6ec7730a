"""The recommender that is published: which candidates it is made of, and how each is trained, for data of any size.

docs/recommender.md has the figures that decided. Any of the candidates can be used alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import pyarrow as pa

from ml.recommender.early_stopping import EarlyStoppedHybrid
from ml.recommender.ease import MOST_ROWS, Ease, EaseSettings
from ml.recommender.feature_sets import AS_THEY_ARE, BETWEEN, NORMALISED, FeatureSet
from ml.recommender.features import FeatureMatrix, build_item_features
from ml.recommender.interactions import InteractionMatrix, trainable_plays
from ml.recommender.item_knn import ItemKnn, ItemKnnSettings
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.own_history import OwnHistory
from ml.recommender.protocol import StoredCandidate
from ml.recommender.rank_fusion import FusionSettings, RankFusion

NEIGHBOURS = "knn_tf_idf"
HYBRID, HYBRID_BETWEEN, EASE_WITH_FEATURES, WALKS = "hybrid", "hybrid_between", "ease_features", "walks"
HYBRID_UNSEEN, HYBRID_HEAVIEST, FEATURES_ONLY, OWN = "hybrid_unseen", "hybrid_heaviest", "features_only", "own_history"
TUNED = HybridSettings(components=128, learning_rate=0.02, max_sampled=100, epochs=40)
TUNED_UNSEEN = HybridSettings(components=64, learning_rate=0.05, max_sampled=100, epochs=20)
LIGHT = FeatureSet(AS_THEY_ARE, times=0.1)
"""Features as they are, but light: twenty times as heavy they ruin a hybrid."""
WEIGHTS = {HYBRID: 1.0, HYBRID_BETWEEN: 1.0, EASE_WITH_FEATURES: 1.0, WALKS: 0.5}
UNSEEN_WEIGHTS = {HYBRID_UNSEEN: 1.5, HYBRID_HEAVIEST: 1.5, FEATURES_ONLY: 1.5, OWN: 0.5}
FUSION = FusionSettings(offset=20.0)
FEW_INTERACTIONS, FEW_LISTENERS = 20_000, 1_000
"""With fewer of either, what was chosen for thousands of listeners costs minutes and is no better."""
FEW_WEIGHTS = {HYBRID: 0.5, EASE_WITH_FEATURES: 1.0}
MUCH_OF_FEW = 150_000
"""With so many interactions of few listeners the hybrid is better than EASE, and leads."""
FEW_WEIGHTS_OF_MUCH = {HYBRID: 1.0, EASE_WITH_FEATURES: 0.1}
FEW_WEIGHTS_WITHOUT_EASE = {HYBRID: 1.0, OWN: 0.5}
FEW_ROWS = 3_000
"""Listeners and features of which EASE trains in seconds; a catalogue of real artists has more."""
FEW_REGULARISATION = 100.0
"""Of EASE; 3,000 hides what a few dozen listeners tell."""
MOST_LOOKED_AT = 16
"""Epochs of the quick hybrid among which a later window chooses."""
MOST_STEPS = 4_000_000
"""Interactions times epochs of a hybrid: 40 epochs of up to 100,000 interactions, as on HetRec Last.fm-2K, and fewer of
more, at least one. That keeps the time of training within bounds; for quality it was not measured."""
MOST_LIKENESSES = 20_000_000
"""Neighbours that item neighbours keep of all items together: 160 MB."""


@dataclass(frozen=True)
class Size:
    """How much there is to learn from."""

    listeners: int
    items: int
    features: int
    interactions: int

    @classmethod
    def of(cls, interactions: InteractionMatrix, features: FeatureMatrix) -> Self:
        return cls(
            listeners=len(interactions.listener_ids),
            items=len(interactions.item_ids),
            features=len(features.feature_names),
            interactions=int(interactions.weights.nnz),
        )

    @classmethod
    def of_plays(cls, plays: pa.Table, tracks: pa.Table, shares: pa.Table | None = None) -> Self:
        """Of plays (listener_id, track_id, license_class) of tracks, which are as build_item_features wants them."""
        pairs = trainable_plays(plays).group_by(["listener_id", "track_id"]).aggregate([])
        return cls(
            listeners=len(pairs["listener_id"].unique()),
            items=tracks.num_rows,
            features=len(build_item_features(tracks, shares)["feature"].unique()) if tracks.num_rows else 0,
            interactions=pairs.num_rows,
        )

    @property
    def is_small(self) -> bool:
        return self.interactions < FEW_INTERACTIONS or self.listeners < FEW_LISTENERS

    @property
    def ease_is_dear(self) -> bool:
        return self.listeners + self.features > MOST_ROWS


def hybrid_settings(size: Size, seed: int = 42, threads: int = 1) -> dict[str, HybridSettings]:
    """The hybrids by name: two views of items that are played, three of those that nobody has played."""
    seen, unseen = (_within_bounds(replace(each, seed=seed, threads=threads), size) for each in (TUNED, TUNED_UNSEEN))
    return {
        HYBRID: replace(seen, features=FeatureSet(NORMALISED, times=2.0)),
        HYBRID_BETWEEN: replace(seen, features=FeatureSet(BETWEEN, heaviest=10, times=2.0)),
        HYBRID_UNSEEN: replace(unseen, features=LIGHT),
        HYBRID_HEAVIEST: replace(unseen, features=replace(LIGHT, heaviest=10)),
        FEATURES_ONLY: replace(unseen, features=replace(LIGHT, identity=0.0)),
    }


def published(size: Size, seed: int = 42, threads: int = 1) -> RankFusion:
    """The fusion that suits data of this size.

    Of many listeners: hybrids, EASE and walks for items that are played; hybrids and own history for what nobody has
    played. Of few: one quick hybrid and EASE for all items. Where EASE is too dear item neighbours take its place, and
    their own history that of few listeners.
    """
    return _for_few(size, seed, threads) if size.is_small else _for_many(size, seed, threads)


def _for_few(size: Size, seed: int, threads: int) -> RankFusion:
    quick = _within_bounds(HybridSettings(seed=seed, threads=threads), size)
    members: dict[str, StoredCandidate] = {
        HYBRID: EarlyStoppedHybrid(quick, most=_within_bounds(replace(quick, epochs=MOST_LOOKED_AT), size).epochs)
    }
    if size.listeners + size.features > FEW_ROWS:
        members[OWN] = OwnHistory()
        return RankFusion(members, weights=FEW_WEIGHTS_WITHOUT_EASE, settings=FUSION)
    members[EASE_WITH_FEATURES] = Ease(EaseSettings(FEW_REGULARISATION, feature_times=1.0))
    weights = FEW_WEIGHTS if size.interactions < MUCH_OF_FEW else FEW_WEIGHTS_OF_MUCH
    return RankFusion(members, weights=weights, settings=FUSION)


def _for_many(size: Size, seed: int, threads: int) -> RankFusion:
    members: dict[str, StoredCandidate] = {
        name: LightFMHybrid(settings) for name, settings in hybrid_settings(size, seed, threads).items()
    }
    view = _item_view(size)
    members |= view
    members[WALKS] = ItemKnn(ItemKnnSettings("walk", _neighbours(size)))
    members[OWN] = OwnHistory()
    weights = {**WEIGHTS, **dict.fromkeys(view, WEIGHTS[EASE_WITH_FEATURES])}
    return RankFusion(members, weights=weights, unseen_weights=UNSEEN_WEIGHTS, settings=FUSION)


def _item_view(size: Size) -> dict[str, StoredCandidate]:
    """What items say of each other, by name."""
    if size.ease_is_dear:
        return {NEIGHBOURS: ItemKnn(ItemKnnSettings("tf-idf", _neighbours(size)))}
    return {EASE_WITH_FEATURES: Ease(EaseSettings(feature_times=1.0))}


def _neighbours(size: Size) -> int:
    return max(1, min(ItemKnnSettings().neighbours, MOST_LIKENESSES // max(size.items, 1)))


def _within_bounds(settings: HybridSettings, size: Size) -> HybridSettings:
    return replace(settings, epochs=max(1, min(settings.epochs, MOST_STEPS // max(size.interactions, 1))))
