"""Simulated plays as Parquet, one file a UTC day. What is played is in plays.py."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ml.listeners.plays import CODED_SCHEMA, simulated_runs, world_of

Progress = Callable[[date, int], None]

_TIMES = ("started_at", "ended_at")
# Dictionaries of numbers that hardly repeat, and bounds of texts that nobody filters by, took two thirds of the time.
_IN_DICTIONARIES = [column.name for column in CODED_SCHEMA if column.name not in (*_TIMES, "ms_played")]
_WITH_BOUNDS = ["play_date", "started_at"]
_LARGEST_DICTIONARY = 2**26
"""Bytes; texts beyond would be written out row by row."""


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
    threads: int = 2,
    progress: Progress | None = None,
) -> list[DayFile]:
    """Write the plays of the UTC days [start, end) into `folder`, which is made: `2026-01-31.parquet` for each day.

    A day on which nobody plays has a file without rows. A file is in its place whole or not at all, and the same
    plays make the same file. `progress` is told of each day written and of its rows. For the rest see `simulate_plays`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = world_of(listeners, catalogue, start, end)
    every_day = [start + timedelta(days=offset) for offset in range((end - start).days)]
    rows = dict.fromkeys(every_day, 0)
    for days, blocks in simulated_runs(world, threads=threads):
        with _files(folder, days) as writers:
            for tables in blocks:
                for day, plays in tables.items():
                    rows[day] += plays.num_rows
                    if plays.num_rows:
                        writers[day].write_table(plays)
        if progress is not None:
            for day in days:
                progress(day, rows[day])
    with _files(folder, [day for day in every_day if not world.first <= day < world.until]):
        pass
    return [DayFile(day, _path(folder, day), count) for day, count in rows.items()]


@contextmanager
def _files(folder: Path, days: Sequence[date]) -> Generator[Mapping[date, pq.ParquetWriter]]:
    """A file to write for each day; they take their places when all are done, and none does after an error."""
    unfinished = {day: _path(folder, day).with_suffix(".part") for day in days}
    try:
        with ExitStack() as stack:
            yield {day: stack.enter_context(_writer(path)) for day, path in unfinished.items()}
        for day, path in unfinished.items():
            path.replace(_path(folder, day))
    finally:
        for path in unfinished.values():
            path.unlink(missing_ok=True)


def _path(folder: Path, day: date) -> Path:
    return folder / f"{day}.parquet"


def _writer(path: Path) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        CODED_SCHEMA,
        compression="snappy",
        use_dictionary=_IN_DICTIONARIES,  # pyright: ignore[reportArgumentType]  # names of columns will do
        dictionary_pagesize_limit=_LARGEST_DICTIONARY,
        column_encoding=dict.fromkeys(_TIMES, "DELTA_BINARY_PACKED"),
        write_statistics=_WITH_BOUNDS,  # pyright: ignore[reportArgumentType]  # so here
        # Readers see plain texts.
        store_schema=False,
    )
