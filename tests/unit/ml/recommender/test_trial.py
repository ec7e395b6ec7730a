from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from ml.errors import EvaluationError
from ml.recommender.aligned import Aligned
from ml.recommender.evaluation import measure
from ml.recommender.gate import Recorded
from ml.recommender.lightfm_hybrid import LightFMHybrid
from ml.recommender.popularity import Popularity
from ml.recommender.trial import BEFORE, NEW, POPULARITY, InUse, try_out
from tests.unit.ml.recommender.samples import BEGIN, matrices, play, plays_table, two_camps

PLAYS, TRACKS, LISTENERS = two_camps()


def before(hours: int) -> pa.Table:
    moment = np.datetime64(BEGIN + timedelta(hours=hours), "us")
    return PLAYS.filter(pa.array(PLAYS["started_at"].to_numpy() < moment))


def in_use(hours: int) -> InUse:
    model = LightFMHybrid()
    model.fit(*matrices(before(hours), TRACKS))
    return InUse(model, BEGIN + timedelta(hours=hours), None)


def test_the_first_is_tried_on_the_last_fifth_and_published() -> None:
    trial = try_out(PLAYS, TRACKS, LISTENERS, {NEW: LightFMHybrid(), POPULARITY: Popularity()})
    assert trial.verdict.is_judged
    assert trial.verdict.is_publishable
    assert set(trial.evaluation.by_listener) == {NEW, POPULARITY}


def test_the_one_in_use_is_asked_about_what_came_after_its_training() -> None:
    trial = try_out(PLAYS, TRACKS, LISTENERS, {NEW: LightFMHybrid(), POPULARITY: Popularity()}, in_use(10))
    assert trial.evaluation.split_at == BEGIN + timedelta(hours=10)
    figures = trial.evaluation.by_listener
    # Trained alike on the same plays, they say the same.
    assert figures[BEFORE]["ndcg_at_10"].tolist() == figures[NEW]["ndcg_at_10"].tolist()
    assert trial.verdict.is_publishable


def test_a_model_that_says_nothing_is_not_published_in_its_place() -> None:
    trial = try_out(PLAYS, TRACKS, LISTENERS, {NEW: Popularity(), POPULARITY: Popularity()}, in_use(10))
    assert trial.verdict.is_judged
    assert not trial.verdict.is_publishable


def test_where_nothing_came_after_it_the_last_fifth_is_taken() -> None:
    trial = try_out(PLAYS, TRACKS, LISTENERS, {NEW: LightFMHybrid(), POPULARITY: Popularity()}, in_use(1000))
    assert BEFORE not in trial.evaluation.by_listener
    assert (
        trial.evaluation.split_at
        == try_out(PLAYS, TRACKS, LISTENERS, {NEW: Popularity(), POPULARITY: Popularity()}).evaluation.split_at
    )


def test_a_split_after_the_last_play_has_no_future() -> None:
    with pytest.raises(EvaluationError, match="no future"):
        measure(PLAYS, TRACKS, LISTENERS, {NEW: Popularity()}, split_at=BEGIN + timedelta(days=900))


def test_a_model_answers_under_other_ids_and_puts_last_what_it_does_not_know() -> None:
    model = Popularity()
    model.fit(*matrices(PLAYS, TRACKS))
    listeners, items = np.array(["aa", *model.listener_ids[:3]]), np.array(["aa", *model.item_ids[5:]])
    scores = Aligned(model, listeners, items).scores(np.array([0, 2]))
    assert scores.shape == (2, len(items))
    assert not scores[0].any()
    assert scores[1, 1:].tolist() == model.scores(np.array([1]))[0, 5:].tolist()
    assert scores[1, 0] < scores[1, 1:].min()


def test_where_few_heard_anything_new_since_the_last_fifth_decides() -> None:
    """A model worse than popularity does not come in because hardly anybody played something new of late."""
    moment = BEGIN + timedelta(hours=1000)
    again = [play(f"l{listener:02d}", first_track(listener), 1001) for listener in range(40)]
    plays = pa.concat_tables([PLAYS, plays_table(*again)])
    recent = InUse(in_use(10).model, moment, None)
    trial = try_out(plays, TRACKS, LISTENERS, {NEW: Popularity(), POPULARITY: Popularity()}, recent)
    assert trial.evaluation.split_at < moment
    assert trial.verdict.is_judged
    assert not trial.verdict.is_publishable


def first_track(listener: int) -> str:
    rows = PLAYS.filter(pa.array(np.array(PLAYS["listener_id"].to_pylist()) == f"l{listener:02d}"))
    return str(rows["track_id"][0])


def test_a_model_that_cannot_be_read_is_there_with_what_its_trial_said() -> None:
    candidates = {NEW: LightFMHybrid(), POPULARITY: Popularity()}
    lost = InUse(None, BEGIN + timedelta(hours=10), Recorded(1.0, 0.0))
    assert not try_out(PLAYS, TRACKS, LISTENERS, candidates, lost).verdict.is_publishable
