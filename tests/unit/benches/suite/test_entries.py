"""The list of benches against the project: no bench is left out, and no floor is kept from the table."""

from __future__ import annotations

import re

import pytest

from benches.processes import ROOT
from benches.suite.entries import BENCHES, Bench
from benches.suite.machine import machine
from benches.suite.results import load
from benches.suite.running import floors_of
from benches.suite.table import page

NAMES = [bench.name for bench in BENCHES]
DOCS = ROOT / "docs"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_target_of_the_makefile_is_a_bench_of_the_list() -> None:
    assert sorted(re.findall(r"^bench-([a-z-]+):", MAKEFILE, re.MULTILINE)) == sorted(NAMES)


def test_every_package_that_can_be_run_is_a_bench_of_the_list() -> None:
    runnable = {path.parent.name for path in (ROOT / "benches").glob("*/__main__.py")}
    assert runnable == {*NAMES, "suite"}


@pytest.mark.parametrize("bench", BENCHES, ids=NAMES)
def test_a_target_runs_its_bench_and_is_no_file(bench: Bench) -> None:
    recipe = MAKEFILE.partition(f"\n{bench.target}:")[2].partition("\n\n")[0]
    assert f"-m {bench.module} --size $(SIZE)" in recipe
    phony = MAKEFILE.partition(".PHONY:")[2].partition("\n\n")[0]
    assert bench.target in phony.split()


@pytest.mark.parametrize("bench", BENCHES, ids=NAMES)
def test_the_table_shows_every_floor_of_a_bench(bench: Bench) -> None:
    floors = {floor.figure for floor in floors_of(bench, "full")}
    assert floors
    assert floors <= {shown.figure for shown in bench.figures}


@pytest.mark.parametrize("bench", BENCHES, ids=NAMES)
def test_a_small_bench_is_held_to_something(bench: Bench) -> None:
    assert floors_of(bench, "small")


def test_what_is_told_of_the_machine_is_known_and_names_nobody() -> None:
    facts = machine()
    assert list(facts) == ["processor", "cores", "memory", "system", "Python", "duckdb", "pyarrow", "numpy"]
    assert all(facts.values())
    assert "/" not in "".join(facts[name] for name in ("cores", "memory", "Python"))


def test_the_page_is_made_of_the_results_beside_it() -> None:
    results = load(DOCS / "benchmarks.json", [bench.name for bench in BENCHES])
    in_order = {bench.name: results[bench.name] for bench in BENCHES if bench.name in results}
    assert (DOCS / "benchmarks.md").read_text(encoding="utf-8") == page(BENCHES, in_order)
