"""`python -m benches.suite`: every bench of the project in turn, and one table of what they gave.

Progress and the table go to standard error, each bench's line of JSON to standard output. In full size the table is
written to docs/benchmarks.md after each bench, and what it is made of to docs/benchmarks.json. Exit code 1 when a bench
failed or missed a floor.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from benches.processes import ROOT
from benches.report import Size
from benches.suite.entries import BENCHES, Bench
from benches.suite.results import Result, Results, load, save
from benches.suite.running import run_bench
from benches.suite.table import page, terminal_table

LINE_WIDTH = 180
DOCS = ROOT / "docs"

RunBench = Callable[[Bench, Size], Result]


def run_suite(
    size: Size, chosen: Sequence[Bench], docs: Path, run: RunBench = run_bench, every: Sequence[Bench] = BENCHES
) -> int:
    """Run the chosen benches and tell; the others of the table stay as they are. Returns the exit code."""
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    found: Results = {}
    for bench in chosen:
        console.print(f"[bold]{bench.target}[/bold] {bench.sentence}")
        result = found[bench.name] = run(bench, size)
        if result.figures:
            sys.stdout.write(json.dumps({"bench": bench.name, "size": size, "figures": result.figures}) + "\n")
            sys.stdout.flush()
        console.print(f"[dim]{bench.target}: {result.seconds:.0f} s[/dim]")
        if size == "full":
            write(docs, every, result)
    console.print(terminal_table(chosen, found))
    bad = [bench.target for bench in chosen if not found[bench.name].is_good]
    if bad:
        console.print(f"[red]not as they should be: {', '.join(bad)}[/red]")
    return 1 if bad else 0


def write(docs: Path, every: Sequence[Bench], result: Result) -> None:
    """Put a new result beside those of the other benches, so that a run that is stopped keeps what it has measured."""
    path = docs / "benchmarks.json"
    kept = load(path, [bench.name for bench in every]) | {result.bench: result}
    results = {bench.name: kept[bench.name] for bench in every if bench.name in kept}
    save(path, results)
    (docs / "benchmarks.md").write_text(page(every, results), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    names = [bench.name for bench in BENCHES]
    parser = argparse.ArgumentParser(prog="python -m benches.suite", description=__doc__)
    parser.add_argument("--size", choices=("full", "small"), default="full")
    parser.add_argument("--only", choices=names, action="append", help="only this bench; may be given again")
    parsed = parser.parse_args(arguments)
    chosen = [bench for bench in BENCHES if bench.name in (parsed.only or names)]
    return run_suite(parsed.size, chosen, DOCS)


if __name__ == "__main__":
    sys.exit(main())
