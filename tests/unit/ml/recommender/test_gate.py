from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.recommender.evaluation import Evaluation
from ml.recommender.gate import FEWEST_LISTENERS, METRIC, Recorded, judge

SPLIT = datetime(2026, 3, 2)
CHANCE = np.random.default_rng(0)


def evaluation(**ndcg: NDArray[np.float64]) -> Evaluation:
    listeners = np.array([f"l{number:03d}" for number in range(len(next(iter(ndcg.values()))))])
    return Evaluation(
        SPLIT, listeners, {name: {METRIC: values} for name, values in ndcg.items()}, dict.fromkeys(ndcg, 0.1)
    )


def around(mean: float, listeners: int = 100) -> NDArray[np.float64]:
    return mean + CHANCE.normal(0, 0.05, listeners)


def test_a_model_better_than_popularity_is_published() -> None:
    verdict = judge(evaluation(new=around(0.3), popularity=around(0.1)), "new", baseline="popularity")
    assert verdict.is_publishable
    assert verdict.is_judged
    assert "against popularity" in verdict.reasons[0]


def test_a_model_worse_than_popularity_is_not() -> None:
    assert not judge(evaluation(new=around(0.1), popularity=around(0.3)), "new", baseline="popularity").is_publishable


@pytest.mark.parametrize(("new", "publishable"), [(0.35, True), (0.299, True), (0.2, False)])
def test_it_may_be_worse_than_the_one_before_within_the_interval_only(new: float, publishable: bool) -> None:
    figures = evaluation(new=around(new), popularity=around(0.1), before=around(0.3))
    assert judge(figures, "new", baseline="popularity", predecessor="before").is_publishable is publishable


def test_listeners_that_the_one_before_does_not_know_say_nothing_of_it() -> None:
    before = around(0.3)
    known = np.arange(len(before)) < 40
    figures = evaluation(new=np.where(known, 0.1, 0.9), popularity=around(0.05), before=np.where(known, before, 0.0))
    assert judge(figures, "new", baseline="popularity", predecessor="before").is_publishable
    assert not judge(figures, "new", baseline="popularity", predecessor="before", comparable=known).is_publishable
    few = np.arange(len(before)) < FEWEST_LISTENERS - 1
    assert judge(figures, "new", baseline="popularity", predecessor="before", comparable=few).is_publishable


@pytest.mark.parametrize(("recorded", "publishable"), [(0.2, True), (0.31, True), (0.5, False)])
def test_where_it_cannot_be_asked_what_its_own_trial_said_counts(recorded: float, publishable: bool) -> None:
    figures = evaluation(new=around(0.3), popularity=around(0.1))
    said = Recorded(recorded, 0.03)
    assert judge(figures, "new", baseline="popularity", recorded=said).is_publishable is publishable


def test_too_few_listeners_refuse_nothing() -> None:
    few = FEWEST_LISTENERS - 1
    verdict = judge(evaluation(new=around(0.0, few), popularity=around(0.9, few)), "new", baseline="popularity")
    assert verdict.is_publishable
    assert not verdict.is_judged
    assert f"{few} listeners" in verdict.reasons[0]
