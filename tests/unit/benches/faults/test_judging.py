from __future__ import annotations

import pytest

from benches.faults.judging import KILL, Outcome, figures_of, is_told, outcome
from benches.faults.looking import Gold

UNDISTURBED = Gold({"dim_date": (2, 7), "fct_plays": (2, 5)}, frozenset({"a", "b"}))


def judged(gold: Gold = UNDISTURBED, *, kind: str = KILL, code: int = 0, told: bool | None = True) -> Outcome:
    leaked = ["lock command.lock"] if kind == "leaky" else []
    return outcome(kind, "again", code=code, gold=gold, undisturbed=UNDISTURBED, leaked=leaked, told=told)


def test_the_same_gold_after_a_command_that_ended_well_is_recovered() -> None:
    assert judged().is_recovered


@pytest.mark.parametrize(
    ("gold", "differs", "lost"),
    [
        (Gold({"dim_date": (2, 8), "fct_plays": (2, 5)}, frozenset({"a", "b"})), ("dim_date",), 0),
        (Gold({"fct_plays": (1, 4)}, frozenset({"a"})), ("dim_date", "fct_plays"), 1),
        (Gold({}, frozenset()), ("dim_date", "fct_plays"), 2),
        # What an undisturbed home does not have is a difference, though nothing is lost.
        (Gold({**UNDISTURBED.fingerprints, "more": (0, 0)}, frozenset({"a", "b", "c"})), ("more",), 0),
    ],
)
def test_what_differs_and_what_is_lost_are_told_apart(gold: Gold, differs: tuple[str, ...], lost: int) -> None:
    found = judged(gold)
    assert (found.differs, found.lost, found.is_recovered) == (differs, lost, False)


def test_a_command_that_failed_recovers_nothing() -> None:
    assert not judged(code=1).is_recovered


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("tunegenie: the disk is full: make room", True),
        ("the disk is full", False),
        ("tunegenie: something else\nthe disk is full", False),
        ("Traceback (most recent call last)\ntunegenie: the disk is full", False),
        ("", False),
    ],
)
def test_a_line_for_a_person_tells_and_a_traceback_does_not(said: str, told: bool) -> None:
    assert is_told(said, "the disk is full") is told


def test_figures_count_every_home() -> None:
    broken = Gold({}, frozenset({"a"}))
    outcomes = [judged(), judged(broken), judged(kind="leaky", told=None), judged(kind="full", code=1, told=False)]
    assert figures_of(outcomes, skipped=3) == {
        "kills": 2,
        "equal_after_restart": 1,
        "equal_share": 0.75,
        "lost": 1,
        "leaked": 1,
        "faults": 4,
        "fault_kinds": 3,
        "recovered_share": 0.5,
        "told_share": 2 / 3,
        "one_command_share": 0.75,
        "skipped": 3,
    }
