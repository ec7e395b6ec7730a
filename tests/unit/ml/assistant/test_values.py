"""Breakdowns are shown in their own order, rankings as they came; single values in words."""

from __future__ import annotations

import pytest

from ml.assistant.query import SemanticQuery
from ml.assistant.values import in_order, measured, shortly


def breakdown(dimension: str, *values: object, limit: int | None = None) -> list[object]:
    query = SemanticQuery(metrics=("plays",), group_by=(dimension,), limit=limit)
    rows = [(value, place) for place, value in enumerate(values)]
    return [row[0] for row in in_order(query, (dimension, "plays"), rows)]


@pytest.mark.parametrize(
    ("dimension", "came", "shown"),
    [
        ("play__local_hour", (14, 0, 9), [0, 9, 14]),
        ("track__release_decade", (2020, None, 1970), [1970, 2020, None]),
        ("date__weekday_name", ("Thursday", "Sunday", "Monday"), ["Monday", "Thursday", "Sunday"]),
        ("date__month_name", ("May", "April", "December"), ["April", "May", "December"]),
        ("play__time_of_day", ("night", "morning"), ["morning", "night"]),
        ("date__is_weekend", (True, False), [False, True]),
        ("artist__genre_family", ("rock", "pop"), ["rock", "pop"]),
    ],
)
def test_a_breakdown_is_shown_in_its_own_order(dimension: str, came: tuple[object, ...], shown: list[object]) -> None:
    assert breakdown(dimension, *came) == shown


def test_a_ranking_stays_as_it_came() -> None:
    assert breakdown("play__local_hour", 14, 0, 9, limit=3) == [14, 0, 9]


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (1, "plays", "1 play"),
        (-1, "plays", "-1 play"),
        (2, "plays", "2 plays"),
        (1, "beats a minute", "1 beat a minute"),
        (0.744, "share", "74.4 %"),
        (-34.04, "percent", "-34.0 %"),
        (2009.6, "year", "2010"),
        (15.13, "hour of the day", "15:08"),
        (0.5, "0 to 1", "0.50"),
        (None, "plays", "unknown"),
    ],
)
def test_a_value_has_its_unit(value: object, unit: str, told: str) -> None:
    assert measured(value, unit) == told


def test_where_the_unit_is_said_elsewhere_percentages_keep_theirs() -> None:
    assert [shortly(1, "plays"), shortly(0.5, "share")] == ["1", "50.0 %"]
