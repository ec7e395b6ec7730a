"""`python -m benches.merge`: does the merge count every play once, how fast, and what does a new day cost?

Tables and progress go to standard error, the line of JSON to standard output. Exit code 1 when a floor is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benches.merge import display
from benches.merge.archives import ArchiveResult, measure_archive, measure_reader
from benches.merge.days import measure_days
from benches.merge.merging import measure_merge
from benches.processes import BenchError
from benches.report import Figures, Floor, Size, finish, missed

LINE_WIDTH = 120

FLOORS = (
    Floor("precision", "at least", 0.999, in_small=True),
    Floor("recall", "at least", 0.995, in_small=True),
    # What is left are loops heard offline, whose rows in account data are equal to the byte.
    Floor("loops_intact", "at least", 0.985),
    Floor("order_independent", "at least", 1, in_small=True),
    Floor("second_import_changes", "at most", 0, in_small=True),
    Floor("day_cost_ratio", "at most", 1.2),
    Floor("archive_250k_seconds", "at most", 60),
    Floor("peak_mb", "at most", 2048),
    Floor("reader_peak_mb", "at most", 500),
)


def score_part(size: Size, folder: Path, console: Console) -> Figures:
    result = measure_merge(size, folder)
    display.show_merge(console, result)
    naive = {
        f"naive_{rule}_{name}": getattr(score, name)
        for rule, score in result.naive.items()
        for name in ("precision", "recall")
    }
    return {
        "precision": result.ours.precision,
        "recall": result.ours.recall,
        "loops_intact": result.ours.loops_intact,
        "plays_true": result.ours.plays_true,
        "plays_counted": result.ours.plays_counted,
        "order_independent": result.order_independent,
        "second_import_changes": result.second_import_changes,
        **naive,
        **(first_import(result.first_import, console) if size == "small" else {}),
    }


def archive_part(size: Size, folder: Path, console: Console) -> Figures:
    return first_import(measure_archive(size, folder), console)


def first_import(result: ArchiveResult, console: Console) -> Figures:
    display.show_archive(console, result)
    return {
        "archive_rows": result.rows,
        "archive_250k_seconds": result.seconds,
        "archive_cpu_seconds": result.cpu_seconds,
        "peak_mb": result.peak_mb,
        "archive_network_cut": result.network_cut,
    }


def reader_part(size: Size, folder: Path, console: Console) -> Figures:
    result = measure_reader(size, folder)
    display.show_reader(console, result)
    return {"reader_peak_mb": result.peak_mb}


def days_part(size: Size, folder: Path, console: Console) -> Figures:
    result = measure_days(size, folder)
    display.show_days(console, result)
    return {
        "days_records": result.long_records,
        "day_cost_ratio": result.ratio,
        "day_seconds_short": result.short_seconds,
        "day_seconds_long": result.long_seconds,
    }


PARTS: Mapping[str, Callable[[Size, Path, Console], Figures]] = {
    "score": score_part,
    "archive": archive_part,
    "reader": reader_part,
    "days": days_part,
}

PARTS_OF: Mapping[Size, Sequence[str]] = {"full": tuple(PARTS), "small": ("score", "reader", "days")}
"""In the small size the archive is what the score imports first: one import more would take a third of its minute."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.merge", description=__doc__)
    parser.add_argument("--size", choices=("full", "small"), default="full")
    parser.add_argument("--part", choices=tuple(PARTS), action="append", help="only this part; may be given again")
    arguments = parser.parse_args()
    size: Size = arguments.size
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    figures: dict[str, float | int | bool] = {}
    # The small size only shows that all of it works, so its parts may run side by side; what is measured may not.
    workers = {"full": 1, "small": 2}[size]
    with TemporaryDirectory(prefix="tunegenie-bench-merge-") as folder, ThreadPoolExecutor(workers) as pool:
        parts = {
            name: pool.submit(PARTS[name], size, Path(folder) / name, console)
            for name in arguments.part or PARTS_OF[size]
        }
        for name, part in parts.items():
            console.print(f"[dim]{name} …[/dim]")
            try:
                figures |= part.result()
            except BenchError as error:
                console.print(f"[red]bench-merge: {name}: {error}[/red]")
                pool.shutdown(cancel_futures=True)
                return 1
    return finish("merge", size, figures, missed(FLOORS, figures, size))


if __name__ == "__main__":
    sys.exit(main())
