"""Parsed archives: a local cache that holds each landed archive as Parquet, so that it is parsed once.

Anything here can be deleted: landing holds the truth. Layout below the folder:
    v<reader version>/<listener_id>/<archive_id>/{<source>.parquet…,rejected.parquet,summary.json}
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from filelock import FileLock
from pydantic import TypeAdapter, ValidationError
from upath import UPath

from tunegenie_assets.keys import FIRST_PLAY_DAY
from tunegenie_assets.schemas.histories import HISTORIES, REJECTED_RECORDS
from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.archive import archive_members
from tunegenie_assets.sources.landing import LandedArchive, Landing
from tunegenie_assets.sources.parsing import REJECTED, Parsed, ParsedMember, ParsedSource, records_file, write_archive
from tunegenie_assets.sources.reader import READER_VERSION, Origin
from tunegenie_assets.sources.storage import make_folder, store

_SUMMARY = "summary.json"
_PARTIAL = "partial"
_LOCK = ".lock"
_ORDER = [("listener_id", "ascending"), ("source_file", "ascending"), ("source_row", "ascending")]
_TABLES = {table.name: table for table in HISTORIES}


@dataclass(frozen=True)
class ParsedArchive:
    """What reading one archive gave; records + rejected are all the records it holds."""

    members: tuple[ParsedMember, ...]
    """Every file of the archive, by name."""
    sources: dict[str, ParsedSource]
    """By source name."""
    path: Path
    """Folder of the Parquet files."""

    @property
    def records(self) -> int:
        return sum(member.records for member in self.members)

    @property
    def rejected(self) -> int:
        return sum(member.rejected for member in self.members)

    @property
    def reasons(self) -> dict[str, int]:
        """Rejected records by reason."""
        total: Counter[str] = Counter()
        for member in self.members:
            total.update(member.reasons)
        return dict(sorted(total.items()))

    @property
    def first_day(self) -> date | None:
        """First play day (UTC); None without a readable record."""
        return min((source.first_day for source in self.sources.values() if source.first_day), default=None)

    @property
    def last_day(self) -> date | None:
        return max((source.last_day for source in self.sources.values() if source.last_day), default=None)


class ParsedArchives:
    """The cache in `folder`; records before `first_day` are rejected, as read_member describes."""

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

    def read_window(self, source: str, archives: Iterable[ParsedArchive], start: date, end: date) -> pa.Table:
        """Rows of the source's raw table that began on the UTC days [start, end), by listener, file and row."""
        files = [str(a.path / records_file(source)) for a in archives if _overlaps(a.sources.get(source), start, end)]
        window = (ds.field("play_date") >= start) & (ds.field("play_date") < end)
        return _read(_TABLES[source], files, window)

    def rejected(self, archives: Iterable[ParsedArchive]) -> pa.Table:
        """All rows of REJECTED_RECORDS, by listener, file and row."""
        return _read(REJECTED_RECORDS, [str(archive.path / REJECTED) for archive in archives if archive.rejected])

    def _parse(
        self, landing: Landing, archive: LandedArchive, folder: Path, progress: Callable[[int], None] | None
    ) -> ParsedArchive:
        (folder / _SUMMARY).unlink(missing_ok=True)
        shutil.rmtree(folder / _PARTIAL, ignore_errors=True)  # of a run that was killed
        (folder / _PARTIAL).mkdir()
        origin = Origin(archive.listener_id, archive.archive_id, archive.landed_at)
        bounds = origin.bounds(self._first_day)
        with landing.open(archive) as stream:
            members = archive_members(stream, archive.file_name)
            parsed = write_archive(
                members, archive.file_name, origin, bounds, folder=folder / _PARTIAL, progress=progress
            )
        files = [REJECTED, *map(records_file, parsed.sources)]
        for name in files:
            (folder / _PARTIAL / name).replace(folder / name)
        (folder / _PARTIAL).rmdir()
        summary = _Summary(parsed, self._first_day, {name: _digest(folder / name) for name in files})
        store(io.BytesIO(_SUMMARY_TYPE.dump_json(summary, indent=2)), UPath(folder / _SUMMARY))
        return summary.archive(folder)

    def _kept(self, folder: Path) -> ParsedArchive | None:
        """The parsed archive in `folder` if it is complete and sound."""
        try:
            summary = _SUMMARY_TYPE.validate_json((folder / _SUMMARY).read_bytes())
            tables = {REJECTED: REJECTED_RECORDS} | {
                records_file(name): _TABLES[name] for name in summary.parsed.sources
            }
            sound = (
                summary.earliest_accepted_day == self._first_day
                and summary.sha256.keys() == tables.keys()
                and all(_is_sound(folder / name, table, summary.sha256[name]) for name, table in tables.items())
            )
        except (FileNotFoundError, ValidationError, KeyError, pa.ArrowException):
            return None
        return summary.archive(folder) if sound else None


@dataclass(frozen=True)
class _Summary:
    """What summary.json says: the figures, and what the Parquet files must be for them to hold."""

    parsed: Parsed
    earliest_accepted_day: date
    sha256: dict[str, str]
    """By name of a Parquet file."""

    def archive(self, path: Path) -> ParsedArchive:
        return ParsedArchive(self.parsed.members, self.parsed.sources, path)


_SUMMARY_TYPE = TypeAdapter(_Summary)


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


def _overlaps(source: ParsedSource | None, start: date, end: date) -> bool:
    return (
        source is not None
        and source.first_day is not None
        and source.last_day is not None
        and source.first_day < end
        and source.last_day >= start
    )
