from __future__ import annotations

import pytest

from ml.recommender.drift import FEWEST_PLAYS, Drift


@pytest.mark.parametrize(
    ("drift", "wanted"),
    [
        (Drift(learnt=10_000, since=2_000, unknown=200), False),
        (Drift(learnt=10_000, since=2_600, unknown=200), True),
        (Drift(learnt=10_000, since=1_000, unknown=501), True),
        (Drift(learnt=100, since=FEWEST_PLAYS - 1, unknown=FEWEST_PLAYS - 1), False),
        (Drift(learnt=0, since=FEWEST_PLAYS, unknown=0), True),
        (Drift(learnt=0, since=0, unknown=0), False),
    ],
)
def test_much_new_or_much_unknown_wants_a_training_and_little_says_nothing(drift: Drift, wanted: bool) -> None:
    assert drift.wants_training is wanted
