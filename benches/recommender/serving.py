"""How fast a loaded hybrid answers: one listener after another, and all listeners at once.

What it has learnt does not matter for that, so its embeddings are drawn at random.
"""

from __future__ import annotations

import time

import numpy as np
from scipy import sparse

from ml.recommender.lightfm_hybrid import LightFMHybrid
from ml.recommender.model_file import ModelFile

COMPONENTS = 64
KNOWN = 50
"""Tracks that a listener knows, on average."""
REQUESTS = 500


def random_hybrid(
    listeners: int, items: int, seed: int = 1, components: int = COMPONENTS
) -> tuple[LightFMHybrid, sparse.csr_matrix]:
    """A hybrid, and what its listeners know."""
    chance = np.random.default_rng(seed)

    def numbers(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return chance.standard_normal(shape, dtype=np.float32)

    file = ModelFile(
        kind=LightFMHybrid.KIND,
        library="none",
        ids={
            "listener_ids": np.array([f"{number:08d}" for number in range(listeners)]),
            "item_ids": np.array([f"{number:08d}" for number in range(items)]),
        },
        numbers={
            "listener_embeddings": numbers(listeners, components),
            "listener_biases": numbers(listeners),
            "item_embeddings": numbers(items, components),
            "item_biases": numbers(items),
        },
    )
    row = np.repeat(np.arange(listeners), KNOWN)
    known = sparse.csr_matrix((np.ones(len(row)), (row, chance.integers(0, items, len(row)))), shape=(listeners, items))
    return LightFMHybrid.from_file(file), known


def serving_figures(listeners: int, items: int) -> dict[str, float]:
    model, known = random_hybrid(listeners, items)
    times: list[float] = []
    for row in np.random.default_rng(2).integers(0, listeners, REQUESTS):
        # Of the processor: what others do on the machine is not measured.
        begin = time.thread_time()
        model.recommend(np.array([row]), 10, known)
        times.append(time.thread_time() - begin)
    begin = time.thread_time()
    model.recommend(np.arange(listeners), 10, known)
    return {
        "serving_listeners": listeners,
        "serving_tracks": items,
        "p50_ms": 1e3 * float(np.quantile(times, 0.5)),
        "p99_ms": 1e3 * float(np.quantile(times, 0.99)),
        "all_listeners_seconds": time.thread_time() - begin,
    }
