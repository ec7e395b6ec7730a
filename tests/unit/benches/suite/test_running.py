from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

import pytest

from benches.suite import running
from benches.suite.running import Ended, failure_of, figures_told, follow, run_bench
from tests.unit.benches.suite.samples import FIGURES, FLOORS, TEA


def told(figures: Mapping[str, float], bench: str = "tea", size: str = "full") -> str:
    return json.dumps({"bench": bench, "size": size, "figures": figures}) + "\n"


def test_a_command_is_followed_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    code = "import sys; print('line'); print('one', file=sys.stderr); print('two', file=sys.stderr); sys.exit(3)"
    ended = follow([sys.executable, "-c", code])
    assert (ended.code, ended.stdout, ended.last_error) == (3, "line\n", "two")
    assert capsys.readouterr() == ("", "one\ntwo\n")


def test_figures_are_those_of_the_last_line() -> None:
    assert figures_told(TEA, "full", "boiling\n" + told(FIGURES)) == FIGURES


@pytest.mark.parametrize(
    "stdout",
    ["", "boiled", "[1]", told(FIGURES) + "boiled", told(FIGURES, bench="coffee"), told(FIGURES, size="small")],
)
def test_another_line_tells_no_figures(stdout: str) -> None:
    assert figures_told(TEA, "full", stdout) == {}


def test_what_came_to_its_end_did_not_fail() -> None:
    assert not failure_of(TEA, Ended(0, "", "", 1), FIGURES, FLOORS)


def test_a_missed_floor_is_no_failure() -> None:
    assert not failure_of(TEA, Ended(1, "", "missed ratio_to_kettle", 1), {**FIGURES, "ratio_to_kettle": 0.1}, FLOORS)


@pytest.mark.parametrize(
    ("code", "figures", "failure"),
    [
        (1, {}, "exit code 1: no water"),
        (0, {}, "it ended without the line of JSON of tea"),
        (0, {**FIGURES, "drinkable": False}, "exit code 0 with floors missed: no water"),
        (1, FIGURES, "exit code 1 with floors reached: no water"),
        (0, {"cups": 3, "cups_per_second": 1, "warm_share": 1}, "it did not tell ratio_to_kettle, drinkable"),
    ],
)
def test_a_failure_is_one_line(code: int, figures: Mapping[str, float], failure: str) -> None:
    assert failure_of(TEA, Ended(code, "", "no water", 1), figures, FLOORS) == failure


def test_the_revision_is_that_at_which_a_bench_began(monkeypatch: pytest.MonkeyPatch) -> None:
    revisions = ["began"]

    def commit_meanwhile(_: Sequence[str]) -> Ended:
        revisions[0] = "later"
        return Ended(1, "", "no water", 2.5)

    monkeypatch.setattr(running, "revision", lambda: revisions[0])
    monkeypatch.setattr(running, "follow", commit_meanwhile)
    result = run_bench(TEA, "small")
    assert (result.revision, result.seconds, result.failure) == ("began", 2.5, "exit code 1: no water")
    assert not result.is_good
