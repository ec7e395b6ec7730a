"""`python -m benches.simulate`: how fast are plays simulated, beside the common way, and in how much memory?

Tables and progress go to standard error, the line of JSON to standard output. Exit code 1 when a floor is missed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benches.processes import BenchError
from benches.report import Floor, Size, finish, missed
from benches.simulate.display import show
from benches.simulate.measuring import PLANS, THIRTY_MILLION, figures_of, measure

LINE_WIDTH = 120

FLOORS = (
    Floor("plays_per_second", "at least", 1_500_000),
    Floor("seconds_of_30_million", "at most", 60),
    Floor("plays", "at least", THIRTY_MILLION),
    Floor("peak_mb", "at most", 1536),
    Floor("memory_ratio", "at most", 1.2),
    Floor("rows_lost", "at most", 0, in_small=True),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.simulate", description=__doc__)
    parser.add_argument("--size", choices=tuple(PLANS), default="full")
    size: Size = parser.parse_args().size
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    with TemporaryDirectory(prefix="tunegenie-bench-simulate-") as folder:
        try:
            measured = measure(size, Path(folder), lambda line: console.print(f"[dim]{line} …[/dim]"))
        except BenchError as error:
            console.print(f"[red]bench-simulate: {error}[/red]")
            return 1
    show(console, measured)
    figures = figures_of(measured)
    return finish("simulate", size, figures, missed(FLOORS, figures, size))


if __name__ == "__main__":
    sys.exit(main())
