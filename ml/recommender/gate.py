"""Whether a new model may be published: it beats popularity, and is no worse than the one before within its interval.

Pure judgement of figures; evaluation.py has them, publishing is the caller's business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.recommender.evaluation import Evaluation, mean_and_half_width

METRIC = "ndcg_at_10"
FEWEST_LISTENERS = 20
"""The difference of two models on fewer listeners is chance."""


@dataclass(frozen=True)
class Recorded:
    """What the evaluation of a model said when it was published."""

    value: float
    half_width: float | None


@dataclass(frozen=True)
class Verdict:
    """`is_judged` is False where too little is known to refuse the model; then it is publishable."""

    is_publishable: bool
    is_judged: bool
    reasons: tuple[str, ...]


def unjudged(reason: str) -> Verdict:
    """Nothing speaks against a model that could not be evaluated."""
    return Verdict(is_publishable=True, is_judged=False, reasons=(f"not judged: {reason}",))


def judge(
    evaluation: Evaluation,
    model: str,
    *,
    baseline: str,
    predecessor: str | None = None,
    comparable: NDArray[np.bool_] | None = None,
    recorded: Recorded | None = None,
) -> Verdict:
    """By NDCG@10, listener by listener.

    Args:
        evaluation: figures of all models on the same listeners.
        model: the one to judge.
        baseline: it must be better than this one.
        predecessor: it must not be worse than this one by more than the 95 % interval of their difference.
        comparable: which of the listeners the predecessor knows; None for all.
        recorded: what a predecessor reached on plays of before, where it cannot be asked about these: the model must
            not lie below its 95 % interval.
    """
    own = evaluation.by_listener[model][METRIC]
    if len(own) < FEWEST_LISTENERS:
        return unjudged(f"{len(own)} listeners with something new after {evaluation.split_at} are too few to tell")
    told: list[str] = []
    gain, width = mean_and_half_width(own - evaluation.by_listener[baseline][METRIC])
    is_better = gain > 0
    told.append(f"{own.mean():.4f} is {gain:+.4f} ± {width:.4f} against {baseline}")
    if predecessor is not None:
        chosen = np.ones(len(own), dtype=np.bool_) if comparable is None else comparable
        if int(chosen.sum()) >= FEWEST_LISTENERS:
            change, width = mean_and_half_width((own - evaluation.by_listener[predecessor][METRIC])[chosen])
            is_better &= change + (width or 0.0) >= 0
            told.append(f"{change:+.4f} ± {width:.4f} against the model before")
    elif recorded is not None:
        is_better &= float(own.mean()) >= recorded.value - (recorded.half_width or 0.0)
        before = f"{recorded.value:.4f} ± {recorded.half_width or 0.0:.4f}"
        told.append(f"the model before had {before} on plays of its time")
    return Verdict(bool(is_better), is_judged=True, reasons=tuple(told))
