"""Figures of candidates whose lists are known, and that nothing is measured twice."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console

from benches.recommender.display import best_peer, show, show_seeds
from benches.recommender.keeping import Keeping
from benches.recommender.lineup import HETREC, PUBLISHED, SAYS, peers
from benches.recommender.measuring import Measured, interval, measure
from benches.recommender.running import Bench
from benches.recommender.serving import serving_figures
from benches.recommender.splits import Task, cold_task, warm_task
from benches.recommender.world import invented
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.popularity import Popularity
from ml.recommender.published import published


@pytest.fixture(scope="module")
def task() -> Task:
    return warm_task(invented(items=300, listeners=80, edges=2_500), 42)


class Knowing(Popularity):
    """Knows what is held out, or the opposite of it."""

    def __init__(self, task: Task, sign: int) -> None:
        super().__init__()
        self.held = sign * task.relevant.toarray().astype(np.float32)

    def scores(self, listener_rows: NDArray[np.intp]) -> NDArray[np.float32]:
        return self.held[listener_rows].copy()


def test_who_knows_what_is_held_out_is_perfect(task: Task) -> None:
    perfect = measure(Knowing(task, 1), task, 1.5)
    assert perfect.means["ndcg_at_10"] == pytest.approx(1.0)
    assert perfect.means["map_at_10"] == pytest.approx(1.0)
    assert perfect.seconds == 1.5
    assert len(perfect.ndcg) == (np.diff(task.relevant.indptr) > 0).sum()
    assert interval(perfect.ndcg) == pytest.approx(0.0)
    assert measure(Knowing(task, -1), task, 0.0).means["recall_at_20"] == 0.0


def test_only_what_is_asked_for_is_ranked() -> None:
    cold = cold_task(invented(items=300, listeners=80, edges=2_500), 42, "all")
    assert measure(Knowing(cold, -1), cold, 0.0).means["coverage_at_10"] <= cold.asked.mean()


def test_the_same_for_everyone_covers_little_and_is_no_news(task: Task) -> None:
    model = Popularity()
    model.fit(task.interactions, task.features)
    popular, perfect = measure(model, task, 0.0), measure(Knowing(task, 1), task, 0.0)
    assert popular.means["coverage_at_10"] < perfect.means["coverage_at_10"]
    assert popular.means["novelty_at_10"] < perfect.means["novelty_at_10"]


class Counting(Popularity):
    fits = 0

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:
        Counting.fits += 1
        super().fit(interactions, features)


def test_what_was_measured_is_not_fitted_again(task: Task, tmp_path: Path) -> None:
    bench = Bench(Keeping(tmp_path), Console(file=StringIO()))
    first = bench.peer("popularity", {"warm": task}, Counting())["warm"]
    again = bench.peer("popularity", {"warm": task}, Counting())["warm"]
    assert Counting.fits == 1
    assert again.means == first.means
    np.testing.assert_allclose(again.ndcg, first.ndcg, atol=1e-6)


def test_without_a_folder_nothing_is_kept(task: Task) -> None:
    bench, before = Bench(Keeping(None), Console(file=StringIO())), Counting.fits
    for _ in range(2):
        bench.peer("popularity", {"warm": task}, Counting())
    assert Counting.fits == before + 2


def test_the_tables_name_everybody() -> None:
    results = {
        name: Measured(np.array([0.1, 0.3]), dict.fromkeys(METRICS, 0.01 * place), 1.0)
        for place, name in enumerate(SAYS)
    }
    out = StringIO()
    console = Console(file=out, width=200)
    show(console, "one split", results)
    show_seeds(console, "two splits", {42: results, 43: results})
    assert all(out.getvalue().count(says) >= 2 for says in SAYS.values())
    assert best_peer(results, [PUBLISHED]) != PUBLISHED


METRICS = ("ndcg_at_10", "recall_at_20", "precision_at_10", "map_at_10", "coverage_at_10", "novelty_at_10")


def test_everybody_who_takes_part_has_a_name() -> None:
    assert {*peers(), *published(HETREC).members, PUBLISHED} <= set(SAYS)


def test_a_hybrid_serves_everyone_asked_for() -> None:
    figures = serving_figures(listeners=20, items=300)
    assert figures["serving_listeners"] == 20
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
