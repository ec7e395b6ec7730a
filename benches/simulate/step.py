"""`python -m benches.simulate.step ACTION FOLDER …`: one step of the bench in a process of its own.

A process of its own has a peak memory of its own, and no step finds what another one left in memory. Prints one JSON
document.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benches.simulate import peers
from ml.listeners.catalogue import generate_catalogue
from ml.listeners.day_files import write_plays
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners

SEED = 42
ARTISTS = 3_000
FIRST_DAY = date(2023, 1, 1)
UNTIL = date(2026, 1, 1)
"""The population of every step could play for three years: how many of them it does is all that differs."""
PROBED_DAYS = tuple(FIRST_DAY + timedelta(days=offset) for offset in range(20, 600, 83))
"""Days of every weekday, over most of two years."""
SURPLUS = 1.03
"""Days are estimated from a few of them, and there should be no fewer plays than were asked for."""
THREADS = 2

Told = Mapping[str, float | int]


def write_days(folder: Path, listeners: int, days: int) -> Told:
    """So many listeners for so many days."""
    catalogue = generate_catalogue(SEED, ARTISTS)
    begin = time.monotonic()
    population = simulate_listeners(PopulationSpec(listeners, SEED, FIRST_DAY, UNTIL), catalogue)
    listeners_seconds = time.monotonic() - begin
    return {**_write(folder, population, catalogue, days), "listeners_seconds": listeners_seconds}


def write_range(folder: Path, listeners: int, plays: int) -> Told:
    """About so many plays of so many listeners in one range of days, as long as it takes."""
    catalogue = generate_catalogue(SEED, ARTISTS)
    population = simulate_listeners(PopulationSpec(listeners, SEED, FIRST_DAY, UNTIL), catalogue)
    probed = [simulate_plays(population, catalogue, day, day + timedelta(days=1)).num_rows for day in PROBED_DAYS]
    return _write(folder, population, catalogue, days_for(plays, sum(probed) / len(probed)))


def days_for(plays: int, plays_a_day: float) -> int:
    """Days in which there are so many plays and some more.

    Raises:
        SystemExit: the population may not play for so long.
    """
    days = math.ceil(plays * SURPLUS / plays_a_day)
    if FIRST_DAY + timedelta(days=days) > UNTIL:
        raise SystemExit(f"{plays:,} plays take {days:,} days at {plays_a_day:,.0f} a day: more listeners are needed")
    return days


def _write(folder: Path, population: pa.Table, catalogue: pa.Table, days: int) -> Told:
    begin = time.monotonic()
    files = write_plays(population, catalogue, FIRST_DAY, FIRST_DAY + timedelta(days=days), folder, threads=THREADS)
    seconds = time.monotonic() - begin
    plays = sum(file.rows for file in files)
    found = sum(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))
    return {
        "plays": plays,
        "days": days,
        "seconds": seconds,
        "rows_lost": abs(plays - found) + abs(days - len(files)),
        "bytes": sum(file.path.stat().st_size for file in files),
    }


def write_again(folder: Path, rows: int) -> Told:
    """The first days of a folder with about so many plays, written by pyarrow from memory."""
    files = sorted(folder.glob("*.parquet"))
    before = accumulate((pq.read_metadata(file).num_rows for file in files), initial=0)
    chosen = [file for file, count in zip(files, before, strict=False) if count < rows]
    written, seconds = peers.pyarrow_alone(chosen, folder / "again", THREADS)
    return {"plays": written, "seconds": seconds}


def loop(action: str, folder: Path, rows: int) -> Told:
    # In a folder of its own: what lies beside the days would be taken for one.
    path = folder / action / "plays.parquet"
    path.parent.mkdir(parents=True)
    peer = {"faker": peers.faker_loop, "thrifty": peers.thrifty_loop}[action]
    return {"plays": rows, "seconds": peer(rows, path, SEED)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benches.simulate.step", description=__doc__)
    parser.add_argument("action", choices=("days", "range", "pyarrow", "faker", "thrifty"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--listeners", type=int, default=0)
    parser.add_argument("--days", type=int, default=0)
    parser.add_argument("--plays", type=int, default=0)
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    if arguments.action == "days":
        told = write_days(folder, arguments.listeners, arguments.days)
    elif arguments.action == "range":
        told = write_range(folder, arguments.listeners, arguments.plays)
    elif arguments.action == "pyarrow":
        told = write_again(folder, arguments.plays)
    else:
        told = loop(arguments.action, folder, arguments.plays)
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
