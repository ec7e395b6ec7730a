"""What is no time, and times that cannot be used or do not hold together."""

from __future__ import annotations

from datetime import date

import pytest

from ml.assistant.query import Grain, Window
from ml.assistant.times.grammar import LONGEST_QUESTION, combined, read_times
from ml.errors import TimesError
from tests.unit.ml.assistant.times.asking import (
    WEDNESDAY,
    phrases_of,
    read,
)


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
