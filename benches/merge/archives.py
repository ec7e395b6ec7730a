"""One large Spotify archive: time and memory of its import to gold, and memory of the reader alone."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from benches.merge.catalogue import invent_catalogue
from benches.merge.export_files import write_exports
from benches.merge.homes import Home
from benches.merge.observe_spotify import extended_history, in_files
from benches.merge.records import ExportFile, Records
from benches.merge.truth import listen
from benches.processes import Finished, can_cut_network, run
from benches.report import Size
from ml.listeners.exports.fields import extended_file
from ml.listeners.exports.files import JSON_ARRAY, write_export

SEED = 11
ROWS: dict[Size, int] = {"full": 250_000, "small": 5_000}
YEARS: dict[Size, int] = {"full": 10, "small": 1}
"""Dagster stores an event for each day of each daily asset, which an archive of few rows need not wait for."""
ROWS_PER_FILE = 17_000
"""As in real archives, whose files hold 10.5 to 12.8 MB."""
READER_MB: dict[Size, int] = {"full": 1024, "small": 30}


@dataclass(frozen=True)
class ArchiveResult:
    """One import from nothing to gold."""

    rows: int
    unpacked_mb: float
    seconds: float
    cpu_seconds: float
    peak_mb: float
    network_cut: bool


@dataclass(frozen=True)
class ReaderResult:
    """Reading one archive, without a warehouse."""

    rows: int
    unpacked_mb: float
    seconds: float
    peak_mb: float


def measure_archive(size: Size, folder: Path) -> ArchiveResult:
    """Import a generated archive into a fresh home below `folder`.

    Raises:
        BenchError: the import failed.
    """
    folder.mkdir(parents=True)
    history = large_history(ROWS[size], YEARS[size])
    members = in_files(np.random.default_rng([SEED, 1]), history, ROWS_PER_FILE)
    export = ExportFile("my_spotify_data.zip", "spotify_extended_history", JSON_ARRAY, members)
    [written] = write_exports([export], folder)
    finished = Home(folder / "home").import_files([written.path], network=False)
    return imported([written.path], sum(len(records) for _, records in members), finished)


def imported(paths: Sequence[Path], rows: int, finished: Finished) -> ArchiveResult:
    """What an import of files with so many rows, which was to have no network, took."""
    return ArchiveResult(
        rows=rows,
        unpacked_mb=sum(map(_unpacked, paths)) / 1e6,
        seconds=finished.seconds,
        cpu_seconds=finished.cpu_seconds,
        peak_mb=finished.peak_mb,
        network_cut=can_cut_network(),
    )


def measure_reader(size: Size, folder: Path) -> ReaderResult:
    """Land and parse an archive whose one member is as large as asked.

    Raises:
        BenchError: the reader failed.
    """
    folder.mkdir(parents=True)
    path = folder / "large.zip"
    history = large_history(ROWS[size], YEARS[size])
    copies = -(-READER_MB[size] * 2**20 // sum(map(len, JSON_ARRAY.pieces(history.rows))))
    rows = pa.concat_tables([history.rows] * copies)
    write_export(path, JSON_ARRAY, [(extended_file(0, history.stamp), rows)])
    unpacked = _unpacked(path)
    finished = run([sys.executable, "-m", "benches.merge.read_archive", str(path), str(folder / "parsed")])
    return ReaderResult(int(finished.stdout), unpacked / 1e6, finished.seconds, finished.peak_mb)


def _unpacked(path: Path) -> int:
    """Bytes of a file, or of all members of a zip."""
    if not zipfile.is_zipfile(path):
        return path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def large_history(rows: int, years: int) -> Records:
    """About `rows` rows of an extended history of so many years."""
    rng = np.random.default_rng([SEED, 0])
    catalogue = invent_catalogue(rng, min(rows // 20, 12_000))
    return extended_history(rng, catalogue, listen(rng, catalogue, rows, years))
