"""One distribution over families from several kinds of evidence: log-linear pooling with learnt weights.

Each kind of evidence is a block of numbers per artist in which zeros say nothing. The weights start from those that
`default` names and move as far as the artists with a known family tell: with few of them the defaults hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float32]
Weights = NDArray[np.float64]
FIRMNESS = 100.0
"""What it costs to move a weight from its default, in units of the log likelihood of one artist."""
MOST_STEPS = 80


@dataclass(frozen=True)
class Evidence:
    """What one source says of every artist."""

    source: str
    values: Floats
    """Artists by numbers; a row of zeros where the source says nothing."""
    default: Weights
    """Numbers by families."""


@dataclass(frozen=True)
class Pool:
    """The learnt weights, source by source."""

    weights: tuple[Weights, ...]
    base: Weights
    """What holds of a family without any evidence, as a logarithm."""

    def scores(self, evidence: tuple[Evidence, ...], rows: NDArray[np.int64] | slice) -> NDArray[np.float64]:
        """Logarithms of probabilities up to a constant, of these artists."""
        parts = (block.values[rows] @ weights for block, weights in zip(evidence, self.weights, strict=True))
        return np.asarray(sum(parts, start=self.base), dtype=np.float64)

    def speaks_for(
        self, evidence: tuple[Evidence, ...], rows: NDArray[np.int64] | slice, family: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Artists by sources: how much each source speaks for the family, against the average of all families."""
        usual = np.exp(self.base - self.base.max())
        usual /= usual.sum()
        columns: list[NDArray[np.float64]] = []
        for block, weights in zip(evidence, self.weights, strict=True):
            said = block.values[rows] @ weights
            columns.append(said[np.arange(len(family)), family] - said @ usual)
        return np.stack(columns, axis=1)


def fit_pool(evidence: tuple[Evidence, ...], rows: NDArray[np.int64], family: NDArray[np.int64], base: Weights) -> Pool:
    """The weights by which the evidence of these artists tells their family best.

    Args:
        evidence: the blocks; values of the artists in `rows` must not have been made with their own family.
        rows: the artists to learn from.
        family: theirs, in that order. The likeliest one: learnt from distributions, answers are more timid than right.
        base: logarithm of how usual each family is.
    """
    values = np.hstack([block.values[rows] for block in evidence]).astype(np.float64)
    start = np.vstack([*(block.default for block in evidence), base])
    told = np.eye(start.shape[1])[family]
    shape = start.shape

    def cost(flat: Weights) -> tuple[float, Weights]:
        weights = flat.reshape(shape)
        scores = values @ weights[:-1] + weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        totals = powers.sum(axis=1, keepdims=True)
        moved = weights - start
        surprise = float((np.log(totals[:, 0]) - (told * scores).sum(axis=1)).sum())
        wrong = powers / totals - told
        slope = np.vstack([values.T @ wrong, wrong.sum(axis=0)]) + FIRMNESS * moved
        return surprise + 0.5 * FIRMNESS * float((moved**2).sum()), slope.ravel()

    best = minimize(cost, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    weights = best.x.reshape(shape)
    ends = np.cumsum([block.values.shape[1] for block in evidence])
    return Pool(tuple(np.split(weights[:-1], ends[:-1])), weights[-1])
