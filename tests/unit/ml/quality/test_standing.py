from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.quality.standing import FLAPS, TREND_RUNS, KnownCheck, Outcome, Result, standings, totals

BEGIN = datetime(2026, 1, 1, 3)
CHECK = KnownCheck("gold/fct_plays", "once", "Every play once.", is_blocking=False, advice="Rebuild")


def result(day: int, *, passed: bool, severity: str = "error", check: str = CHECK.check, run: str = "") -> Result:
    return Result(CHECK.asset, check, run or f"run {day}", BEGIN + timedelta(days=day), severity, passed)


def history(*passed: int) -> list[Result]:
    """One run a day: 1 passed, 0 did not."""
    return [result(day, passed=bool(one)) for day, one in enumerate(passed)]


def test_a_check_stands_where_its_last_run_left_it() -> None:
    [standing] = standings([CHECK], reversed(history(0, 1, 0)))
    assert standing.outcome is Outcome.FAILED
    assert standing.trend == (Outcome.FAILED, Outcome.PASSED, Outcome.FAILED)
    assert standing.runs_in_state == 1


def test_severity_tells_a_warning_from_a_failure() -> None:
    [standing] = standings([CHECK], [result(0, passed=False, severity="warn")])
    assert standing.outcome is Outcome.WARNED


def test_the_parts_of_one_run_count_once_and_as_the_gravest() -> None:
    parts = [result(0, passed=one, run="run") for one in (True, False, True)]
    [standing] = standings([CHECK], parts)
    assert standing.trend == (Outcome.FAILED,)


def test_what_sensors_found_outside_runs_is_not_one_run() -> None:
    found = [Result(CHECK.asset, CHECK.check, "", BEGIN + timedelta(days=day), "warn", day != 1) for day in range(3)]
    [standing] = standings([CHECK], found)
    assert standing.trend == (Outcome.PASSED, Outcome.WARNED, Outcome.PASSED)


@pytest.mark.parametrize(
    ("passed", "flaps"),
    [
        ((True, True, False, False), False),
        # A fault that came and was repaired.
        ((True, False, False, True), False),
        ((True, False, True, False), True),
    ],
)
def test_flapping_is_more_than_a_fault_that_was_repaired(passed: tuple[bool, ...], *, flaps: bool) -> None:
    [standing] = standings([CHECK], history(*passed))
    assert standing.is_flapping is flaps


def test_flapping_is_forgotten_with_the_runs_of_the_trend() -> None:
    [standing] = standings([CHECK], history(*[True, False] * FLAPS, *[True] * TREND_RUNS))
    assert not standing.is_flapping


def test_the_gravest_come_first_and_those_that_never_ran_last() -> None:
    checks = [KnownCheck(CHECK.asset, name, "", is_blocking=False, advice="") for name in "abcd"]
    found = [
        result(0, passed=True, check="a"),
        result(0, passed=False, severity="warn", check="c"),
        result(0, passed=False, check="d"),
        result(0, passed=False, check="no longer there"),
    ]
    standing = standings(checks, found)
    assert [one.known.check for one in standing] == ["d", "c", "a", "b"]
    counted = totals(standing)
    assert (counted.failed, counted.warned, counted.passed, counted.never_ran) == (1, 1, 1, 1)
    assert counted.headline == "1 check fails and 1 check warns; 1 passed."


@pytest.mark.parametrize(
    ("results", "headline"),
    [([], "No check has run yet."), (history(1), "All 1 checks that ran passed.")],
)
def test_the_headline_says_when_nothing_is_wrong(results: list[Result], headline: str) -> None:
    assert totals(standings([CHECK], results)).headline == headline


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans())))
def test_the_order_of_results_does_not_matter(found: list[tuple[int, bool]]) -> None:
    results = [result(day, passed=passed) for day, passed in found]
    one, other = (standings([CHECK], listed) for listed in (results, list(reversed(results))))
    assert [(s.trend, s.outcome) for s in one] == [(s.trend, s.outcome) for s in other]
    assert len(one[0].trend) <= TREND_RUNS
