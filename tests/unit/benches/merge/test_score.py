from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benches.merge.records import NO_PLAY
from benches.merge.score import coverage, score

CALM = np.zeros(10, dtype=np.bool_)


def test_a_perfect_clustering_scores_one_whatever_its_numbers() -> None:
    found = score(np.array([0, 0, 1, 2, 2, 2]), np.array([7, 7, -3, 5, 5, 5]), CALM)
    assert (found.precision, found.recall, found.exact, found.loops_intact) == (1, 1, 1, 1)
    assert found.plays_true == found.plays_counted == 3


def test_a_split_play_costs_recall_only() -> None:
    found = score(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 2]), CALM)
    assert found.precision == 1
    assert found.recall == pytest.approx(1 / 3)
    assert (found.plays_true, found.plays_counted) == (2, 3)
    assert found.exact == 0.5


def test_plays_run_together_cost_precision_only() -> None:
    found = score(np.array([0, 0, 1]), np.array([4, 4, 4]), CALM)
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == 1
    assert found.exact == 0


def test_records_without_a_play_do_not_count() -> None:
    found = score(np.array([0, NO_PLAY, 0]), np.array([1, 1, 1]), CALM)
    assert (found.precision, found.recall, found.plays_counted) == (1, 1, 1)


def test_loops_are_judged_alone() -> None:
    in_loop = np.array([False, True, True])
    found = score(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 9, 1, 1, 2, 8]), in_loop)
    assert found.loops_intact == 0.5


def test_without_any_play_there_is_no_score() -> None:
    with pytest.raises(ValueError, match="no record"):
        score(np.array([NO_PLAY]), np.array([0]), CALM)


def test_coverage_counts_splits_and_mixtures_by_sources() -> None:
    play = np.array([0, 0, 1, 2, 2, 3])
    found = coverage(play, np.array([0, 1, 5, 7, 7, 7]), np.array([0, 1, 0, 0, 1, 0]))
    assert [(row.sources, row.plays_true, row.split, row.mixed) for row in found] == [(1, 2, 0, 1), (2, 2, 1, 1)]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_shares_agree_with_a_count_of_all_pairs(records: list[tuple[int, int]]) -> None:
    pairs = [(a, b) for n, a in enumerate(records) for b in records[n + 1 :]]
    merged = sum(a[1] == b[1] for a, b in pairs)
    right = sum(a[0] == b[0] for a, b in pairs)
    both = sum(a == b for a, b in pairs)
    found = score(np.array([r[0] for r in records]), np.array([r[1] for r in records]), CALM)
    assert found.precision == (both / merged if merged else 1)
    assert found.recall == (both / right if right else 1)
