"""A process is killed where it was told, by the signal that nothing catches."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from benches.collect.kills import PLACES, Kill, random_kills
from benches.processes import ROOT

PROGRAM = """
import sys
from datetime import datetime
from pathlib import Path
from upath import UPath
from benches.collect.kills import Kill, Killer
from tunegenie_assets.sources.services.pages import Page, PageStore
page = Page("spotify", "stream", "ada", {}, datetime(2026, 1, 1), 200, "{}")
Killer().arm(Kill("landing", int(sys.argv[2])))
PageStore(UPath(sys.argv[1])).write([page])
print("landed")
"""


@pytest.mark.parametrize(("line", "landed"), [(1, False), (10_000, True)])
def test_the_line_that_is_named_is_the_last(tmp_path: Path, line: int, landed: bool) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(line)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (ended.returncode, ended.stdout.strip()) == ((0, "landed") if landed else (-signal.SIGKILL, ""))
    assert bool(list(tmp_path.rglob("*.jsonl.gz"))) == landed


def test_every_place_is_code_that_exists() -> None:
    for place in PLACES.values():
        for function in place.functions:
            file, _, name = function.rpartition(":")
            assert f"def {name.rpartition('.')[2]}(" in Path(file).read_text(encoding="utf-8")


def test_kills_are_spread_over_the_places_and_the_same_each_time() -> None:
    kills, again = (random_kills(20, Random(1)) for _ in range(2))
    assert kills == again
    assert {kill.place for kill in kills} == set(PLACES)
    assert all(1 <= kill.line <= PLACES[kill.place].lines for kill in kills)
    assert Kill("landing", 1) != Kill("landing", 2)
