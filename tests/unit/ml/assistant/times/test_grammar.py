"""Times of questions, read on the days when periods turn as on any other."""

from __future__ import annotations

from datetime import date

import pytest

from ml.assistant.times.grammar import read_times
from tests.unit.ml.assistant.times.asking import (
    END_OF_MARCH,
    LEAP_DAY,
    MONDAY,
    NEW_YEAR,
    SUNDAY,
    WEDNESDAY,
    read,
)
from tests.unit.ml.assistant.times.on_a_wednesday import ON_A_WEDNESDAY


@pytest.mark.parametrize(("question", "expected"), ON_A_WEDNESDAY.items())
def test_times_asked_on_a_wednesday(question: str, expected: str) -> None:
    assert read(question) == [expected]


@pytest.mark.parametrize(
    ("as_of", "question", "expected"),
    [
        (LEAP_DAY, "a year ago today", "2023-02-28"),
        (LEAP_DAY, "this day last year", "2023-02-28"),
        (LEAP_DAY, "today", "2024-02-29"),
        (LEAP_DAY, "last month", "2024-01-01 to 2024-01-31"),
        (LEAP_DAY, "the past month", "2024-01-30 to 2024-02-29"),
        (LEAP_DAY, "the past year", "2023-03-01 to 2024-02-29"),
        (LEAP_DAY, "this winter", "2023-12-01 to 2024-02-29"),
        (LEAP_DAY, "last winter", "2022-12-01 to 2023-02-28"),
        (LEAP_DAY, "on 29 february", "2020-02-29"),
        (LEAP_DAY, "in february", "2024-02-01 to 2024-02-29"),
        (NEW_YEAR, "this year", "2026-01-01"),
        (NEW_YEAR, "last year", "2025-01-01 to 2025-12-31"),
        (NEW_YEAR, "yesterday", "2025-12-31"),
        (NEW_YEAR, "this week", "2025-12-29 to 2026-01-01"),
        (NEW_YEAR, "last quarter", "2025-10-01 to 2025-12-31"),
        (NEW_YEAR, "in january", "2025-01-01 to 2025-01-31"),
        (NEW_YEAR, "on new year's day", "2025-01-01"),
        (NEW_YEAR, "on new year's eve", "2025-12-31"),
        (NEW_YEAR, "this winter", "2025-12-01 to 2026-01-01"),
        (NEW_YEAR, "last summer", "2025-06-01 to 2025-08-31"),
        (NEW_YEAR, "last month", "2025-12-01 to 2025-12-31"),
        (SUNDAY, "this week", "2026-11-09 to 2026-11-15"),
        (SUNDAY, "last week", "2026-11-02 to 2026-11-08"),
        (SUNDAY, "this weekend", "2026-11-14 to 2026-11-15"),
        (SUNDAY, "last weekend", "2026-11-07 to 2026-11-08"),
        (SUNDAY, "on sunday", "2026-11-08"),
        (SUNDAY, "last saturday", "2026-11-14"),
        (date(2026, 11, 14), "this weekend", "2026-11-14"),
        (MONDAY, "this week", "2026-11-16"),
        (MONDAY, "last weekend", "2026-11-14 to 2026-11-15"),
        (MONDAY, "the last 2 weekends", "2026-11-07 to 2026-11-15; is_weekend True"),
        (MONDAY, "on monday", "2026-11-09"),
        (MONDAY, "the past week", "2026-11-10 to 2026-11-16"),
        (END_OF_MARCH, "last month", "2026-02-01 to 2026-02-28"),
        (END_OF_MARCH, "the past month", "2026-03-01 to 2026-03-31"),
        (END_OF_MARCH, "the last 3 months", "2026-01-01 to 2026-03-31"),
        (END_OF_MARCH, "a month ago", "2026-02-01 to 2026-02-28"),
        (END_OF_MARCH, "a month ago today", "2026-02-28"),
        (END_OF_MARCH, "this quarter", "2026-01-01 to 2026-03-31"),
        (END_OF_MARCH, "on the 30th", "2026-03-30"),
        (END_OF_MARCH, "on the 31st", "2026-01-31"),
        (END_OF_MARCH, "last march", "2025-03-01 to 2025-03-31"),
        (date(2026, 7, 15), "last summer", "2025-06-01 to 2025-08-31"),
        (date(2026, 7, 15), "this summer", "2026-06-01 to 2026-07-15"),
        (date(2026, 12, 25), "on christmas", "2025-12-25"),
    ],
)
def test_times_asked_at_the_turn_of_periods(as_of: date, question: str, expected: str) -> None:
    assert read(question, as_of) == [expected]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("my top songs in the mornings of march 2024", ["time_of_day morning", "2024-03-01 to 2024-03-31"]),
        ("plays on weekends last summer", ["is_weekend True", "2026-06-01 to 2026-08-31"]),
        ("every month in 2023", ["by month", "2023-01-01 to 2023-12-31"]),
        ("what did i play on the 5th with radiohead", ["2026-11-05"]),
        ("fridays in 2024", ["iso_weekday 5", "2024-01-01 to 2024-12-31"]),
        ("2019 vs 2020", ["2019-01-01 to 2019-12-31", "2020-01-01 to 2020-12-31"]),
        ("compare 2019 with 2020", ["2019-01-01 to 2019-12-31", "2020-01-01 to 2020-12-31"]),
        ("the difference between 2019 and 2020", ["2019-01-01 to 2019-12-31", "2020-01-01 to 2020-12-31"]),
        ("did i play more in 2019 or 2020", ["2019-01-01 to 2019-12-31", "2020-01-01 to 2020-12-31"]),
        ("q1 vs q2 2020", ["2020-01-01 to 2020-03-31", "2020-04-01 to 2020-06-30"]),
        ("in 2017 and 2019", ["2017-01-01 to 2017-12-31", "2019-01-01 to 2019-12-31"]),
        ("more on weekends than on weekdays", ["is_weekend True", "is_weekend False"]),
        ("this month than the month before", ["2026-11-01 to 2026-11-18", "2026-10-01 to 2026-10-31; before"]),
        ("the last 5 years by year", ["2021-11-19 to 2026-11-18", "by year"]),
        (
            "songs released in 1999 i played in 2020",
            ["release_year >= 1999; release_year <= 1999", "2020-01-01 to 2020-12-31"],
        ),
    ],
)
def test_several_times_of_one_question(question: str, expected: list[str]) -> None:
    assert read(question) == expected


def test_a_phrase_covers_its_preposition_and_its_label_does_without() -> None:
    text = "who was my top artist  in   March 2024, by week?"
    first, second = read_times(text, as_of=WEDNESDAY).phrases
    assert (first.words, second.words) == ("in   March 2024", "by week")
    assert text[first.start : first.end] == first.words
    assert first.window is not None
    assert first.window.label == "March 2024"
    since = read_times("since march", as_of=WEDNESDAY).phrases[0].window
    assert since is not None
    assert since.label == "since march"
