"""The recommender that is published: which candidates it is made of, and how each is trained.

docs/recommender.md has the figures that decided. Any of the candidates can be used alone.
"""

from __future__ import annotations

from dataclasses import replace

from ml.recommender.ease import Ease, EaseSettings
from ml.recommender.feature_sets import AS_THEY_ARE, BETWEEN, NORMALISED, FeatureSet
from ml.recommender.item_knn import ItemKnn, ItemKnnSettings
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.protocol import StoredCandidate
from ml.recommender.rank_fusion import FusionSettings, RankFusion

HYBRID, HYBRID_BETWEEN, HYBRID_UNSEEN = "hybrid", "hybrid_between", "hybrid_unseen"
EASE_WITH_FEATURES, WALKS = "ease_features", "walks"
TUNED = HybridSettings(components=128, learning_rate=0.02, max_sampled=100, epochs=40)
WEIGHTS = {HYBRID: 1.0, HYBRID_BETWEEN: 1.0, EASE_WITH_FEATURES: 1.0, WALKS: 0.5}
FUSION = FusionSettings(offset=20.0)


def hybrid_settings(seed: int = 42, threads: int = 1) -> dict[str, HybridSettings]:
    """The hybrids by name: the best for items that are played, another view of these, the best for unseen items."""
    common = replace(TUNED, seed=seed, threads=threads)
    return {
        HYBRID: replace(common, features=FeatureSet(NORMALISED, times=2.0)),
        HYBRID_BETWEEN: replace(common, features=FeatureSet(BETWEEN, heaviest=10, times=2.0)),
        HYBRID_UNSEEN: replace(
            common, components=64, learning_rate=0.05, epochs=20, features=FeatureSet(AS_THEY_ARE, times=0.1)
        ),
    }


def published(seed: int = 42, threads: int = 1) -> RankFusion:
    """Two hybrids of different scale, EASE and walks; a hybrid with features as they are for what nobody played."""
    members: dict[str, StoredCandidate] = {
        name: LightFMHybrid(settings) for name, settings in hybrid_settings(seed, threads).items()
    }
    members[EASE_WITH_FEATURES] = Ease(EaseSettings(feature_times=1.0))
    members[WALKS] = ItemKnn(ItemKnnSettings("walk"))
    return RankFusion(members, weights=WEIGHTS, unseen_weights={HYBRID_UNSEEN: 1.0}, settings=FUSION)
