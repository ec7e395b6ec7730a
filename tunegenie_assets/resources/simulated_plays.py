"""Simulated plays in landing, one Parquet file a UTC day, as a Dagster resource. What is played is in ml/listeners.

The files are what the warehouse loads. They can be made again from the population and the catalogue at any time, so
nothing depends on their being there.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg
import pyarrow as pa
from upath import UPath

from ml.listeners.day_files import DayFile, Progress, write_plays
from tunegenie_assets.resources.parquet_files import ParquetFiles
from tunegenie_assets.sources.storage import location, make_folder, store

_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})\.(parquet|part)")


@dataclass(frozen=True)
class LandedPlays:
    """The simulated plays of a range of days, in files."""

    rows_by_day: dict[date, int]
    """Of each day on which the population listens, by day."""
    files: ParquetFiles
    size_bytes: int
    seconds: float
    """What simulating them took."""


class SimulatedPlays(dg.ConfigurableResource[None]):
    """The files below `folder`, a folder or an fsspec URL: `2026-01-31.parquet` for each day."""

    folder: str

    def land(
        self, population: pa.Table, catalogue: pa.Table, start: date, end: date, progress: Progress | None = None
    ) -> LandedPlays:
        """Simulate the UTC days [start, end) into files, in place of those that were there of these days.

        Days on which the population does not listen have no file.
        """
        folder, days = location(self.folder), _listened(population, start, end)
        if days is None:
            _remove_others(folder, set(), start, end)
            return LandedPlays({}, ParquetFiles((), 0), 0, 0.0)
        begin = time.monotonic()
        with _local(folder) as local:
            files = write_plays(population, catalogue, *days, local, progress=progress)
            seconds = time.monotonic() - begin
            size_bytes = sum(file.path.stat().st_size for file in files)
            landed = tuple(folder / file.path.name for file in files)
            if not isinstance(folder, Path):
                _upload(files, folder)
        _remove_others(folder, set(landed), start, end)
        rows_by_day = {file.day: file.rows for file in files}
        return LandedPlays(rows_by_day, ParquetFiles(landed, sum(rows_by_day.values())), size_bytes, seconds)


def _listened(population: pa.Table, start: date, end: date) -> tuple[date, date] | None:
    """Those of the days [start, end) on which the population listens; None for none of them."""
    if not population.num_rows:
        return None
    first: date = population.column("simulated_from")[0].as_py()
    until: date = population.column("simulated_until")[0].as_py()
    days = max(start, first), min(end, until)
    return days if days[0] < days[1] else None


@contextmanager
def _local(folder: UPath) -> Generator[Path]:
    """Where files that are meant for `folder` can be written: there, or in a local folder until the block ends."""
    if isinstance(folder, Path):
        make_folder(folder)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="tunegenie-") as local:
        yield Path(local)


def _upload(files: Iterable[DayFile], folder: UPath) -> None:
    make_folder(folder)
    for file in files:
        with file.path.open("rb") as source:
            store(source, folder / file.path.name)


def _remove_others(folder: UPath, landed: Collection[UPath], start: date, end: date) -> None:
    """Files of these days that are not `landed`: of another population, or of a run that was killed."""
    if not folder.exists():
        return
    for path in list(folder.iterdir()):
        file = _FILE.fullmatch(path.name)
        if file and start.isoformat() <= file[1] < end.isoformat() and path not in landed and path.is_file():
            path.unlink()
