"""The recommender that is published: which candidates it is made of, and how each is trained.

docs/recommender.md has the figures that decided. Any of the candidates can be used alone.
"""

from __future__ import annotations

from dataclasses import replace

from ml.recommender.ease import Ease, EaseSettings
from ml.recommender.feature_sets import AS_THEY_ARE, BETWEEN, NORMALISED, FeatureSet
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.protocol import StoredCandidate
from ml.recommender.rank_fusion import RankFusion

HYBRID, HYBRID_BETWEEN, EASE_WITH_FEATURES, HYBRID_UNSEEN = "hybrid", "hybrid_between", "ease_features", "hybrid_unseen"
TUNED = HybridSettings(components=128, learning_rate=0.02, max_sampled=100, epochs=40)


def hybrid_settings(seed: int = 42, threads: int = 1) -> dict[str, HybridSettings]:
    """The hybrids by name: the best for items that are played, another view of these, the best for unseen items."""
    common = replace(TUNED, seed=seed, threads=threads)
    return {
        HYBRID: replace(common, features=FeatureSet(row_sum_power=NORMALISED, times=2.0)),
        HYBRID_BETWEEN: replace(common, features=FeatureSet(row_sum_power=BETWEEN, heaviest=10, times=2.0)),
        HYBRID_UNSEEN: replace(
            common,
            components=64,
            learning_rate=0.05,
            epochs=20,
            features=FeatureSet(row_sum_power=AS_THEY_ARE, times=2.0),
        ),
    }


def published(seed: int = 42, threads: int = 1) -> RankFusion:
    """Two hybrids of different scale and EASE; a hybrid with features as they are for items that nobody played."""
    hybrids = {name: LightFMHybrid(settings) for name, settings in hybrid_settings(seed, threads).items()}
    route = hybrids.pop(HYBRID_UNSEEN)
    members: dict[str, StoredCandidate] = {**hybrids, EASE_WITH_FEATURES: Ease(EaseSettings(feature_times=6.0))}
    return RankFusion(members, unseen_route=route)
