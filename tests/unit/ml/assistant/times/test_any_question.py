"""What holds of any text on any day: it is read, at once, and its windows are whole."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.assistant.query import Window
from ml.assistant.times.grammar import LONGEST_QUESTION, period_before, read_times
from ml.errors import TimesError
from tests.unit.ml.assistant.times.asking import (
    ONE_DAY,
    WEDNESDAY,
    read,
)
from tests.unit.ml.assistant.times.on_a_wednesday import ON_A_WEDNESDAY

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
