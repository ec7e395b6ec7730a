"""`python -m benches.warehouse`: how fast is gold built from millions of plays, and what does a new day cost?

The table and progress go to standard error, the line of JSON to standard output. Exit code 1 when a floor is missed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benches.processes import BenchError
from benches.report import Floor, Size, finish, missed
from benches.warehouse.display import show
from benches.warehouse.measuring import measure

LINE_WIDTH = 120

FLOORS = (
    Floor("day_cost_ratio", "at most", 1.2),
    Floor("peak_mb", "at most", 8192),
    Floor("plays_lost", "at most", 0, in_small=True),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.warehouse", description=__doc__)
    parser.add_argument("--size", choices=("full", "small"), default="full")
    size: Size = parser.parse_args().size
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    with TemporaryDirectory(prefix="tunegenie-bench-warehouse-") as folder:
        try:
            measured = measure(size, Path(folder), lambda line: console.print(f"[dim]{line} …[/dim]"))
        except BenchError as error:
            console.print(f"[red]bench-warehouse: {error}[/red]")
            return 1
    show(console, measured)
    largest = measured.builds[-1]
    figures = {
        "rows_per_second": largest.rows_per_second,
        "ratio_to_copy": measured.copy_seconds / largest.seconds,
        "day_cost_ratio": measured.day_cost_ratio,
        "peak_mb": max(build.peak_mb for build in measured.builds),
        "plays": largest.plays,
        "plays_lost": measured.plays_lost,
        "database_mb": largest.database_mb,
        "day_seconds": measured.day_seconds[-1],
        "whole_seconds": largest.whole_seconds,
    }
    return finish("warehouse", size, figures, missed(FLOORS, figures, size))


if __name__ == "__main__":
    sys.exit(main())
