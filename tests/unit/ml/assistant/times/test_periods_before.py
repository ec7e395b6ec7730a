"""The period before the one that a question names."""

from __future__ import annotations

from datetime import date

import pytest

from ml.assistant.query import Window
from ml.assistant.times.grammar import TimePhrase, period_before, read_times
from ml.errors import TimesError
from tests.unit.ml.assistant.times.asking import (
    END_OF_MARCH,
    MONDAY,
    WEDNESDAY,
    told,
)


@pytest.mark.parametrize(
    ("question", "words", "expected"),
    [
        ("in march 2024", None, "2024-02-01 to 2024-02-29"),
        ("in march 2024", "the year before", "2023-03-01 to 2023-03-31"),
        ("in march 2024", "the month before", "2024-02-01 to 2024-02-29"),
        ("in 2024", "the year before", "2023-01-01 to 2023-12-31"),
        ("in 2024", "the month before", "2023-12-01 to 2023-12-31"),
        ("q1 2024", None, "2023-10-01 to 2023-12-31"),
        ("winter 2024", None, "2023-09-01 to 2023-11-30"),
        ("winter 2024", "the year before", "2022-12-01 to 2023-02-28"),
        ("first half of 2024", None, "2023-07-01 to 2023-12-31"),
        ("last week", None, "2026-11-02 to 2026-11-08"),
        ("last week", "the year before", "2025-11-10 to 2025-11-16"),
        ("last weekend", None, "2026-11-07 to 2026-11-08"),
        ("the last 3 weekends", None, "2026-10-10 to 2026-10-25"),
        ("the last 3 full months", None, "2026-05-01 to 2026-07-31"),
        ("yesterday", None, "2026-11-16"),
        ("yesterday", "the week before", "2026-11-10"),
        ("on 5 march 2021", "the year before", "2020-03-05"),
        ("the last 7 days", None, "2026-11-05 to 2026-11-11"),
        ("the last 7 days", "the last 7 days", "2026-11-05 to 2026-11-11"),
        ("the last 3 months", None, "2026-05-19 to 2026-08-18"),
        ("since 5 may 2026", None, "2025-10-19 to 2026-05-04"),
        ("since november", None, "2026-10-14 to 2026-10-31"),
        # Still running: as many days of the period before.
        ("today", None, "2026-11-17"),
        ("this week", None, "2026-11-09 to 2026-11-11"),
        ("this month", None, "2026-10-01 to 2026-10-18"),
        ("this month", "last year", "2025-11-01 to 2025-11-18"),
        ("in november", None, "2026-10-01 to 2026-10-18"),
        ("this quarter", None, "2026-07-01 to 2026-08-18"),
        ("this year", None, "2025-01-01 to 2025-11-18"),
        ("in 2026", "the year before", "2025-01-01 to 2025-11-18"),
    ],
)
def test_the_period_before(question: str, words: str | None, expected: str) -> None:
    window = read_times(question, as_of=WEDNESDAY).phrases[0].window
    assert window is not None
    before = period_before(window, words, WEDNESDAY)
    assert told(TimePhrase(0, 0, "", before)) == expected


@pytest.mark.parametrize(
    ("as_of", "question", "expected"),
    [
        (date(2026, 1, 15), "this year", "2025-01-01 to 2025-01-15"),
        (date(2026, 1, 15), "this month", "2025-12-01 to 2025-12-15"),
        (date(2026, 1, 15), "this quarter", "2025-10-01 to 2025-10-15"),
        (MONDAY, "this week", "2026-11-09"),
        (MONDAY, "today", "2026-11-15"),
        (END_OF_MARCH, "this month", "2026-02-01 to 2026-02-28"),
        (date(2026, 4, 30), "the last 30 days", "2026-03-02 to 2026-03-31"),
    ],
)
def test_the_period_before_one_that_has_just_begun(as_of: date, question: str, expected: str) -> None:
    window = read_times(question, as_of=as_of).phrases[0].window
    assert window is not None
    assert told(TimePhrase(0, 0, "", period_before(window, None, as_of))) == expected


def test_nothing_is_before_the_whole_history() -> None:
    with pytest.raises(TimesError, match="whole history"):
        period_before(Window(), None, WEDNESDAY)
    with pytest.raises(TimesError, match="future"):
        period_before(Window(start=date(2027, 1, 1)), None, WEDNESDAY)
