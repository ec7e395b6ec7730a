from __future__ import annotations

import pytest

from benches.genres.halves import adjusted_rand


def test_the_same_groups_under_other_names_agree() -> None:
    assert adjusted_rand(["a", "a", "b", "c"], ["x", "x", "y", "z"]) == 1
    assert adjusted_rand(["a", "a"], ["x", "x"]) == 1


def test_groups_that_cut_across_each_other_do_not() -> None:
    assert adjusted_rand(["a", "a", "b", "b"], ["x", "y", "x", "y"]) == pytest.approx(-0.5)


def test_one_that_went_over_costs_a_part() -> None:
    """As Hubert and Arabie count: 4 pairs of 15 together in both, where 42 / 15 are to be expected."""
    assert adjusted_rand(list("aaabbb"), list("xxxxyy")) == pytest.approx((4 - 42 / 15) / (6.5 - 42 / 15))
