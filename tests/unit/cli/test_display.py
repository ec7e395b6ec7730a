from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from rich.console import Console

from tunegenie_assets.cli import display
from tunegenie_assets.cli.runs import RunReport, Stage, together


def report(*stages: Stage, passed: int = 3, failed: tuple[str, ...] = (), run_id: str = "r") -> RunReport:
    return RunReport(run_id=run_id, seconds=9.0, stages=list(stages), checks_passed=passed, checks_failed=list(failed))


def shown(what: object, width: int = 80) -> list[str]:
    out = StringIO()
    Console(file=out, width=width).print(what)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_times_for_machines_name_their_zone(capsys: pytest.CaptureFixture[str]) -> None:
    moment = datetime.fromisoformat("2019-03-01T12:00:00.000005")
    display.print_json({"naive": moment, "aware": moment.replace(tzinfo=UTC), "date": date(2019, 3, 1), "none": None})
    document = json.loads(capsys.readouterr().out)
    assert document == {
        "naive": "2019-03-01T12:00:00.000005+00:00",
        "aware": "2019-03-01T12:00:00.000005+00:00",
        "date": "2019-03-01",
        "none": None,
    }


def test_a_stage_of_several_assets_is_told_by_the_first() -> None:
    many = Stage(("bronze/catalogue_tracks", *(f"bronze/table_{number}" for number in range(14))), "bronze", 2.0)
    lines = shown(display.stage_table(report(many, Stage(("recommender__model",), "checks", 1.0))))
    assert lines[2].split("  ")[1].strip() == "bronze/catalogue_tracks and 14 more"
    assert lines[3].split()[1] == "recommender__model"


def test_machines_are_told_all_assets_of_a_stage() -> None:
    [stage] = display.run_json(report(Stage(("gold/a", "gold/b"), "gold", 2.0)))["stages"]
    assert stage["name"] == "gold/a, gold/b"


def test_checks_of_runs_that_followed_one_another_count_together() -> None:
    both = together([report(passed=2, failed=("landing/archives: mostly_readable",)), report(passed=70)])
    assert shown(display.checks_line(both)) == [
        "Checks 72 of 73 passed",
        "  not passed landing/archives: mostly_readable",
        "  tunegenie ui shows all that they found",
    ]


def test_what_a_check_found_stands_below_it() -> None:
    waits = replace(report(failed=("a: b", "c: d")), findings={"a: b": "spotify [QUOTA] until noon", "c: d": "x" * 999})
    assert shown(display.checks_line(together([waits, report()])), width=400) == [
        "Checks 6 of 8 passed",
        "  not passed a: b",
        "    spotify [QUOTA] until noon",
        "  not passed c: d",
        f"    {'x' * 300}…",
        "  tunegenie ui shows all that they found",
    ]


@pytest.mark.parametrize(("failed", "lines"), [((), 0), (("a: b", "c: d"), 4)])
def test_checks_are_complained_of_where_one_did_not_pass(failed: tuple[str, ...], lines: int) -> None:
    out = StringIO()
    display.complain_of_checks(report(failed=failed), Console(file=out, width=80))
    assert len(out.getvalue().splitlines()) == lines


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("spotify_extended_history", "spotify extended"),
        ("lastfm_scrobbles", "lastfm"),
        ("spotify_recently_played", "spotify live"),
        ("synthetic", "synthetic"),
        ("2 kinds", "2 kinds"),
    ],
)
def test_sources_are_named_for_people(source: str, name: str) -> None:
    assert display.source_name(source) == name
