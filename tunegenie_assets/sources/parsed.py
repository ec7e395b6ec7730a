"""Parsed archives: a local cache that holds each landed archive as Parquet, so that it is parsed once.

Anything here can be deleted: landing holds the truth. Layout below the folder:
    v<reader version>/<listener_id>/<archive_id>/{records.parquet,rejected.parquet,summary.json}
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from filelock import FileLock
from pydantic import TypeAdapter, ValidationError
from upath import UPath

from tunegenie_assets.keys import FIRST_PLAY_DAY
from tunegenie_assets.schemas.histories import REJECTED_RECORDS, SPOTIFY_EXTENDED_HISTORY
from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.archive import archive_members
from tunegenie_assets.sources.landing import LandedArchive, Landing
from tunegenie_assets.sources.spotify_extended import READER_VERSION, Batch, Origin, read_history
from tunegenie_assets.sources.storage import make_folder, store

_RECORDS = "records.parquet"
_REJECTED = "rejected.parquet"
_SUMMARY = "summary.json"
_PARTIAL = "partial"
_LOCK = ".lock"
_ORDER = [("listener_id", "ascending"), ("source_file", "ascending"), ("source_row", "ascending")]


@dataclass(frozen=True)
class ParsedArchive:
    """What reading one archive gave; records + rejected are all the records it holds."""

    records: int
    rejected: int
    first_day: date | None
    """First play day (UTC); None without a readable record."""
    last_day: date | None
    reasons: dict[str, int]
    """Rejected records by reason."""
    path: Path
    """Folder of the Parquet files."""


class ParsedArchives:
    """The cache in `folder`; records before `first_day` are rejected, as read_history describes."""

    def __init__(self, folder: Path, *, first_day: date = FIRST_PLAY_DAY) -> None:
        self._folder = folder / f"v{READER_VERSION}"
        self._first_day = first_day

    def ensure(
        self, landing: Landing, archive: LandedArchive, progress: Callable[[int], None] | None = None
    ) -> ParsedArchive:
        """The parsed archive, parsed now if it is not here or is here damaged.

        `progress` is called with the number of records of each further batch. Raises a SourceError when the archive
        cannot be opened; single records that cannot be read are counted instead.
        """
        folder = self._folder / archive.listener_id / archive.archive_id
        make_folder(UPath(folder))
        with FileLock(folder / _LOCK):
            return self._kept(folder) or self._parse(landing, archive, folder, progress)

    def read_window(self, archives: Iterable[ParsedArchive], start: date, end: date) -> pa.Table:
        """Rows of SPOTIFY_EXTENDED_HISTORY that began on the UTC days [start, end), by listener, file and row."""
        files = [str(archive.path / _RECORDS) for archive in archives if _overlaps(archive, start, end)]
        window = (ds.field("play_date") >= start) & (ds.field("play_date") < end)
        return _read(SPOTIFY_EXTENDED_HISTORY, files, window)

    def rejected(self, archives: Iterable[ParsedArchive]) -> pa.Table:
        """All rows of REJECTED_RECORDS, by listener, file and row."""
        return _read(REJECTED_RECORDS, [str(archive.path / _REJECTED) for archive in archives if archive.rejected])

    def _parse(
        self, landing: Landing, archive: LandedArchive, folder: Path, progress: Callable[[int], None] | None
    ) -> ParsedArchive:
        (folder / _SUMMARY).unlink(missing_ok=True)
        shutil.rmtree(folder / _PARTIAL, ignore_errors=True)  # of a run that was killed
        (folder / _PARTIAL).mkdir()
        with landing.open(archive) as stream:
            members = archive_members(stream, archive.file_name)
            origin = Origin(archive.listener_id, archive.archive_id, archive.landed_at)
            batches = read_history(members, origin, first_day=self._first_day)
            tally = _write(batches, folder / _PARTIAL, progress)
        for name in (_RECORDS, _REJECTED):
            (folder / _PARTIAL / name).replace(folder / name)
        (folder / _PARTIAL).rmdir()
        summary = tally.summary(folder, self._first_day)
        store(io.BytesIO(_SUMMARY_TYPE.dump_json(summary, indent=2)), UPath(folder / _SUMMARY))
        return summary.parsed(folder)

    def _kept(self, folder: Path) -> ParsedArchive | None:
        """The parsed archive in `folder` if it is complete and sound."""
        try:
            summary = _SUMMARY_TYPE.validate_json((folder / _SUMMARY).read_bytes())
            sound = (
                summary.earliest_accepted_day == self._first_day
                and _is_sound(folder / _RECORDS, SPOTIFY_EXTENDED_HISTORY, summary.records_sha256)
                and _is_sound(folder / _REJECTED, REJECTED_RECORDS, summary.rejected_sha256)
            )
        except (FileNotFoundError, ValidationError, pa.ArrowException):
            return None
        return summary.parsed(folder) if sound else None


@dataclass(frozen=True)
class _Summary:
    """What summary.json says: the figures, and what the Parquet files must be for them to hold."""

    records: int
    rejected: int
    first_day: date | None
    last_day: date | None
    reasons: dict[str, int]
    earliest_accepted_day: date
    records_sha256: str
    rejected_sha256: str

    def parsed(self, path: Path) -> ParsedArchive:
        return ParsedArchive(self.records, self.rejected, self.first_day, self.last_day, self.reasons, path)


_SUMMARY_TYPE = TypeAdapter(_Summary)


@dataclass
class _Tally:
    """What has been written so far."""

    records: int = 0
    rejected: int = 0
    first_day: date | None = None
    last_day: date | None = None
    reasons: Counter[str] = field(default_factory=Counter[str])

    def add(self, batch: Batch) -> None:
        self.records += batch.records.num_rows
        self.rejected += batch.rejected.num_rows
        self.reasons.update(cast("list[str]", batch.rejected["reason"].to_pylist()))
        if batch.records.num_rows:
            days = pc.call_function("min_max", [batch.records["play_date"]]).as_py()
            self.first_day = min(self.first_day or days["min"], days["min"])
            self.last_day = max(self.last_day or days["max"], days["max"])

    def summary(self, folder: Path, earliest_accepted_day: date) -> _Summary:
        return _Summary(
            records=self.records,
            rejected=self.rejected,
            first_day=self.first_day,
            last_day=self.last_day,
            reasons=dict(sorted(self.reasons.items())),
            earliest_accepted_day=earliest_accepted_day,
            records_sha256=_digest(folder / _RECORDS),
            rejected_sha256=_digest(folder / _REJECTED),
        )


def _write(batches: Iterable[Batch], folder: Path, progress: Callable[[int], None] | None) -> _Tally:
    """Write the two Parquet files, one row group for each batch."""
    tally = _Tally()
    with (
        _writer(folder / _RECORDS, SPOTIFY_EXTENDED_HISTORY) as records,
        _writer(folder / _REJECTED, REJECTED_RECORDS) as rejected,
    ):
        for batch in batches:
            records.write_table(batch.records)
            rejected.write_table(batch.rejected)
            tally.add(batch)
            if progress is not None:
                progress(batch.records.num_rows + batch.rejected.num_rows)
    return tally


def _writer(path: Path, table: Table) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, table.arrow_schema, compression="zstd")


def _read(table: Table, files: Sequence[str], window: ds.Expression | None = None) -> pa.Table:
    if not files:
        return table.empty()
    dataset = ds.dataset(sorted(files), schema=table.arrow_schema, format="parquet")
    return dataset.to_table(filter=window).sort_by(_ORDER)


def _is_sound(file: Path, table: Table, digest: str) -> bool:
    """Whether the file is what was written, under the columns of today."""
    return _digest(file) == digest and pq.read_schema(file).equals(table.arrow_schema)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _overlaps(archive: ParsedArchive, start: date, end: date) -> bool:
    return (
        archive.first_day is not None
        and archive.last_day is not None
        and archive.first_day < end
        and archive.last_day >= start
    )
