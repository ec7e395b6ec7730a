"""Times in questions mean what docs/questions.md says, on whatever day they are asked."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.assistant.query import Grain, Operator, Window
from ml.assistant.times.grammar import LONGEST_QUESTION, TimePhrase, combined, period_before, read_times
from ml.errors import TimesError

WEDNESDAY = date(2026, 11, 18)
LEAP_DAY = date(2024, 2, 29)
NEW_YEAR = date(2026, 1, 1)
SUNDAY = date(2026, 11, 15)
MONDAY = date(2026, 11, 16)
END_OF_MARCH = date(2026, 3, 31)
ONE_DAY = timedelta(days=1)


def told(phrase: TimePhrase) -> str:
    """A phrase in short: first and last date, filters, grain, such as `2026-11-14 to 2026-11-15; is_weekend True`."""
    parts: list[str] = []
    if phrase.window is not None:
        start, end = phrase.window.start, phrase.window.end
        first = "…" if start is None else start.isoformat()
        last = "…" if end is None else (end - ONE_DAY).isoformat()
        parts.append(first if first == last != "…" else f"{first} to {last}")
    for one in phrase.filters:
        operator = "" if one.operator is Operator.IN else f"{one.operator} "
        parts.append(f"{one.dimension.split('__')[1]} {operator}{','.join(str(value) for value in one.values)}")
    if phrase.grain is not None:
        parts.append(f"by {phrase.grain}")
    if phrase.is_relative_before:
        parts.append("before")
    return "; ".join(parts)


def read(text: str, as_of: date = WEDNESDAY) -> list[str]:
    times = read_times(text, as_of=as_of)
    return [told(phrase) for phrase in times.phrases] + ([f"refused: {times.refused}"] if times.refused else [])


# What the table of docs/questions.md promises, asked on Wednesday 18 November 2026.
ON_A_WEDNESDAY = {
    "today": "2026-11-18",
    "yesterday": "2026-11-17",
    "the day before yesterday": "2026-11-16",
    "this week": "2026-11-16 to 2026-11-18",
    "this month": "2026-11-01 to 2026-11-18",
    "this quarter": "2026-10-01 to 2026-11-18",
    "this year": "2026-01-01 to 2026-11-18",
    "this year so far": "2026-01-01 to 2026-11-18",
    "so far this year": "2026-01-01 to 2026-11-18",
    "this decade": "2020-01-01 to 2026-11-18",
    "ytd": "2026-01-01 to 2026-11-18",
    "month to date": "2026-11-01 to 2026-11-18",
    "earlier this week": "2026-11-16 to 2026-11-18",
    "last week": "2026-11-09 to 2026-11-15",
    "last month": "2026-10-01 to 2026-10-31",
    "in the last month": "2026-10-01 to 2026-10-31",
    "last quarter": "2026-07-01 to 2026-09-30",
    "last year": "2025-01-01 to 2025-12-31",
    "last decade": "2010-01-01 to 2019-12-31",
    "the week before last": "2026-11-02 to 2026-11-08",
    "the year before last": "2024-01-01 to 2024-12-31",
    "the previous month": "2026-10-01 to 2026-10-31; before",
    "than the year before": "2025-01-01 to 2025-12-31; before",
    "the week before": "2026-11-09 to 2026-11-15; before",
    "the same month last year": "2025-11-01 to 2025-11-30; before",
    "this time last year": "2025-01-01 to 2025-11-18; before",
    # Rolling
    "the last 7 days": "2026-11-12 to 2026-11-18",
    "in the past week": "2026-11-12 to 2026-11-18",
    "the last 3 weeks": "2026-10-29 to 2026-11-18",
    "past three months": "2026-08-19 to 2026-11-18",
    "over the last couple of weeks": "2026-11-05 to 2026-11-18",
    "in the last few months": "2026-08-19 to 2026-11-18",
    "last dozen weeks": "2026-08-27 to 2026-11-18",
    "the past fortnight": "2026-11-05 to 2026-11-18",
    "the last half year": "2026-05-19 to 2026-11-18",
    "the past year and a half": "2025-05-19 to 2026-11-18",
    "the past month": "2026-10-19 to 2026-11-18",
    "over the past year": "2025-11-19 to 2026-11-18",
    "last 2 years": "2024-11-19 to 2026-11-18",
    "last 2 quarters": "2026-05-19 to 2026-11-18",
    "the last 3 full months": "2026-08-01 to 2026-10-31",
    "lately": "2026-10-20 to 2026-11-18",
    "recently": "2026-10-20 to 2026-11-18",
    "these days": "2026-10-20 to 2026-11-18",
    "artists i have not heard in 6 months": "2026-05-19 to 2026-11-18",
    # Weekends and days of the week
    "last weekend": "2026-11-14 to 2026-11-15",
    "over the last 3 weekends": "2026-10-31 to 2026-11-15; is_weekend True",
    "2 weekends ago": "2026-11-07 to 2026-11-08",
    "on weekends": "is_weekend True",
    "at the weekend": "is_weekend True",
    "on weekdays": "is_weekend False",
    "during the week": "is_weekend False",
    "on mondays": "iso_weekday 1",
    "every friday": "iso_weekday 5",
    "on a sunday": "iso_weekday 7",
    "on mondays and fridays": "iso_weekday 1,5",
    "from monday to friday": "iso_weekday 1,2,3,4,5",
    "on monday": "2026-11-16",
    "last monday": "2026-11-16",
    "on wednesday": "2026-11-11",
    "on thursday": "2026-11-12",
    "on thursday last week": "2026-11-12",
    "on tuesday this week": "2026-11-17",
    # Months, quarters, parts of years
    "in march": "2026-03-01 to 2026-03-31",
    "last march": "2026-03-01 to 2026-03-31",
    "in november": "2026-11-01 to 2026-11-18",
    "last november": "2025-11-01 to 2025-11-30",
    "in december": "2025-12-01 to 2025-12-31",
    "in may": "2026-05-01 to 2026-05-31",
    "in march 2016": "2016-03-01 to 2016-03-31",
    "march last year": "2025-03-01 to 2025-03-31",
    "in march '24": "2024-03-01 to 2024-03-31",
    "top songs jan. 2020": "2020-01-01 to 2020-01-31",
    "last sept": "2026-09-01 to 2026-09-30",
    "in febuary 2020": "2020-02-01 to 2020-02-29",
    "2016-03": "2016-03-01 to 2016-03-31",
    "03/2020": "2020-03-01 to 2020-03-31",
    "in march and april 2020": "2020-03-01 to 2020-04-30",
    "in december 2019 and january 2020": "2019-12-01 to 2020-01-31",
    "q3 2019": "2019-07-01 to 2019-09-30",
    "2019 q3": "2019-07-01 to 2019-09-30",
    "q3": "2026-07-01 to 2026-09-30",
    "third quarter of 2019": "2019-07-01 to 2019-09-30",
    "in the last quarter of 2019": "2019-10-01 to 2019-12-31",
    "h1 2019": "2019-01-01 to 2019-06-30",
    "first half of 2019": "2019-01-01 to 2019-06-30",
    "second half of last year": "2025-07-01 to 2025-12-31",
    "early 2019": "2019-01-01 to 2019-04-30",
    "mid-2019": "2019-05-01 to 2019-08-31",
    "late 2019": "2019-09-01 to 2019-12-31",
    "at the end of last year": "2025-09-01 to 2025-12-31",
    "the beginning of the year": "2026-01-01 to 2026-04-30",
    "early march 2020": "2020-03-01 to 2020-03-10",
    "first week of march 2020": "2020-03-01 to 2020-03-07",
    "the last weekend of october": "2026-10-31 to 2026-11-01",
    "first weekend of march 2020": "2020-03-07 to 2020-03-08",
    "last friday of 2019": "2019-12-27",
    "first 3 months of 2020": "2020-01-01 to 2020-03-31",
    "the last day of 2019": "2019-12-31",
    "week 12 of 2020": "2020-03-16 to 2020-03-22",
    "2020-w12": "2020-03-16 to 2020-03-22",
    "the week of 5 march 2020": "2020-03-02 to 2020-03-08",
    # Years
    "2016": "2016-01-01 to 2016-12-31",
    "in 2016": "2016-01-01 to 2016-12-31",
    "in the year 2016": "2016-01-01 to 2016-12-31",
    "in '19": "2019-01-01 to 2019-12-31",
    "top artists 2019": "2019-01-01 to 2019-12-31",
    "2026": "2026-01-01 to 2026-11-18",
    "in the 2010s": "2010-01-01 to 2019-12-31",
    "in the early 2010s": "2010-01-01 to 2013-12-31",
    "in 2019 and 2020": "2019-01-01 to 2020-12-31",
    # Dates
    "on 5 march 2016": "2016-03-05",
    "march 5th, 2016": "2016-03-05",
    "5th of march": "2026-03-05",
    "on the fifth of march": "2026-03-05",
    "on the 5th": "2026-11-05",
    "on the 20th": "2026-10-20",
    "thursday, 5 march 2020": "2020-03-05",
    "2016-03-05": "2016-03-05",
    "25/12/2020": "2020-12-25",
    "12/25/2020": "2020-12-25",
    "03/03/2020": "2020-03-03",
    "5.3.2019": "2019-03-05",
    "on 29 february": "2024-02-29",
    # Since, before, between
    "since march": "2026-03-01 to 2026-11-18",
    "since 2020": "2020-01-01 to 2026-11-18",
    "ever since 2020": "2020-01-01 to 2026-11-18",
    "since 5 may 2021": "2021-05-05 to 2026-11-18",
    "since last christmas": "2025-12-25 to 2026-11-18",
    "since 3 months ago": "2026-08-19 to 2026-11-18",
    "from 2018 on": "2018-01-01 to 2026-11-18",
    "from 2018 to today": "2018-01-01 to 2026-11-18",
    "before 2020": "… to 2019-12-31",
    "before the end of 2019": "… to 2019-12-31",
    "until march 2021": "… to 2021-03-31",
    "by 2019": "… to 2019-12-31",
    "until the start of 2020": "… to 2019-12-31",
    "more than 2 years ago": "… to 2024-11-18",
    "after 2020": "2021-01-01 to 2026-11-18",
    "after march": "2026-04-01 to 2026-11-18",
    "between 2016 and 2018": "2016-01-01 to 2018-12-31",
    "2016-2018": "2016-01-01 to 2018-12-31",
    "2016\u20132018": "2016-01-01 to 2018-12-31",
    "2016-18": "2016-01-01 to 2018-12-31",
    "from march to may 2020": "2020-03-01 to 2020-05-31",
    "from november to february 2020": "2019-11-01 to 2020-02-29",
    "from november to february": "2025-11-01 to 2026-02-28",
    "from january 2020 until march 2021": "2020-01-01 to 2021-03-31",
    "from 5 to 10 march 2020": "2020-03-05 to 2020-03-10",
    "march 5-10, 2020": "2020-03-05 to 2020-03-10",
    "between christmas and new year's eve 2019": "2019-12-25 to 2019-12-31",
    "the year before 2020": "2019-01-01 to 2019-12-31",
    "the week before christmas": "2025-12-18 to 2025-12-24",
    # Seasons and holidays
    "summer of 2024": "2024-06-01 to 2024-08-31",
    "summer '24": "2024-06-01 to 2024-08-31",
    "summer 24": "2024-06-01 to 2024-08-31",
    "last summer": "2026-06-01 to 2026-08-31",
    "LAST  Summer": "2026-06-01 to 2026-08-31",
    "last summer\u2019s top song": "2026-06-01 to 2026-08-31",
    "this summer": "2026-06-01 to 2026-08-31",
    "the summer before last": "2025-06-01 to 2025-08-31",
    "last fall": "2025-09-01 to 2025-11-30",
    "this fall": "2026-09-01 to 2026-11-18",
    "in the fall of 2020": "2020-09-01 to 2020-11-30",
    "winter 2024": "2023-12-01 to 2024-02-29",
    "winter 2023/24": "2023-12-01 to 2024-02-29",
    "last winter": "2025-12-01 to 2026-02-28",
    "late last summer": "2026-08-01 to 2026-08-31",
    "on new year's eve": "2025-12-31",
    "new year's day 2020": "2020-01-01",
    "christmas 2020": "2020-12-25",
    "last christmas": "2025-12-25",
    "on halloween": "2026-10-31",
    "on valentine's day 2019": "2019-02-14",
    # Ago
    "a year ago": "2025-01-01 to 2025-12-31",
    "3 months ago": "2026-08-01 to 2026-08-31",
    "two weeks ago": "2026-11-02 to 2026-11-08",
    "10 days ago": "2026-11-08",
    "a year ago today": "2025-11-18",
    "this day last year": "2025-11-18",
    # Whole history
    "of all time": "… to …",
    "have i ever heard adele": "… to …",
    "since the beginning": "… to …",
    "until now": "… to 2026-11-18",
    # Parts of the day and hours
    "in the mornings": "time_of_day morning",
    "in the morning": "time_of_day morning",
    "first thing in the morning": "time_of_day morning",
    "afternoons": "time_of_day afternoon",
    "every evening": "time_of_day evening",
    "at night": "time_of_day night",
    "late at night": "time_of_day night",
    "in the mornings and evenings": "time_of_day morning,evening",
    "on friday nights": "iso_weekday 5; time_of_day night",
    "on weekend mornings": "is_weekend True; time_of_day morning",
    "last night": "2026-11-18; time_of_day night",
    "tonight": "2026-11-18; time_of_day evening",
    "yesterday evening": "2026-11-17; time_of_day evening",
    "on monday morning": "2026-11-16; time_of_day morning",
    "on the evening of 5 march 2020": "2020-03-05; time_of_day evening",
    "between 6 and 9 am": "local_hour 6,7,8",
    "between 6 and 9 in the evening": "local_hour 18,19,20",
    "between 11 and 1 pm": "local_hour 11,12",
    "from 10 pm to 2 am": "local_hour 0,1,22,23",
    "between 10 pm and midnight": "local_hour 22,23",
    "between 18:00 and 20:00": "local_hour 18,19",
    "after 10pm": "local_hour 22,23",
    "after midnight": "local_hour 0,1,2,3,4,5",
    "before 8 a.m.": "local_hour 0,1,2,3,4,5,6,7",
    "at 7 am": "local_hour 7",
    "at 12 am": "local_hour 0",
    "at noon": "local_hour 12",
    "at lunch": "local_hour 12",
    # Months and seasons of any year
    "every december": "month_name December",
    "in march of every year": "month_name March",
    "every summer": "season summer",
    "each fall": "season autumn",
    # Release
    "songs from the 80s": "release_decade 1980",
    "songs from the '80s": "release_decade 1980",
    "from the eighties": "release_decade 1980",
    "90s music": "release_decade 1990",
    "from the 80s and 90s": "release_decade 1980,1990",
    "2010s music": "release_decade 2010",
    "early 90s hits": "release_year >= 1990; release_year <= 1993",
    "between the 70s and the 90s": "release_year >= 1970; release_year <= 1999",
    "released in 1999": "release_year >= 1999; release_year <= 1999",
    "released this year": "release_year >= 2026; release_year <= 2026",
    "that came out before 1990": "release_year <= 1989",
    "released since 2010": "release_year >= 2010",
    "released between 1990 and 1995": "release_year >= 1990; release_year <= 1995",
    "songs from 1985": "release_year >= 1985; release_year <= 1985",
    "songs from 2019": "2019-01-01 to 2019-12-31",
    # Grains
    "per month": "by month",
    "monthly": "by month",
    "by date": "by day",
    "each day": "by day",
    "every week": "by week",
    "quarterly": "by quarter",
    "year over year": "by year",
    "on a weekly basis": "by week",
    "over time": "by month",
    "over the years": "by year",
    "how many minutes a day": "by day",
}


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


@pytest.mark.parametrize(
    "question",
    [
        'how often did i play "1999" by prince',
        "how often did i play 1999",
        "how many times have i heard yesterday",
        "how many times have i heard yesterday by the beatles",
        "play yesterday by the beatles",
        "how often did i play last christmas",
        "my plays of “last summer”",
        "the song called today",
        "'99 problems' by jay-z",
        "songs by the 1975",
        "november rain",
        "september by earth wind and fire",
        "of fall out boy",
        "summer of 69",
        "summer of '69",
        "boys of summer",
        "30 seconds to mars",
        "5 seconds of summer",
        "blue monday",
        "happy mondays",
        "saturday night fever",
        "avril lavigne in avril",
        "what matches my taste",
        "may i see the songs i may like",
        "march of the penguins",
        "my second most played song",
        "the most recently played song",
        "my top 2016 songs",
        "by day of the week",
        "by month of the year",
        "by year of release",
        "what should i play next",
        "3 days in a row",
        "in 19",
        "",
    ],
)
def test_what_is_no_time(question: str) -> None:
    assert read(question) == []


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("on my birthday", "my birthday"),
        ("what did i play when i lived in rome", "when i lived"),
        ("since my breakup", "my breakup"),
        ("during my twenties", "my twenties"),
        ("before i moved", "i moved"),
        ("during the lockdown", "lockdown"),
        ("on thanksgiving", "differs by year or country"),
        ("next week", "future"),
        ("tomorrow", "future"),
        ("in 2027", "future"),
        ("this december", "future"),
        ("this weekend", "future"),
        ("since 2030", "future"),
        ("after today", "future"),
        ("on 30 february", "no date"),
        ("on 29 february 2023", "no date"),
        ("2020-13-01", "no date"),
        ("q5 2019", "no date"),
        ("monday, 5 march 2020", "no Monday"),
        ("03/04/2020", "2020-04-03 or 2020-03-04"),
        ("between 2018 and 2016", "cannot end"),
        ("the sixth week of march 2020", "no such part"),
        ("last 24 hours", "cannot be told by dates"),
        ("a few days ago", "no exact time"),
        ("the other day", "no exact time"),
        ("in the last several months", "no exact time"),
        ("2023/24", "no period"),
        ("5000 years ago", "no date"),
        ("the last 9999 years", "no time that can be counted"),
        ("at 7 o'clock", "am or pm"),
        ("at 7:30 am", "whole hours"),
        ("at 25:00", "24 hours"),
        ("at dinner", "hours of"),
        ("before midnight", "from which hour"),
        ("released in march 2020", "only the year"),
        ("x" * (LONGEST_QUESTION + 1), "at most 2,000 characters"),
    ],
)
def test_times_that_cannot_be_used_say_why(question: str, reason: str) -> None:
    times = read_times(question, as_of=WEDNESDAY)
    assert reason in times.refused
    assert times.phrases == ()


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


def phrases_of(text: str) -> tuple[TimePhrase, ...]:
    return read_times(text, as_of=WEDNESDAY).phrases


def test_times_of_one_question_hold_together() -> None:
    window, filters, grain = combined(phrases_of("on weekends in the mornings of march 2024 by week"))
    assert (window.start, window.end) == (date(2024, 3, 1), date(2024, 4, 1))
    assert [one.dimension for one in filters] == ["date__is_weekend", "play__time_of_day"]
    assert grain is Grain.WEEK
    since_and_until = combined(phrases_of("since march 2020, until may 2021"))[0]
    assert (since_and_until.start, since_and_until.end) == (date(2020, 3, 1), date(2021, 6, 1))
    assert combined(()) == (Window(), (), None)


@pytest.mark.parametrize(
    "question",
    [
        "in 2017 and 2019",
        "before 2018, since 2020",
        "on mondays at 7 am on fridays",
        "on weekends at 7 am on mondays",
        "at 7 am in the evenings",
        "by month, by year",
    ],
)
def test_times_that_cannot_all_hold_are_told(question: str) -> None:
    with pytest.raises(TimesError):
        combined(phrases_of(question))


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


DAYS = st.dates(date(2005, 1, 1), date(2100, 12, 31))
TIME_WORDS = st.sampled_from(
    re.split(
        " ",
        "in on at of for from since until before after between and to by the last this next past previous every each "
        "a an few couple 1 2 3 12 29 30 31 99 2019 2020 '24 80s 2010s 9999 2020-02-30 03/04/2020 2020-03 7:30 am pm h "
        "midnight january february march may june monday fridays weekend weekends summer fall winter christmas q 3 "
        "quarter half week month fortnight year years days ago today yesterday tomorrow morning nights first second "
        "early mid late end start beginning released 1999 vs than , . - / ? \" ' my birthday i was when so far ever "
        "recently week of new year's eve",
    )
)
QUESTIONS = st.one_of(st.text(max_size=80), st.lists(TIME_WORDS, max_size=14).map(" ".join))


@given(text=QUESTIONS, as_of=DAYS)
def test_any_text_is_read(text: str, as_of: date) -> None:
    times = read_times(text, as_of=as_of)
    assert times == read_times(text, as_of=as_of)
    place = 0
    for phrase in times.phrases:
        assert place <= phrase.start < phrase.end <= len(text)
        assert text[phrase.start : phrase.end] == phrase.words
        place = phrase.end
        assert phrase.window or phrase.filters or phrase.grain
        if phrase.window is not None and phrase.window.start is not None:
            assert phrase.window.end is not None
            assert phrase.window.start < phrase.window.end <= as_of + ONE_DAY


@given(text=QUESTIONS, as_of=DAYS)
def test_the_period_before_ends_before_the_window_does(text: str, as_of: date) -> None:
    for phrase in read_times(text, as_of=as_of).phrases:
        if phrase.window is None or phrase.window.start is None:
            continue
        for words in (None, "the year before", "the month before", "the day before"):
            try:
                before = period_before(phrase.window, words, as_of)
            except TimesError:
                continue
            assert before.start is not None
            assert before.end is not None
            assert phrase.window.end is not None
            assert before.start < phrase.window.start
            assert before.end < phrase.window.end


@given(as_of=DAYS)
def test_last_month_is_the_month_before(as_of: date) -> None:
    window = read_times("last month", as_of=as_of).phrases[0].window
    assert window is not None
    assert window.start is not None
    assert window.end is not None
    assert window.end == as_of.replace(day=1)
    assert window.start == (window.end - ONE_DAY).replace(day=1)


@given(as_of=DAYS, count=st.integers(1, 500))
def test_the_last_days_are_as_many_as_were_asked_for(as_of: date, count: int) -> None:
    window = read_times(f"in the last {count} days", as_of=as_of).phrases[0].window
    assert window == Window(
        start=as_of + ONE_DAY - timedelta(days=count), end=as_of + ONE_DAY, label=f"the last {count} days"
    )


@given(day=st.dates(date(1990, 1, 1), date(2026, 11, 17)))
def test_every_date_is_read_as_it_is_written(day: date) -> None:
    month = day.strftime("%B").lower()
    for text in (
        day.isoformat(),
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"on the {day.day}th of {month} {day.year}",
    ):
        assert read(text) == [day.isoformat()]


@given(
    phrase=st.sampled_from(
        [phrase for phrase in ON_A_WEDNESDAY if re.match("(?:in|on|since|before|until|at|last|this|the) ", phrase)]
    ),
    before=st.sampled_from(["", "who was my top artist", "how many songs did i hear", "show me what I played"]),
    after=st.sampled_from(["", "?", ", please", "with radiohead"]),
)
def test_words_around_a_time_change_nothing(phrase: str, before: str, after: str) -> None:
    assert read(f"{before} {phrase} {after}") == [ON_A_WEDNESDAY[phrase]]


@pytest.mark.parametrize(
    "word", ["in ", "a ", "'24 ", " 'a", '"', "march and ", "from 2019 to ", "the last ", "1", "early the "]
)
def test_the_longest_question_is_read_at_once(word: str) -> None:
    """What looks back and forth over the whole line at each word would take minutes."""
    text = (word * LONGEST_QUESTION)[:LONGEST_QUESTION]
    began = time.process_time()
    read_times(text, as_of=WEDNESDAY)
    assert time.process_time() - began < 2
