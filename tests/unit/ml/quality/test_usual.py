from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.quality.usual import FEWEST_WEEKS, MANY_LISTENERS, WEEKS, judge_days, judge_weeks

NEWEST = date(2026, 3, 8)
DAY = NEWEST - timedelta(days=2)
CHRISTMAS = date(2025, 12, 25)


def steady(days: int = 800, newest: date = NEWEST, plays: int = 100) -> dict[date, int]:
    """As many plays on every day, a few more at weekends."""
    found = [newest - timedelta(days=back) for back in range(days)]
    return {day: plays + 20 * (day.isoweekday() > 5) + day.day % 5 for day in found}


def without(plays: dict[date, int], days: int, share: float = 0) -> dict[date, int]:
    """The same with only a share of the plays of so many days before the newest; days without any are not there."""
    changed = {
        day: round(found * share) if 1 <= (max(plays) - day).days <= days else found for day, found in plays.items()
    }
    return {day: found for day, found in changed.items() if found}


def moody(days: int = 800) -> dict[date, int]:
    """Somebody who listens on two days of three, now to a song and now all day long."""
    mood = random.Random(1)
    found = {NEWEST - timedelta(days=back): mood.randint(1, 80) for back in range(days) if mood.random() < 0.67}
    return {**found, NEWEST: 1}


@pytest.mark.parametrize("listeners", [1, 500])
def test_a_day_with_40_percent_of_the_usual_plays_warns(listeners: int) -> None:
    assert judge_days(steady(), listeners).passed
    verdict = judge_days({**steady(), DAY: 40}, listeners)
    assert not verdict.passed
    assert f"{DAY} had 40 plays" in verdict.says


def test_a_day_with_60_percent_is_a_quiet_day() -> None:
    assert judge_days({**steady(), DAY: 60}, 500).passed


def test_the_newest_day_may_not_be_over() -> None:
    assert judge_days({**steady(), NEWEST: 3}, 500).passed


def test_some_days_away_are_as_usual_for_one_and_not_for_many() -> None:
    away = without(steady(), 3)
    assert judge_days(away, 1).passed
    assert judge_days(away, MANY_LISTENERS - 1).passed
    assert not judge_days(away, MANY_LISTENERS).passed


def test_a_holiday_that_was_as_quiet_a_year_before_passes() -> None:
    plays = steady(newest=CHRISTMAS + timedelta(days=3))
    quiet = {**plays, CHRISTMAS: 30}
    assert not judge_days(quiet, 500).passed
    assert judge_days({**quiet, date(2024, 12, 25): 25}, 500).passed


@pytest.mark.parametrize(("year_before", "passed"), [(23, False), (24, True), (26, True), (27, False)])
def test_a_feast_may_move_by_a_day(year_before: int, *, passed: bool) -> None:
    plays = {**steady(newest=CHRISTMAS + timedelta(days=3)), CHRISTMAS: 30, date(2024, 12, year_before): 25}
    assert judge_days(plays, 500).passed is passed


def test_somebody_who_listens_now_and_then_is_not_warned_of() -> None:
    moody = {day: plays * (day.day % 4) for day, plays in steady().items() if day.day % 4}
    assert judge_days({**moody, DAY: 30}, 1).passed


@pytest.mark.parametrize(
    ("days", "share", "says"),
    [
        (1, 0.4, "as many plays as usual"),
        (3, 0, "as many plays as usual"),
        (7, 0, "the 7 days to 2026-03-07 had 0 plays, the fewest of 26 weeks before are"),
        (14, 0, "the 14 days to 2026-03-07 had 0 plays, the fewest of 52 weeks before are"),
    ],
)
def test_what_stopped_for_a_moody_listener_shows_in_a_week_or_two(days: int, share: float, says: str) -> None:
    verdict = judge_days(without(moody(), days, share), 1)
    assert says in verdict.says
    assert verdict.passed is (says == "as many plays as usual")


