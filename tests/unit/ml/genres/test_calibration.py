from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ml.genres.calibration import calibrated, expected_calibration_error, fit_isotonic, reliability, softmax


def boasting(count: int = 20_000) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Guesses that say c and are right with c squared: at 0.8 it is 64 %."""
    chance = np.random.default_rng(1)
    confidence = chance.uniform(0.3, 1, count)
    return confidence, chance.random(count) < confidence**2


def test_the_error_is_how_far_confidence_and_truth_are_apart() -> None:
    confidence = np.array([0.9] * 10 + [0.6] * 10)
    is_right = np.array([True] * 5 + [False] * 5 + [True] * 6 + [False] * 4)
    assert expected_calibration_error(confidence, is_right) == pytest.approx((0.4 * 10 + 0) / 20)
    assert expected_calibration_error(confidence[:0], is_right[:0]) == 0


def test_certainty_has_a_bin_and_empty_bins_are_left_out() -> None:
    [low, high] = reliability(np.array([0.05, 1.0, 1.0]), np.array([False, True, False]))
    assert (low.guesses, low.right, high.guesses, high.right, high.most) == (1, 0.0, 2, 0.5, 1.0)


def test_boasting_is_mended_on_other_guesses() -> None:
    confidence, is_right = boasting()
    curve = fit_isotonic(confidence[::2], is_right[::2])
    assert expected_calibration_error(confidence[1::2], is_right[1::2]) > 0.15
    assert expected_calibration_error(curve(confidence[1::2]), is_right[1::2]) < 0.03
    assert float(curve(np.array([0.8]))[0]) == pytest.approx(0.64, abs=0.06)


def test_one_right_guess_is_no_certainty() -> None:
    curve = fit_isotonic(np.array([0.6]), np.array([True]))
    assert 0.6 < float(curve(np.array([0.6]))[0]) < 1


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(ValueError, match="no guesses"):
        fit_isotonic(np.array([]), np.array([], dtype=np.bool_))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.lists(st.floats(0, 1)))
def test_a_curve_never_falls_and_stays_a_probability(guesses: list[tuple[float, bool]], asked: list[float]) -> None:
    curve = fit_isotonic(np.array([said for said, _ in guesses]), np.array([right for _, right in guesses]))
    found = curve(np.array(sorted(asked)))
    assert (np.diff(found) >= 0).all()
    assert ((found >= 0) & (found <= 1)).all()


@given(
    st.lists(st.lists(st.floats(-30, 30), min_size=4, max_size=4), min_size=1, max_size=20),
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40),
)
def test_a_mended_distribution_is_one_and_keeps_its_likeliest(
    scores: list[list[float]], guesses: list[tuple[float, bool]]
) -> None:
    before = softmax(np.array(scores))
    said, right = np.array([said for said, _ in guesses]), np.array([right for _, right in guesses], dtype=np.bool_)
    after = calibrated(before, said, right)
    assert np.allclose(after.sum(axis=1), 1)
    assert (after >= 0).all()
    best = before.argmax(axis=1)[:, None]
    assert np.allclose(np.take_along_axis(after, best, axis=1)[:, 0], after.max(axis=1))
