"""`python -m benches.recommender.fusion_serving LISTENERS TRACKS`: how fast the whole published fusion answers.

In a process of its own, so that its memory is known. What its parts have learnt does not matter for that, so they are
drawn at random; their shapes are those of the published recommender of that size.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy import sparse

from benches.launcher import KIB_PER_UNIT
from benches.recommender.serving import random_hybrid
from ml.recommender.ease import MOST_ROWS, Ease
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.item_knn import ItemKnn
from ml.recommender.lightfm_hybrid import LightFMHybrid
from ml.recommender.model_file import ModelFile
from ml.recommender.own_history import OwnHistory
from ml.recommender.protocol import StoredCandidate
from ml.recommender.published import Size, published
from ml.recommender.rank_fusion import RankFusion
from ml.recommender.ranking import TopItems

PLAYED_SHARE = 0.5
"""Of the tracks; nobody has played the others, as in a catalogue of real size."""
FEATURES, FEATURES_OF_ITEM = 1_500, 8
REQUESTS, REQUESTS_ANEW = 1_000, 200
RECALLED = 200
"""Listeners whose kept lists are compared with those worked out anew."""


def random_fusion(listeners: int, items: int) -> tuple[RankFusion, sparse.csr_matrix]:
    """What is published for so many listeners, and what they know."""
    chance = np.random.default_rng(3)
    model, drawn = random_hybrid(listeners, items)
    # Played tracks lie among the others.
    order = chance.permutation(items)[: int(PLAYED_SHARE * items)]
    known = sparse.csr_matrix(
        (np.ones(drawn.nnz, np.float32), order[drawn.indices % len(order)], drawn.indptr), shape=drawn.shape
    )
    known.sum_duplicates()
    interactions = InteractionMatrix(model.listener_ids, model.item_ids, known)
    features = _features(interactions, chance)
    fusion = published(Size(listeners, items, FEATURES, known.nnz))
    for place, (name, member) in enumerate(fusion.members.items()):
        fusion.members[name] = _with_numbers(member, interactions, features, place)
    fusion.join(interactions)
    return fusion, known


def _with_numbers(
    member: StoredCandidate, interactions: InteractionMatrix, features: FeatureMatrix, seed: int
) -> StoredCandidate:
    listeners, items = len(interactions.listener_ids), len(interactions.item_ids)
    if isinstance(member, LightFMHybrid):
        return random_hybrid(listeners, items, seed, member.settings.components)[0]
    if isinstance(member, Ease):
        return _ease(interactions, features, seed)
    if isinstance(member, ItemKnn | OwnHistory):
        member.fit(interactions, features)
    return member


def _features(interactions: InteractionMatrix, chance: np.random.Generator) -> FeatureMatrix:
    items = len(interactions.item_ids)
    column = chance.integers(0, FEATURES, (items, FEATURES_OF_ITEM))
    column[:, 0] = 0
    cells = (np.ones(column.size), (np.repeat(np.arange(items), FEATURES_OF_ITEM), column.ravel()))
    named = sparse.csr_matrix(cells, shape=(items, FEATURES))
    names = np.array([f"{number:05d}" for number in range(FEATURES)])
    return FeatureMatrix(interactions.item_ids, names, np.flatnonzero(interactions.seen_items), named)


def _ease(interactions: InteractionMatrix, features: FeatureMatrix, seed: int) -> Ease:
    rows = sparse.csr_matrix(sparse.vstack([interactions.weights, features.named.T]), dtype=np.float32)
    chance, count = np.random.default_rng(seed), rows.get_shape()[0]
    numbers = {
        "inverse": chance.standard_normal((len(interactions.listener_ids), count), dtype=np.float32),
        "precision": 1.0 + chance.random(len(interactions.item_ids), dtype=np.float32),
    }
    ids = {"listener_ids": interactions.listener_ids, "item_ids": interactions.item_ids}
    return Ease.from_file(ModelFile(Ease.KIND, "none", ids, numbers, {"rows": rows}))


def _milliseconds_each(fusion: RankFusion, known: sparse.csr_matrix, requests: int) -> list[float]:
    """Of the processor, one listener after another: what others do on the machine is not measured."""
    fusion.recommend(np.arange(1), 10, known)
    times: list[float] = []
    for row in np.random.default_rng(2).integers(0, known.get_shape()[0], requests):
        begin = time.thread_time()
        fusion.recommend(np.array([row]), 10, known)
        times.append(1e3 * (time.thread_time() - begin))
    return times


def _recall(fusion: RankFusion, known: sparse.csr_matrix) -> float:
    """Of tens worked out anew, what the kept lists give too, after ten of the twenty best were played."""
    rows = np.arange(min(RECALLED, known.get_shape()[0]))
    since = known + _ones_of(fusion.recommend(rows, 20, known), known)
    kept = fusion.recommend(rows, 10, since)
    anew = StoredCandidate.recommend(fusion, rows, 10, since)
    items = known.get_shape()[1]
    return float(np.isin(anew.rows * items + anew.items, kept.rows * items + kept.items).mean())


def _ones_of(lists: TopItems, like: sparse.csr_matrix) -> sparse.csr_matrix:
    """Every second item of the lists, as if it had been played."""
    chosen = lists.ranks % 2 == 0
    cells = (np.ones(int(chosen.sum())), (lists.rows[chosen], lists.items[chosen]))
    return sparse.csr_matrix(cells, shape=like.get_shape())


def main(listeners: int, items: int) -> None:
    if listeners + FEATURES > MOST_ROWS:
        raise ValueError("so many listeners get no EASE: a fusion without it would be measured")
    fusion, known = random_fusion(listeners, items)
    anew = _milliseconds_each(fusion, known, REQUESTS_ANEW)
    begin = time.thread_time()
    fusion.keep_shortlists()
    seconds = time.thread_time() - begin
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_PER_UNIT / 1024
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        fusion.save(path)
        loaded = RankFusion.load(path)
    times = _milliseconds_each(loaded, known, REQUESTS)
    measured = {
        "fusion_members": len(fusion.members),
        "fusion_p50_ms": float(np.quantile(times, 0.5)),
        "fusion_p99_ms": float(np.quantile(times, 0.99)),
        "fusion_anew_p50_ms": float(np.quantile(anew, 0.5)),
        "fusion_anew_p99_ms": float(np.quantile(anew, 0.99)),
        "fusion_recall": _recall(loaded, known),
        "fusion_all_listeners_seconds": seconds,
        "fusion_peak_mb": peak_mb,
    }
    sys.stdout.write(json.dumps(measured) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
