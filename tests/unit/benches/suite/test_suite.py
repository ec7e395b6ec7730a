from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benches.report import Size
from benches.suite.__main__ import main, run_suite
from benches.suite.entries import Bench
from benches.suite.results import Result, load
from tests.unit.benches.suite.samples import COFFEE, FAILED, FIGURES, RESULT, TEA

EVERY = (TEA, COFFEE)


def good(bench: Bench, size: Size) -> Result:
    return replace(RESULT, bench=bench.name, size=size)


def later(bench: Bench, size: Size) -> Result:
    return replace(good(bench, size), revision="later", figures={**FIGURES, "cups": 99})


def failing(bench: Bench, size: Size) -> Result:
    return replace(FAILED, bench=bench.name, size=size) if bench == TEA else good(bench, size)


def test_the_full_size_is_written_to_the_docs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_suite("full", EVERY, tmp_path, good, EVERY) == 0
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| make bench-tea | full: 12,000 cups |" in text
    assert "| make bench-coffee | full: 12,000 cups |" in text
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [{"bench": name, "size": "full", "figures": FIGURES} for name in ("tea", "coffee")]


def test_one_bench_alone_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    run_suite("full", EVERY, tmp_path, good, EVERY)
    assert run_suite("full", [TEA], tmp_path, later, EVERY) == 0
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| make bench-tea | full: 99 cups |" in text
    assert "| make bench-coffee | full: 12,000 cups |" in text
    kept = load(tmp_path / "benchmarks.json", ["tea", "coffee"])
    assert (kept["tea"].revision, kept["coffee"]) == ("later", good(COFFEE, "full"))


def test_a_bench_that_fails_is_in_the_table_and_the_others_still_run(tmp_path: Path) -> None:
    assert run_suite("full", EVERY, tmp_path, failing, EVERY) == 1
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| make bench-tea | full | failed | exit code 1: no [water]" in text
    assert "| make bench-coffee | full: 12,000 cups |" in text


def test_a_missed_floor_gives_the_same_exit_code(tmp_path: Path) -> None:
    def missing(bench: Bench, size: Size) -> Result:
        return replace(good(bench, size), figures={**FIGURES, "drinkable": False})

    assert run_suite("full", [TEA], tmp_path, missing, EVERY) == 1


def test_the_small_size_shows_the_table_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_suite("small", EVERY, tmp_path, failing, EVERY) == 1
    assert list(tmp_path.iterdir()) == []
    shown = capsys.readouterr().err
    assert "exit code 1: no [water] | none" in shown
    assert "SIZE=small: 12,000 cups" in shown
    assert "not as they should be: bench-tea" in shown


def test_results_of_benches_that_are_gone_are_dropped(tmp_path: Path) -> None:
    run_suite("full", EVERY, tmp_path, good, EVERY)
    run_suite("full", [TEA], tmp_path, good, [TEA])
    assert list(json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))) == ["tea"]


def test_a_bench_that_there_is_not_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--only", "tea"])
    assert stopped.value.code == 2
    assert "'simulate'" in capsys.readouterr().err
