"""`python -m benches.ask`: are questions in plain English answered rightly, or refused, and how fast?

Every set of tests/questions is asked of simulated listeners, with --data of the real archive of that folder too. What
is expected comes from SQL over the star. Tables go to standard error, the line of JSON to standard output. Exit code 1
when a floor is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benches.ask.display import show_failures, show_sets
from benches.ask.homes import ARCHIVE_LISTENER, Home, archived, simulated
from benches.ask.measuring import examine, fresh_seconds, together
from benches.processes import BenchError
from benches.report import Figures, Floor, Size, finish, missed

LINE_WIDTH = 120
LISTENERS: Mapping[Size, int] = {"full": 4, "small": 1}
ONE_IN: Mapping[Size, int] = {"full": 1, "small": 2}
"""Of so many questions one is asked."""
AGAIN_ONE_IN: Mapping[Size, int] = {"full": 1, "small": 5}
FLOORS = (
    Floor("match", "at least", 0.95, in_small=True),
    Floor("paraphrase_match", "at least", 0.9, in_small=True),
    Floor("kept_aside_match", "at least", 0.9, in_small=True),
    Floor("silently_wrong", "at most", 0.01, in_small=True),
    Floor("refusal", "at least", 0.95, in_small=True),
    Floor("crashes", "at most", 0, in_small=True),
    Floor("hostile_leaks", "at most", 0, in_small=True),
    Floor("same_again", "at least", 1, in_small=True),
    Floor("p95_ms", "at most", 300, in_small=True),
    Floor("fresh_seconds", "at most", 5, in_small=True),
)
DATA_FLOORS = tuple(Floor(f"archive_{floor.figure}", floor.kind, floor.value, floor.in_small) for floor in FLOORS)
"""With the real archive."""


def ask_home(console: Console, title: str, home: Home, listeners: list[str], size: Size, *, show: bool) -> Figures:
    """The figures of one home, shown.

    Raises:
        BenchError: nobody there has played enough, or `tunegenie ask` failed.
    """
    if not listeners:
        raise BenchError(f"nobody in {home.path} has played enough to be asked")
    examinations = [
        examine(home, listener, one_in=ONE_IN[size], again_one_in=AGAIN_ONE_IN[size]) for listener in listeners
    ]
    examination = together(examinations)
    figures = {
        **examination.figures(),
        "fresh_seconds": fresh_seconds(home, listeners[0]),
        "listeners": len(listeners),
    }
    show_sets(console, f"{title}: {len(listeners)} listeners", examination)
    if show:
        show_failures(console, examination)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.ask", description=__doc__)
    parser.add_argument("--size", choices=("full", "small"), default="full")
    parser.add_argument("--data", type=Path, help="a folder with the real archive")
    parser.add_argument("--home", type=Path, help="a home that is built, instead of a demo of its own; is written to")
    parser.add_argument("--archive-home", type=Path, help="a home that holds the real archive, instead of --data")
    parser.add_argument("--listener", action="append", help="who is asked about in --home")
    parser.add_argument("--show", action="store_true", help="everything that failed, but what is kept aside")
    arguments = parser.parse_args()
    size: Size = arguments.size
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    try:
        with TemporaryDirectory(prefix="tunegenie-bench-") as folder:
            home = Home(arguments.home) if arguments.home else simulated(Path(folder) / "demo", size)
            listeners = arguments.listener or home.listeners(LISTENERS[size])
            figures = dict(ask_home(console, "Simulated", home, listeners, size, show=arguments.show))
            if arguments.data or arguments.archive_home:
                real = Home(arguments.archive_home or archived(Path(folder) / "archive", arguments.data).path)
                found = ask_home(console, "Archive", real, [ARCHIVE_LISTENER], size, show=arguments.show)
                figures |= {f"archive_{name}": value for name, value in found.items()}
            else:
                console.print("Simulated listeners only: --data FOLDER (make bench-ask DATA=FOLDER) adds the archive.")
    except BenchError as error:
        console.print(f"[red]bench-ask: {error}[/red]")
        return 1
    return finish("ask", size, figures, missed((*FLOORS, *DATA_FLOORS), figures, size))


if __name__ == "__main__":
    sys.exit(main())
