"""A new recommender before it is published: evaluated on a temporal split beside the baselines and the one in use.

The split is the moment up to which the one in use was trained, so that neither saw what is asked; where too little
came after it, the first four fifths are learnt from, and of the one in use there is only what its own trial said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from ml.errors import EvaluationError
from ml.recommender.evaluation import Evaluation, measure
from ml.recommender.gate import FEWEST_LISTENERS, Recorded, Verdict, judge
from ml.recommender.interactions import trainable_plays
from ml.recommender.protocol import Candidate

NEW, POPULARITY, BEFORE = "published", "popularity", "model_before"


@dataclass(frozen=True)
class InUse:
    """The recommender that is published now."""

    model: Candidate | None
    """None where it cannot be read any more: then there is what its own trial said."""
    trained_until: datetime
    """Plays from here on (UTC) it has not seen."""
    recorded: Recorded | None
    """What its own trial said."""


@dataclass(frozen=True)
class Trial:
    evaluation: Evaluation
    verdict: Verdict


def try_out(
    plays: pa.Table,
    tracks: pa.Table,
    listeners: pa.Table,
    candidates: Mapping[str, Candidate],
    in_use: InUse | None = None,
    *,
    shares: pa.Table | None = None,
) -> Trial:
    """The figures of all `candidates`, among them NEW and POPULARITY, and whether NEW may be published.

    Args:
        plays: listener_id, track_id, started_at (UTC), ms_played, duration_ms, skipped, license_class.
        tracks: dim_track, one row per recording.
        listeners: listener_id, is_simulated.
        candidates: they are fitted here.
        in_use: the one to compare with, None for the first.
        shares: GENRE_SHARES, the genres of artists.

    Raises:
        EvaluationError: the plays cannot be split, or nobody has a past and something relevant.
        NoInteractionsError: no play may be learnt from.
    """
    if in_use is not None and in_use.model is not None:
        trial = _beside(in_use.model, in_use.trained_until, plays, tracks, listeners, candidates, shares)
        if trial is not None and trial.verdict.is_judged:
            return trial
    evaluation = measure(plays, tracks, listeners, candidates, shares=shares)
    recorded = in_use.recorded if in_use else None
    return Trial(evaluation, judge(evaluation, NEW, baseline=POPULARITY, recorded=recorded))


def _beside(  # noqa: PLR0917  # as those of try_out
    model: Candidate,
    trained_until: datetime,
    plays: pa.Table,
    tracks: pa.Table,
    listeners: pa.Table,
    candidates: Mapping[str, Candidate],
    shares: pa.Table | None,
) -> Trial | None:
    """On what came after the training of the one in use; None where too little did."""
    if _listeners_on_both_sides(plays, trained_until) < FEWEST_LISTENERS:
        return None
    try:
        evaluation = measure(
            plays,
            tracks,
            listeners,
            candidates,
            fitted={BEFORE: model},
            split_at=trained_until,
            shares=shares,
        )
    except EvaluationError:
        return None
    knows = np.isin(evaluation.listener_ids, model.listener_ids)
    return Trial(evaluation, judge(evaluation, NEW, baseline=POPULARITY, predecessor=BEFORE, comparable=knows))


def _listeners_on_both_sides(plays: pa.Table, moment: datetime) -> int:
    allowed = trainable_plays(plays)
    is_past = allowed["started_at"].to_numpy() < np.datetime64(moment, "us")
    past, future = (
        set(allowed["listener_id"].filter(pa.array(side)).unique().to_pylist()) for side in (is_past, ~is_past)
    )
    return len(past & future)
