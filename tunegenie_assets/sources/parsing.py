"""Writes the rows of one archive as Parquet, a file for each source and one for what was rejected, and counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tunegenie_assets.schemas.histories import REJECTED_RECORDS
from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.archive import Member
from tunegenie_assets.sources.detect import DetectedMember, detect_members
from tunegenie_assets.sources.reader import Batch, Origin, damaged_member, read_member
from tunegenie_assets.sources.records import Bounds

REJECTED = "rejected.parquet"


def records_file(source: str) -> str:
    """Name of the Parquet file that holds the records of a source."""
    return f"{source}.parquet"


@dataclass(frozen=True)
class ParsedMember:
    """What reading one file of an archive gave."""

    name: str
    source_file: str
    """How its records name it."""
    source: str | None
    """None for a file that holds no listening history, or was damaged before it showed any."""
    records: int
    rejected: int
    reasons: dict[str, int]
    """Rejected records by reason."""
    damage: str | None
    """Why the rest of the file could not be read."""


@dataclass(frozen=True)
class ParsedSource:
    """What all files of one source in an archive gave."""

    records: int
    first_day: date | None
    """First play day (UTC); None without a readable record."""
    last_day: date | None


@dataclass(frozen=True)
class Parsed:
    """The figures of one archive, by file and by source name."""

    members: tuple[ParsedMember, ...]
    sources: dict[str, ParsedSource]


def write_archive(
    members: Sequence[Member],
    name: str,
    origin: Origin,
    bounds: Bounds,
    *,
    folder: Path,
    progress: Callable[[int], None] | None,
) -> Parsed:
    """Write the Parquet files of the archive `name` to `folder`, one row group for each batch.

    `progress` is called with the number of records of each further batch. Raises as `detect_members` does when no
    file is of a known format; other files of an archive that has one are counted with no source.
    """
    detected = detect_members(members, name)
    with ExitStack() as files:
        writer = _ArchiveWriter(folder, origin, files)
        parsed = [writer.write(one, batches, progress) for one, batches in _batches(detected, origin, bounds)]
    return Parsed(tuple(parsed), {source: written.parsed() for source, written in sorted(writer.sources.items())})


def _batches(
    detected: Sequence[DetectedMember], origin: Origin, bounds: Bounds
) -> Iterable[tuple[DetectedMember, Iterable[Batch]]]:
    # A file that is damaged from its first byte has to be listed under some source: the first of its archive.
    table = min((one.format.table for one in detected if one.format), key=lambda table: table.name)
    for one in detected:
        if one.format is not None:
            yield one, read_member(one.member, one.format, origin, bounds)
        elif one.damage is not None:
            yield one, [damaged_member(one.member, table, origin, one.damage)]
        else:
            yield one, []


@dataclass
class _SourceWriter:
    """The Parquet file of one source, and what has been written to it so far."""

    file: pq.ParquetWriter
    records: int = 0
    first_day: date | None = None
    last_day: date | None = None

    def add(self, records: pa.Table) -> None:
        if records.num_rows:
            self.file.write_table(records)
            self.records += records.num_rows
            days = pc.call_function("min_max", [records["play_date"]]).as_py()
            self.first_day = min(self.first_day or days["min"], days["min"])
            self.last_day = max(self.last_day or days["max"], days["max"])

    def parsed(self) -> ParsedSource:
        return ParsedSource(self.records, self.first_day, self.last_day)


@dataclass
class _MemberTally:
    """What has been written of one file so far."""

    records: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter[str])
    damage: str | None = None

    def add(self, batch: Batch) -> None:
        self.records += batch.records.num_rows
        self.rejected += batch.rejected.num_rows
        self.reasons.update(cast("list[str]", batch.rejected["reason"].to_pylist()))
        self.damage = batch.damage


class _ArchiveWriter:
    """The open Parquet files of one archive; `files` closes them."""

    def __init__(self, folder: Path, origin: Origin, files: ExitStack) -> None:
        self._folder = folder
        self._origin = origin
        self._files = files
        self._rejected = self._open(REJECTED, REJECTED_RECORDS)
        self.sources: dict[str, _SourceWriter] = {}

    def write(
        self, detected: DetectedMember, batches: Iterable[Batch], progress: Callable[[int], None] | None
    ) -> ParsedMember:
        tally = _MemberTally()
        source = self._source(detected.format.table) if detected.format else None
        for batch in batches:
            if batch.rejected.num_rows:
                self._rejected.write_table(batch.rejected)
            if source is not None:
                source.add(batch.records)
            tally.add(batch)
            if progress is not None:
                progress(batch.records.num_rows + batch.rejected.num_rows)
        return ParsedMember(
            name=detected.member.name,
            source_file=self._origin.file(detected.member),
            source=detected.format.source if detected.format else None,
            records=tally.records,
            rejected=tally.rejected,
            reasons=dict(sorted(tally.reasons.items())),
            damage=tally.damage,
        )

    def _source(self, table: Table) -> _SourceWriter:
        if table.name not in self.sources:
            self.sources[table.name] = _SourceWriter(self._open(records_file(table.name), table))
        return self.sources[table.name]

    def _open(self, name: str, table: Table) -> pq.ParquetWriter:
        return self._files.enter_context(pq.ParquetWriter(self._folder / name, table.arrow_schema, compression="zstd"))
