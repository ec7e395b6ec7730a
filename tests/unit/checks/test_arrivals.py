"""Accounts that are refused while others answer, and listeners of whom nothing comes any more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.checks.arrivals import MOST_SILENCE, Pass, overdue_after, silent_accounts

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def outcome(
    problem: str | None, subject: str = "ada", stream: str = "spotify_recently_played", *, needs_reauth: bool = False
) -> dict[str, Any]:
    return {"stream": stream, "subject": subject, "problem": problem, "needs_reauth": needs_reauth}


def passes(*hours_ago: tuple[float, list[dict[str, Any]]]) -> list[Pass]:
    return [(NOW - hours * HOUR, outcomes) for hours, outcomes in hours_ago]


REFUSED = outcome("Spotify wants Premium")
FINE = outcome(None)


def test_an_account_that_is_refused_for_six_hours_is_named() -> None:
    refused = passes((0, [REFUSED, outcome(None, "bob")]), (3, [REFUSED]), (6, [REFUSED]), (9, [FINE]))
    assert silent_accounts(refused) == {"spotify_recently_played of ada": "Spotify wants Premium"}


@pytest.mark.parametrize(
    "told",
    [
        passes(),
        passes((0, [REFUSED])),
        passes((0, [REFUSED]), (5.5, [REFUSED]), (6, [FINE])),
        passes((0, [FINE]), (3, [REFUSED]), (12, [REFUSED])),
        # Passes of the library in between are no answer about plays, and no refusal.
        passes((0, [outcome("x", stream="spotify_saved_tracks")]), (12, [outcome("x", stream="spotify_saved_tracks")])),
        # Told by the check of authorizations.
        passes((0, [outcome("x", needs_reauth=True)]), (12, [outcome("x", needs_reauth=True)])),
        passes((0, [outcome("x", "sim-1"), outcome("x", "simulated")]), (12, [outcome("x", "sim-1")])),
    ],
)
def test_what_passes_by_itself_or_is_told_elsewhere_is_silent(told: list[Pass]) -> None:
    assert silent_accounts(told) == {}


def test_the_newest_reason_is_told() -> None:
    told = silent_accounts(passes((0, [outcome("new")]), (MOST_SILENCE / HOUR, [outcome("old")])))
    assert list(told.values()) == ["new"]


DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("offsets", "days"),
    [([0], 7), ([0, 1, 2], 7), ([0, 3], 7), ([0, 4], 8), ([0, 30, 31], 60), ([], 7)],
)
def test_a_pause_is_overdue_by_habit(offsets: list[int], days: int) -> None:
    assert overdue_after([DAY + timedelta(days=n) for n in offsets]) == timedelta(days=days)


@given(st.lists(st.dates(), unique=True).map(sorted))
def test_no_pause_of_the_past_would_have_been_overdue(days: list[date]) -> None:
    allowed = overdue_after(days)
    assert all(later - earlier < allowed for earlier, later in pairwise(days))
