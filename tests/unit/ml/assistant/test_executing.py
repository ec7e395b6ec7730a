"""Runs of days, as a slow and plain count finds them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ml.assistant.executing import runs_of

DAYS = st.lists(st.dates(date(2024, 1, 1), date(2024, 3, 1)))


@given(DAYS)
def test_runs_hold_every_day_once_and_nothing_else(days: list[date]) -> None:
    held = [first + timedelta(days=n) for first, last in runs_of(days) for n in range((last - first).days + 1)]
    assert held == sorted(set(days))


@given(DAYS)
def test_between_two_runs_lies_a_day_without_plays(days: list[date]) -> None:
    runs = runs_of(days)
    for (_, last), (first, _) in pairwise(runs):
        assert (first - last).days > 1