def test_a_moody_listener_is_hardly_ever_warned_of() -> None:
    plays = moody()
    told: set[str] = set()
    for back in range(300):
        newest = NEWEST - timedelta(days=back)
        known = {day: found for day, found in plays.items() if day < newest}
        verdict = judge_days({**known, newest: 1}, 1)
        told |= set() if verdict.passed else set(verdict.says.split(", "))
    low = {said for said in told if " had " in said}
    assert len(low) <= 3, low


@pytest.mark.parametrize(("weeks_ago", "passed"), [(25, True), (27, False)])
def test_a_week_is_beside_those_of_half_a_year(weeks_ago: int, *, passed: bool) -> None:
    gone = {NEWEST - timedelta(weeks=weeks_ago, days=back) for back in range(1, 8)}
    plays = {day: found for day, found in steady().items() if day not in gone}
    assert judge_days(without(plays, 7), 1).passed is passed


def test_a_week_before_which_there_was_no_half_a_year_is_not_judged() -> None:
    assert judge_days(without(steady(7 * 26), 7), 1).passed
    assert not judge_days(without(steady(7 * 26 + 7), 7), 1).passed


@pytest.mark.parametrize("days", [0, 1, 7, 7 * FEWEST_WEEKS - 1])
def test_a_short_history_passes_with_words(days: int) -> None:
    verdict = judge_days(steady(days), 500)
    assert verdict.passed
    assert verdict.says


@given(st.dictionaries(st.dates(date(2020, 1, 1), date(2020, 12, 31)), st.integers(1, 10_000)), st.integers(1, 1000))
def test_any_history_is_judged(plays: dict[date, int], listeners: int) -> None:
    assert judge_days(plays, listeners).says


@given(st.integers(1, 50), st.integers(MANY_LISTENERS, 1000))
def test_days_of_many_times_as_many_plays_are_judged_alike(times: int, listeners: int) -> None:
    plays = {**steady(), DAY: 40}
    many = {day: found * times for day, found in plays.items()}
    assert judge_days(many, listeners).passed is judge_days(plays, listeners).passed


def weeks(count: int, **newest: float) -> tuple[dict[date, dict[str, float | None]], dict[date, int]]:
    """Weeks that are alike but for the newest."""
    monday = date(2026, 3, 2)
    usual: dict[str, float | None] = {"short_share": 0.1, "minutes": 3.2, "unmeasured_share": None}
    found = {monday - timedelta(weeks=back): dict(usual) for back in range(count)}
    found[monday].update(newest)
    return found, dict.fromkeys(found, 200)


def test_a_week_like_the_others_passes() -> None:
    assert judge_weeks(*weeks(WEEKS)).says == "the week of 2026-03-02 is made up as usual"


def test_a_week_whose_plays_are_cut_short_is_told_of() -> None:
    verdict = judge_weeks(*weeks(WEEKS, short_share=0.6, minutes=0.5))
    assert not verdict.passed
    assert verdict.says == (
        "the week of 2026-03-02: 60% plays under 30 seconds, usual are 10%; 0.5 minutes of a play, usual are 3.2"
    )


def test_a_small_move_is_none() -> None:
    assert judge_weeks(*weeks(WEEKS, short_share=0.25, minutes=2.4)).passed


@pytest.mark.parametrize(("short_share", "passed"), [(0.75, True), (1.1, False)])
def test_a_figure_that_ever_moves_must_move_far(short_share: float, *, passed: bool) -> None:
    found, plays = weeks(WEEKS, short_share=short_share)
    for number, monday in enumerate(sorted(found)[:-1]):
        found[monday]["short_share"] = 0.1 + 0.1 * (number % 5)
    assert judge_weeks(found, plays).passed is passed


def test_few_plays_and_few_weeks_say_nothing() -> None:
    found, plays = weeks(WEEKS, short_share=0.9)
    assert judge_weeks(found, {**plays, date(2026, 3, 2): 10}).passed
    assert judge_weeks(*weeks(FEWEST_WEEKS, short_share=0.9)).passed
    assert judge_weeks({}, {}).passed
