"""`python -m benches.io`: how fast rows go into DuckDB and out, beside DuckDB itself and the stock IO manager.

Each trial of each of them is a process of its own, and they take turns. The table goes to standard error, the line
of JSON to standard output. Exit code 1 when a floor is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from benches.io.plays import write_days, write_plays
from benches.processes import BenchError, run
from benches.report import Figures, Floor, Size, finish, missed

LINE_WIDTH = 120
ROWS: Mapping[Size, int] = {"full": 5_000_000, "small": 100_000}
TRIALS: Mapping[Size, int] = {"full": 3, "small": 1}
NAMES = {
    "ours": "TuneGenie's IO manager",
    "files": "TuneGenie's IO manager, from a file a day",
    "duckdb": "DuckDB: create table as select from Parquet",
    "stock": "DuckDBPandasIOManager",
}
FLOORS = (
    # Processor time and wall time of the small size are mostly those of opening a file.
    Floor("ratio_to_duckdb", "at least", 0.5),
    Floor("ratio_to_stock", "at least", 1),
    Floor("files_ratio_to_duckdb", "at least", 0.5),
    Floor("files_peak_mb", "at most", 1536),
    Floor("read_ratio_to_duckdb", "at least", 0.5),
    Floor("peak_mb", "at most", 4096),
    Floor("rows_lost", "at most", 0, in_small=True),
)


@dataclass(frozen=True)
class Measured:
    """The median of the trials of one contender."""

    write: float
    overwrite: float
    read: float | None
    """None where the rows are not brought into memory."""
    peak_mb: float
    rows: int


def measure(size: Size, folder: Path) -> dict[str, Measured]:
    """All contenders in turns, on the same plays.

    Raises:
        BenchError: one of them failed.
    """
    parquet, days = folder / "plays.parquet", folder / "days"
    write_plays(parquet, ROWS[size])
    write_days(parquet, days)
    trials: dict[str, list[dict[str, float]]] = {name: [] for name in NAMES}
    for _ in range(TRIALS[size]):
        for name, found in trials.items():
            with TemporaryDirectory(dir=folder) as home:
                program = [sys.executable, "-W", "ignore", "-m", "benches.io.contender", name]
                finished = run([*program, str(parquet), str(days), home])
            found.append({**json.loads(finished.stdout.splitlines()[-1]), "peak_mb": finished.peak_mb})
    return {
        name: Measured(
            write=median(trial["write"] for trial in found),
            overwrite=median(trial["overwrite"] for trial in found),
            read=median(trial["read"] for trial in found) if "read" in found[0] else None,
            peak_mb=max(trial["peak_mb"] for trial in found),
            rows=int(min(trial["rows"] for trial in found)),
        )
        for name, found in trials.items()
    }


def figures_of(measured: Mapping[str, Measured], rows: int) -> Figures:
    ours, files, duckdb, stock = (measured[name] for name in NAMES)
    if ours.read is None or duckdb.read is None or stock.read is None:
        raise BenchError("a contender did not read its rows")
    return {
        "rows": rows,
        "rows_per_second": round(rows / ours.write),
        "ratio_to_duckdb": duckdb.write / ours.write,
        "ratio_to_stock": stock.write / ours.write,
        "overwrite_ratio_to_duckdb": duckdb.overwrite / ours.overwrite,
        "overwrite_ratio_to_stock": stock.overwrite / ours.overwrite,
        "files_rows_per_second": round(rows / files.write),
        "files_ratio_to_duckdb": duckdb.write / files.write,
        "files_peak_mb": files.peak_mb,
        "read_rows_per_second": round(rows / ours.read),
        "read_ratio_to_duckdb": duckdb.read / ours.read,
        "read_ratio_to_stock": stock.read / ours.read,
        "peak_mb": ours.peak_mb,
        "stock_peak_mb": stock.peak_mb,
        "rows_lost": rows - min(ours.rows, files.rows),
    }


def show(console: Console, measured: Mapping[str, Measured], rows: int) -> None:
    table = Table(title=f"{rows:,} plays of a year of days, {len(measured)} ways, in rows a second")
    for column in ("", "write", "write again", "read", "peak MB"):
        table.add_column(column, justify="left" if not column else "right")
    for name, found in measured.items():
        times = (found.write, found.overwrite, found.read)
        rates = ("" if seconds is None else f"{rows / seconds:,.0f}" for seconds in times)
        table.add_row(NAMES[name], *rates, f"{found.peak_mb:,.0f}", style="bold" if name == "ours" else None)
    console.print(table)
    console.print("The peaks of both IO managers hold the rows themselves, in Arrow and in pandas, but from files.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.io", description=__doc__)
    parser.add_argument("--size", choices=tuple(ROWS), default="full")
    size: Size = parser.parse_args().size
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    with TemporaryDirectory(prefix="tunegenie-bench-io-") as folder:
        try:
            measured = measure(size, Path(folder))
        except BenchError as error:
            console.print(f"[red]bench-io: {error}[/red]")
            return 1
    show(console, measured, ROWS[size])
    figures = figures_of(measured, ROWS[size])
    return finish("io", size, figures, missed(FLOORS, figures, size))


if __name__ == "__main__":
    sys.exit(main())
