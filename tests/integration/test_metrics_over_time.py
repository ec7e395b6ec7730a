"""Metrics that look at earlier dates, over plays made for them: a month and a year before, a gap, and what adds up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from tests.integration.conftest import Home
from tests.integration.metrics import Metrics

PLAYS = {date(2023, 1, 30): 4, date(2023, 2, 3): 6, date(2023, 4, 10): 3, date(2024, 1, 1): 1, date(2024, 1, 8): 9}
"""March has no play, and neither have the other months until the next January."""


@pytest.fixture(scope="module")
def metrics(built: dict[str, Any]) -> Iterator[Metrics]:
    """The project's metrics over a warehouse that holds these plays and the dates around them."""
    home: Home = built["home"]
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; create schema warehouse.gold")
        connection.execute("create table warehouse.gold.fct_counted_plays (date_key date)")
        for day, plays in PLAYS.items():
            connection.executemany("insert into warehouse.gold.fct_counted_plays values (?)", [[day]] * plays)
        connection.execute(
            "create table warehouse.gold.dim_date as "
            "select unnest(generate_series(?, ?, interval 1 day))::date as date_key",
            [min(PLAYS), max(PLAYS)],
        )
        yield Metrics.of(home.path, connection)


def by_time(metrics: Metrics, names: Sequence[str], grain: str) -> dict[date, tuple[Any, ...]]:
    answer = metrics.ask(names, [f"metric_time__{grain}"])
    return {day.date() if isinstance(day, datetime) else day: values for (day,), values in answer.items()}


def test_growth_is_against_the_month_before_and_unknown_after_a_gap(metrics: Metrics) -> None:
    growth = by_time(metrics, ["plays", "plays_growth"], "month")
    assert growth == {
        date(2023, 1, 1): (4, None),
        date(2023, 2, 1): (6, 50.0),
        # Without plays, and there because the month before has some.
        date(2023, 3, 1): (None, None),
        date(2023, 4, 1): (3, None),
        date(2023, 5, 1): (None, None),
        date(2024, 1, 1): (10, None),
    }


def test_growth_in_a_year(metrics: Metrics) -> None:
    growth = by_time(metrics, ["plays_growth_over_a_year"], "month")
    assert growth[date(2024, 1, 1)] == (150.0,)
    assert growth[date(2023, 2, 1)] == (None,)


def test_plays_so_far_of_a_month_are_those_up_to_its_end(metrics: Metrics) -> None:
    found = by_time(metrics, ["cumulative_plays", "plays_year_to_date"], "month")
    assert found[date(2023, 1, 1)] == (4, 4)
    assert found[date(2023, 3, 1)] == (10, 10)
    assert found[date(2023, 12, 1)] == (13, 13)
    assert found[date(2024, 1, 1)] == (23, 10)


def test_seven_days_are_the_day_and_the_six_before(metrics: Metrics) -> None:
    found = by_time(metrics, ["plays_last_7_days"], "day")
    assert found[date(2023, 2, 3)] == (10,)
    assert found[date(2023, 2, 5)] == (10,)
    assert found[date(2023, 2, 6)] == (6,)
    assert found[date(2024, 1, 7)] == (1,)
    assert found[date(2024, 1, 8)] == (9,)
