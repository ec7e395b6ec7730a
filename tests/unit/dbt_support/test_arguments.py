from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.dbt_support.arguments import build_arguments, variables

START = date(2025, 3, 9)
names = st.lists(st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True), unique=True, min_size=1, max_size=5)


def test_exactly_these_nodes_are_selected() -> None:
    arguments = build_arguments(
        ["model.tunegenie.plays", "model.tunegenie.artists"], ["test.tunegenie.not_null_plays_id.1a2b3c"]
    )
    assert arguments == [
        "build",
        "--indirect-selection",
        "empty",
        "--select",
        "artists",
        "not_null_plays_id",
        "plays",
    ]


@given(names, names)
def test_order_of_the_selection_does_not_matter(models: list[str], tests: list[str]) -> None:
    model_ids = [f"model.tunegenie.{name}" for name in models]
    test_ids = [f"test.tunegenie.{name}.{number}" for number, name in enumerate(tests)]
    arguments = build_arguments(model_ids, test_ids)
    assert arguments == build_arguments(reversed(model_ids), reversed(test_ids))
    assert arguments[4:] == sorted({*models, *tests})


def test_nothing_selected_is_not_everything() -> None:
    with pytest.raises(ValueError, match="nothing is selected"):
        build_arguments([], [])


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(1, 9000))
def test_window_is_told_as_two_dates(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    settings = {"default_timezone": "America/Denver", "counting_policy": "lastfm"}
    flag, text = variables((start, end), settings, ["b", "a"])
    assert flag == "--vars"
    assert json.loads(text) == {
        **settings,
        "sources_with_records": ["a", "b"],
        "window_start": start.isoformat(),
        "window_end": end.isoformat(),
    }


def test_without_a_window_everything_is_rebuilt() -> None:
    settings = {"default_timezone": "UTC"}
    assert json.loads(variables(None, settings, [])[1]) == {**settings, "sources_with_records": []}


@pytest.mark.parametrize("end", [START, START - timedelta(days=1)])
def test_empty_window_is_refused(end: date) -> None:
    with pytest.raises(ValueError, match="is empty"):
        variables((START, end), {"default_timezone": "UTC"}, [])
