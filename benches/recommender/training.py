"""How fast the hybrid trains beside bare LightFM, on the same matrix with the same settings in the same run."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from benches.processes import run
from benches.report import Figures, Size
from ml.recommender.feature_sets import hybrid_features
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid

LISTENERS: dict[Size, int] = {"full": 4_000, "small": 200}
ITEMS = 5_000
ROUNDS = 5
"""The best of so many counts, ours and theirs in turns."""
TAGS, TAGS_OF_ITEM = 500, 5
PER_LISTENER = 75
SETTINGS = HybridSettings(components=64, epochs=3)
SCALE: dict[Size, tuple[int, int, int]] = {"full": (190_000, 100_000, 110), "small": (2_000, 1_000, 110)}
"""Listeners, items and draws a listener: in full size of 20 million interactions."""


def invented_matrix(listeners: int, items: int, draws: int, seed: int = 1) -> tuple[InteractionMatrix, FeatureMatrix]:
    """Listeners who know up to `draws` items each, some items far more popular than others, each with five tags."""
    chance = np.random.default_rng(seed)
    count = listeners * draws
    column = (items * chance.random(count, dtype=np.float32) ** 2).astype(np.int32)
    np.minimum(column, items - 1, out=column)
    weights = 0.5 + 3.0 * chance.random(count, dtype=np.float32)
    begins = np.arange(0, count + 1, draws, dtype=np.int32)
    known = sparse.csr_matrix((weights, column, begins), shape=(listeners, items), copy=False)
    known.sum_duplicates()
    ids = [np.array([f"{number:07d}" for number in range(size)]) for size in (listeners, items)]
    interactions = InteractionMatrix(ids[0], ids[1], known)
    tag = chance.integers(0, TAGS, items * TAGS_OF_ITEM)
    cells = (np.ones(len(tag)), (np.repeat(np.arange(items), TAGS_OF_ITEM), tag))
    named = sparse.csr_matrix(cells, shape=(items, TAGS))
    names = np.array([f"tag:{number:03d}" for number in range(TAGS)])
    return interactions, FeatureMatrix(ids[1], names, np.flatnonzero(interactions.seen_items), named)


def training_figures(size: Size) -> Figures:
    """Interactions per second and epoch with one and two threads, and what ours takes longer than bare LightFM.

    The share is of processor time with one thread; two threads are timed by the clock.
    """
    interactions, features = invented_matrix(LISTENERS[size], ITEMS, PER_LISTENER)
    bare = _bare(interactions, features)
    one, two = SETTINGS, replace(SETTINGS, threads=2)

    def ours(settings: HybridSettings) -> None:
        LightFMHybrid(settings).fit(interactions, features)

    steps = interactions.weights.nnz * SETTINGS.epochs
    seconds, seconds_bare = _in_turns((lambda: ours(one), lambda: bare(one)), time.process_time)
    of_two, of_two_bare = _in_turns((lambda: ours(two), lambda: bare(two)), time.monotonic)
    figures: dict[str, float] = {
        "train_interactions": interactions.weights.nnz,
        "train_overhead": seconds / seconds_bare - 1.0,
        "train_interactions_per_second": steps / seconds,
        "train_interactions_per_second_2": steps / of_two,
        "train_interactions_per_second_bare": steps / seconds_bare,
        "train_interactions_per_second_bare_2": steps / of_two_bare,
    }
    finished = run([sys.executable, "-m", "benches.recommender.training", *map(str, SCALE[size])])
    figures["train_scale_interactions"] = json.loads(finished.stdout)["interactions"]
    figures["train_scale_peak_mb"] = finished.peak_mb
    figures["train_scale_seconds"] = finished.cpu_seconds
    return figures


def _bare(interactions: InteractionMatrix, features: FeatureMatrix) -> Callable[[HybridSettings], None]:
    """LightFM as its documentation says, with everything prepared that it takes."""
    from lightfm import LightFM  # noqa: PLC0415  # its import is slow

    seen = features.identity_items
    weights = sparse.coo_matrix(interactions.weights[:, seen])
    weights.data /= weights.data.mean()
    positives = sparse.coo_matrix((np.ones_like(weights.data), (weights.row, weights.col)), shape=weights.get_shape())
    of_items = hybrid_features(features, SETTINGS.features)[seen]

    def fit(settings: HybridSettings) -> None:
        model: Any = LightFM(
            no_components=settings.components,
            learning_rate=settings.learning_rate,
            loss=settings.loss,
            max_sampled=settings.max_sampled,
            random_state=settings.seed,
        )
        model.fit(
            positives,
            item_features=of_items,
            sample_weight=weights,
            epochs=settings.epochs,
            num_threads=settings.threads,
        )

    return fit


def _in_turns(contenders: tuple[Callable[[], None], Callable[[], None]], clock: Callable[[], float]) -> list[float]:
    """The best seconds of each."""
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for place, contender in enumerate(contenders):
            begin = clock()
            contender()
            best[place] = min(best[place], clock() - begin)
    return best


def main(listeners: int, items: int, draws: int) -> None:
    """One epoch with one thread; whoever started this process knows its memory."""
    interactions, features = invented_matrix(listeners, items, draws)
    LightFMHybrid(replace(SETTINGS, epochs=1)).fit(interactions, features)
    sys.stdout.write(json.dumps({"interactions": int(interactions.weights.nnz)}) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
