"""The recommender that is published: which candidates it is made of, and how each is trained.

docs/recommender.md has the figures that decided. Any of the candidates can be used alone.
"""

from __future__ import annotations

from dataclasses import replace

from ml.recommender.ease import Ease, EaseSettings
from ml.recommender.feature_sets import AS_THEY_ARE, BETWEEN, NORMALISED, FeatureSet
from ml.recommender.item_knn import ItemKnn, ItemKnnSettings
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.own_history import OwnHistory
from ml.recommender.protocol import StoredCandidate
from ml.recommender.rank_fusion import FusionSettings, RankFusion

HYBRID, HYBRID_BETWEEN, EASE_WITH_FEATURES, WALKS = "hybrid", "hybrid_between", "ease_features", "walks"
HYBRID_UNSEEN, HYBRID_HEAVIEST, FEATURES_ONLY, OWN = "hybrid_unseen", "hybrid_heaviest", "features_only", "own_history"
TUNED = HybridSettings(components=128, learning_rate=0.02, max_sampled=100, epochs=40)
TUNED_UNSEEN = HybridSettings(components=64, learning_rate=0.05, max_sampled=100, epochs=20)
LIGHT = FeatureSet(AS_THEY_ARE, times=0.1)
"""Features as they are, but light: twenty times as heavy they ruin a hybrid."""
WEIGHTS = {HYBRID: 1.0, HYBRID_BETWEEN: 1.0, EASE_WITH_FEATURES: 1.0, WALKS: 0.5}
UNSEEN_WEIGHTS = {HYBRID_UNSEEN: 1.5, HYBRID_HEAVIEST: 1.5, FEATURES_ONLY: 1.5, OWN: 0.5}
FUSION = FusionSettings(offset=20.0)


def hybrid_settings(seed: int = 42, threads: int = 1) -> dict[str, HybridSettings]:
    """The hybrids by name: two views of items that are played, three of those that nobody has played."""
    seen, unseen = (replace(each, seed=seed, threads=threads) for each in (TUNED, TUNED_UNSEEN))
    return {
        HYBRID: replace(seen, features=FeatureSet(NORMALISED, times=2.0)),
        HYBRID_BETWEEN: replace(seen, features=FeatureSet(BETWEEN, heaviest=10, times=2.0)),
        HYBRID_UNSEEN: replace(unseen, features=LIGHT),
        HYBRID_HEAVIEST: replace(unseen, features=replace(LIGHT, heaviest=10)),
        FEATURES_ONLY: replace(unseen, features=replace(LIGHT, identity=0.0)),
    }


def published(seed: int = 42, threads: int = 1) -> RankFusion:
    """Hybrids, EASE and walks for items that are played; hybrids and own history for what nobody has played."""
    members: dict[str, StoredCandidate] = {
        name: LightFMHybrid(settings) for name, settings in hybrid_settings(seed, threads).items()
    }
    members[EASE_WITH_FEATURES] = Ease(EaseSettings(feature_times=1.0))
    members[WALKS] = ItemKnn(ItemKnnSettings("walk"))
    members[OWN] = OwnHistory()
    return RankFusion(members, weights=WEIGHTS, unseen_weights=UNSEEN_WEIGHTS, settings=FUSION)
