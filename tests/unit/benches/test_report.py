from __future__ import annotations

import json

import pytest

from benches.report import Floor, finish, missed

FLOORS = (Floor("precision", "at least", 0.999, in_small=True), Floor("seconds", "at most", 60))


def test_what_reaches_its_floor_is_not_missed() -> None:
    assert missed(FLOORS, {"precision": 0.999, "seconds": 60.0}, "full") == []


def test_a_missed_floor_is_named_with_its_figure() -> None:
    assert missed(FLOORS, {"precision": 0.5, "seconds": 61.0}, "full") == [
        "precision is 0.5, at least 0.999 is required",
        "seconds is 61.0, at most 60 is required",
    ]


def test_the_small_size_is_held_to_what_does_not_depend_on_size() -> None:
    assert missed(FLOORS, {"precision": 0.5, "seconds": 61.0}, "small") == [
        "precision is 0.5, at least 0.999 is required"
    ]


def test_figures_that_were_not_measured_are_not_judged() -> None:
    assert missed(FLOORS, {}, "full") == []


def test_the_last_line_is_json_and_the_code_says_whether_all_was_reached(capsys: pytest.CaptureFixture[str]) -> None:
    assert finish("merge", "small", {"precision": 0.123456789, "plays": 3}, []) == 0
    assert finish("merge", "small", {}, ["precision is low"]) == 1
    first, _ = capsys.readouterr().out.splitlines()
    assert json.loads(first) == {"bench": "merge", "size": "small", "figures": {"precision": 0.12346, "plays": 3}}
