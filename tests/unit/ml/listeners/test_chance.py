from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from ml.listeners.chance import Draw, derived, keys_of, normal, two_uniforms, uniform, zipf_rank

KEYS = keys_of(1, (f"listener {number}" for number in range(20_000)))


def test_numbers_are_uniform_for_every_purpose() -> None:
    for purpose in Draw:
        assert kstest(uniform(KEYS, purpose), "uniform").pvalue > 1e-4, purpose
        for numbers in two_uniforms(KEYS, purpose):
            assert kstest(numbers, "uniform").pvalue > 1e-4, purpose
            assert 0 <= numbers.min() <= numbers.max() < 1


def test_purposes_neighbours_and_halves_do_not_hang_together() -> None:
    days = derived(KEYS[:1], Draw.DAY, np.arange(20_000))
    numbers = [
        uniform(KEYS, Draw.HOUR),
        uniform(KEYS, Draw.MOOD),
        *two_uniforms(KEYS, Draw.KIND),
        uniform(derived(KEYS, Draw.DAY, 1), Draw.MOOD),
        uniform(derived(KEYS, Draw.DAY, 2), Draw.MOOD),
        uniform(days, Draw.MOOD),
        uniform(days, Draw.SESSIONS),
    ]
    correlation = np.corrcoef(numbers) - np.eye(len(numbers))
    assert np.abs(correlation).max() < 0.04
    alone = np.corrcoef(uniform(days, Draw.MOOD)[:-1], uniform(days, Draw.MOOD)[1:])
    assert abs(alone[0, 1]) < 0.04


def test_a_key_is_that_of_its_name_and_seed_whatever_stands_beside_it() -> None:
    assert keys_of(1, ["a", "b"])[1] == keys_of(1, ["b"])[0]
    assert len({int(keys_of(seed, ["a"])[0]) for seed in range(100)}) == 100
    assert derived(KEYS, Draw.DAY, 5)[7] == derived(KEYS[7:8], Draw.DAY, np.array([5]))[0]


@given(st.integers(1, 10**6), st.floats(0, 1, exclude_max=True), st.sampled_from([0.3, 0.8, 1.2, 2.0]))
def test_ranks_lie_below_the_size(size: int, number: float, exponent: float) -> None:
    rank = zipf_rank(np.array([size]), np.array([number]), exponent)[0]
    assert 0 <= rank < size


def test_the_first_ranks_come_most_often() -> None:
    counts = np.bincount(zipf_rank(50, uniform(KEYS, Draw.TRACK), 1.1), minlength=50)
    assert counts[0] > counts[4] > counts[20] > 0


def test_normal_numbers_are_normal_and_bounded() -> None:
    assert kstest(normal(uniform(KEYS, Draw.TRAIT)), "norm").pvalue > 1e-4
    assert normal(np.array([0.0, 1.0])) == pytest.approx([-4.99, 4.99], abs=0.02)
