"""One bench after another, each in a process of its own, whose progress goes on to standard error as it comes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from string import Formatter

from benches.processes import ROOT
from benches.report import Figures, Floor, Size
from benches.suite.entries import Bench
from benches.suite.machine import machine, revision
from benches.suite.results import Result


@dataclass(frozen=True)
class Ended:
    """A command that ran to some end."""

    code: int
    stdout: str
    last_error: str
    """The last line of what it wrote to standard error."""
    seconds: float


def run_bench(bench: Bench, size: Size) -> Result:
    # Before it begins: a bench takes long enough for someone to commit meanwhile.
    measured_at = revision()
    ended = follow([sys.executable, "-m", bench.module, "--size", size])
    figures = figures_told(bench, size, ended.stdout)
    floors = floors_of(bench, size) if figures else ()
    return Result(
        bench=bench.name,
        size=size,
        seconds=round(ended.seconds, 1),
        revision=measured_at,
        machine=machine(),
        figures=figures,
        floors=floors,
        failure=failure_of(bench, ended, figures, floors),
    )


def follow(command: Sequence[str]) -> Ended:
    """Run a command from the root of the project and pass on to standard error what it says there."""
    begin = time.monotonic()
    last = ""
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None  # noqa: S101  # both are pipes
        assert process.stderr is not None  # noqa: S101
        # A bench writes its line of JSON to standard output, which fits into the pipe, and all else to the other.
        for line in process.stderr:
            sys.stderr.write(line)
            sys.stderr.flush()
            last = line.strip() or last
        stdout = process.stdout.read()
    return Ended(process.returncode, stdout, last, time.monotonic() - begin)


def figures_told(bench: Bench, size: Size, stdout: str) -> Figures:
    """The figures of the last line; none where it is not the line of JSON of this bench and size."""
    lines = stdout.strip().splitlines()
    try:
        told = json.loads(lines[-1]) if lines else {}
    except json.JSONDecodeError:
        return {}
    if not isinstance(told, dict) or (told.get("bench"), told.get("size")) != (bench.name, size):
        return {}
    return told.get("figures", {})


def floors_of(bench: Bench, size: Size) -> tuple[Floor, ...]:
    floors: tuple[Floor, ...] = import_module(f"{bench.module}.__main__").FLOORS
    return tuple(floor for floor in floors if size == "full" or floor.in_small)


def failure_of(bench: Bench, ended: Ended, figures: Figures, floors: Sequence[Floor]) -> str:
    """One line about what kept a bench from telling all that it should; empty when nothing did."""
    if not figures:
        if ended.code:
            return f"exit code {ended.code}: {ended.last_error or 'no message'}"
        return f"it ended without the line of JSON of {bench.name}"
    in_size = [name for _, name, _, _ in Formatter().parse(bench.size) if name]
    expected = [*(shown.figure for shown in bench.figures), *(floor.figure for floor in floors), *in_size]
    untold = [figure for figure in dict.fromkeys(expected) if not isinstance(figures.get(figure), int | float)]
    if untold:
        return f"it did not tell {', '.join(untold)}"
    is_missed = any(floor.is_missed(float(figures[floor.figure])) for floor in floors)
    if bool(ended.code) != is_missed:
        return f"exit code {ended.code} with floors {'missed' if is_missed else 'reached'}: {ended.last_error}"
    return ""
