"""Confidence that means something: of the guesses at 0.8 about 80 % are right. Measured, and mended where it is not so.

An isotonic curve is fitted on guesses whose truth is known and that were not learnt from. It mends any confidence,
whatever its scale, also one that a person put down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """Guesses of like confidence."""

    least: float
    most: float
    guesses: int
    confidence: float
    """On average."""
    right: float
    """Share of them."""


def reliability(confidence: Floats, is_right: NDArray[np.bool_], bins: int = 10) -> list[Bin]:
    """Guesses by confidence, in bins of equal width; empty ones are left out."""
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    return [
        Bin(low / bins, (low + 1) / bins, int(own.sum()), float(confidence[own].mean()), float(is_right[own].mean()))
        for low in range(bins)
        if (own := place == low).any()
    ]


def expected_calibration_error(confidence: Floats, is_right: NDArray[np.bool_], bins: int = 10) -> float:
    """How far confidence and the share of right guesses are apart, over the bins, weighted by guesses; 0 for none."""
    found = reliability(confidence, is_right, bins)
    return sum(each.guesses * abs(each.confidence - each.right) for each in found) / max(len(confidence), 1)


def softmax(scores: Floats) -> Floats:
    """Each row as probabilities that add up to one."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class IsotonicCurve:
    """A rising step curve from a stated confidence to the share that is right."""

    stated: Floats
    right: Floats

    def __call__(self, confidence: Floats) -> Floats:
        """Between two known points on the straight line, beyond the ends as at the ends."""
        return np.interp(confidence, self.stated, self.right)


def fit_isotonic(confidence: Floats, is_right: NDArray[np.bool_]) -> IsotonicCurve:
    """The rising curve nearest to what was right.

    Raises:
        ValueError: there is no guess to learn from.
    """
    if not len(confidence):
        raise ValueError("no guesses to calibrate with")
    stated, place, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    share = np.bincount(place, weights=is_right) / counts
    fitted = isotonic_regression(share, weights=counts)
    starts = fitted.blocks[:-1]
    guesses = np.add.reduceat(counts, starts)
    middle = np.add.reduceat(stated * counts, starts) / guesses
    # As if one more guess had been right as often as stated: nothing is certain for having been right once.
    level = (fitted.x[starts] * guesses + middle) / (guesses + 1)
    return IsotonicCurve(middle, np.maximum.accumulate(level))


def calibrated(probabilities: Floats, confidence: Floats, is_right: NDArray[np.bool_]) -> Floats:
    """Distributions whose greatest probability is calibrated with guesses elsewhere; the others keep their proportions.

    The likeliest stays the likeliest: its probability does not fall below what the second comes to.
    """
    if not len(confidence):
        return probabilities
    best = probabilities.argmax(axis=1)[:, None]
    top = np.take_along_axis(probabilities, best, axis=1)
    rest = probabilities.copy()
    np.put_along_axis(rest, best, 0.0, axis=1)
    left = rest.sum(axis=1, keepdims=True)
    second = rest.max(axis=1, keepdims=True)
    wanted = fit_isotonic(confidence, is_right)(top)
    wanted = np.where(left > 0, np.maximum(wanted, second / np.where(left > 0, left + second, 1)), 1.0)
    mended = rest * ((1 - wanted) / np.where(left > 0, left, 1))
    np.put_along_axis(mended, best, wanted, axis=1)
    return mended
