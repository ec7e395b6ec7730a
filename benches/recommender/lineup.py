"""Who takes part: every peer by name, and what is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from benches.recommender.peers import ImplicitFactors
from ml.recommender.ease import Ease
from ml.recommender.feature_sets import IDENTITY
from ml.recommender.item_knn import ItemKnn, ItemKnnSettings
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.popularity import Popularity
from ml.recommender.protocol import StoredCandidate
from ml.recommender.published import (
    EASE_WITH_FEATURES,
    FEATURES_ONLY,
    HYBRID,
    HYBRID_BETWEEN,
    HYBRID_HEAVIEST,
    HYBRID_UNSEEN,
    OWN,
    TUNED,
    WALKS,
    Size,
)

HETREC = Size(listeners=1_892, items=17_632, features=653, interactions=74_272)
"""What is published for data of this size is measured, on the invented world too."""
PUBLISHED, UNSEEN_LAST = "published", "published_unseen_last"
SINGLE_HYBRID, HYBRID_ALONE, HYBRIDS_ALONE = "hybrid_unseen_last", "hybrid_alone", "hybrids_alone"
QUICK_HYBRID = "hybrid_quick"
FUSIONS = (PUBLISHED, UNSEEN_LAST, HYBRIDS_ALONE)
"""All others are single models."""
SAYS: Mapping[str, str] = {
    "popularity": "popularity",
    OWN: "own history: by the features of what they play",
    "knn_cosine": "item-kNN, cosine (500)",
    "knn_tf_idf": "item-kNN, tf-idf (500)",
    "knn_bm25": "item-kNN, BM25 (200)",
    "ease": "EASE",
    "als": "implicit ALS as it comes",
    "als_tuned": "implicit ALS, tuned",
    "bpr": "implicit BPR",
    "lightfm": "LightFM as it comes",
    "lightfm_ids": "LightFM without features, tuned",
    QUICK_HYBRID: "LightFM hybrid, quick",
    HYBRID: "LightFM hybrid, rows normalised",
    HYBRID_BETWEEN: "LightFM hybrid, between",
    HYBRID_UNSEEN: "LightFM hybrid, rows as they are",
    HYBRID_HEAVIEST: "LightFM hybrid, the ten heaviest as they are",
    FEATURES_ONLY: "LightFM, features only, rows as they are",
    EASE_WITH_FEATURES: "EASE with the features as rows",
    WALKS: "random walks (RP3beta, .5)",
    SINGLE_HYBRID: "LightFM hybrid, rows normalised; unseen items last",
    HYBRID_ALONE: "LightFM hybrid, rows normalised; unseen items by rows as they are",
    HYBRIDS_ALONE: "LightFM alone: its hybrids by rank",
    UNSEEN_LAST: "published, with unseen items last",
    PUBLISHED: "published",
}


def peers() -> dict[str, StoredCandidate]:
    """Anew each time, unfitted."""
    as_it_comes = HybridSettings(
        components=10, epochs=30, learning_rate=0.05, max_sampled=10, weighted=False, features=IDENTITY
    )
    return {
        "popularity": Popularity(),
        "knn_cosine": ItemKnn(),
        "knn_tf_idf": ItemKnn(ItemKnnSettings("tf-idf")),
        "knn_bm25": ItemKnn(ItemKnnSettings("bm25", 200)),
        "ease": Ease(),
        "als": ImplicitFactors("als"),
        "als_tuned": ImplicitFactors("als", factors=32, regularization=20.0, alpha=2.0),
        "bpr": ImplicitFactors("bpr", factors=128),
        "lightfm": LightFMHybrid(as_it_comes),
        "lightfm_ids": LightFMHybrid(replace(TUNED, features=IDENTITY)),
    }
