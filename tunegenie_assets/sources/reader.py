"""Reads the files of an archive: every record becomes a row of its source's raw table or of REJECTED_RECORDS.

What a record means is the business of its format, in formats/; which format a file has, of detect.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast

import pyarrow as pa

from tunegenie_assets.schemas.histories import REJECTED_RECORDS
from tunegenie_assets.schemas.table import PROVENANCE, Table
from tunegenie_assets.sources.archive import Member
from tunegenie_assets.sources.errors import DamagedArchiveError
from tunegenie_assets.sources.formats.format import Format
from tunegenie_assets.sources.json_array import JsonArrayError
from tunegenie_assets.sources.records import Bounds, RecordRejectedError, fingerprint

READER_VERSION = 3
"""Part of the name under which parsed records are kept: raise it when the same bytes would give other rows."""

# A batch of this size takes about 60 MB while it is Python objects.
BATCH_RECORDS = 25_000

_PROVENANCE = frozenset(column.name for column in PROVENANCE)
_DAMAGED = "the file is damaged in its archive; download the archive again"
_REJECTION_COLUMNS = ("source_row", "reason", "detail")


def source_file(archive_id: str, member_number: int) -> str:
    """How every record names the file it stands in.

    By number, since a name may hold that of a person (`recenttracks-ada-1700000000.csv`), and records travel far
    beyond bronze; in four digits, so that the order of the text is that of the files.
    """
    return f"{archive_id}/{member_number:04}"


@dataclass(frozen=True)
class Origin:
    """Whose archive is read, and when it was landed (naive UTC)."""

    listener_id: str
    archive_id: str
    landed_at: datetime

    def file(self, member: Member) -> str:
        return source_file(self.archive_id, member.number)

    def bounds(self, first_day: date) -> Bounds:
        """Plays from `first_day` on; the day of landing is the last that has a partition."""
        earliest = datetime.combine(first_day, time.min)
        # Clocks of devices run ahead by hours at most.
        return Bounds(earliest, datetime.combine(self.landed_at.date() + timedelta(days=1), time.min))


@dataclass(frozen=True)
class Batch:
    """Rows of the format's table and of REJECTED_RECORDS, in the order of the file."""

    records: pa.Table
    rejected: pa.Table
    damage: str | None = None
    """Why the rest of the file could not be read, for people; the last of the rejected rows stands for it."""


def read_member(
    member: Member, known: Format, origin: Origin, bounds: Bounds, batch_records: int = BATCH_RECORDS
) -> Iterator[Batch]:
    """Yield all records of a file of a known format in batches of at most `batch_records`.

    A record is rejected with a reason rather than mended: `not_an_object`, `missing_field`, `wrong_type` (of an
    optional field too, unless a number is expected), `bad_timestamp`, `implausible_timestamp` (outside `bounds`),
    `bad_text`, `duplicate_field`, `too_deep`, and what its format adds. Where the file cannot be read on, one
    rejection stands for the rest of it: `not_an_array`, `damaged_json`, `damaged_member`.
    """
    pending = _PendingBatch(known.table, origin, origin.file(member))
    try:
        with member.open() as stream:
            for records, item in enumerate(known.items(stream), start=1):
                pending.add(records - 1, item, known, bounds)
                # Every record is a row of one of the two tables.
                if records % batch_records == 0:
                    yield pending.take()
    except JsonArrayError as error:
        yield pending.take(RecordRejectedError(error.reason, error.detail), error.detail)
    except DamagedArchiveError as error:
        yield pending.take_damaged(error)
    else:
        if len(pending):
            yield pending.take()


def damaged_member(member: Member, table: Table, origin: Origin, error: DamagedArchiveError) -> Batch:
    """The batch of a file that is damaged before its format shows; `table` is the one that its archive suggests."""
    return _PendingBatch(table, origin, origin.file(member)).take_damaged(error)


class _PendingBatch:
    """Rows of one file on their way to a Batch."""

    def __init__(self, table: Table, origin: Origin, source_file: str) -> None:
        self._table = table
        self._columns = tuple(column.name for column in table.columns if column.name not in _PROVENANCE)
        self._constants = {
            "listener_id": origin.listener_id,
            "source_file": source_file,
            "ingested_at": origin.landed_at,
            "source": table.name,
        }
        self._rows: list[tuple[object, ...]] = []
        self._rejections: list[tuple[int, str, str]] = []
        self._next_row = 0

    def __len__(self) -> int:
        return len(self._rows) + len(self._rejections)

    def add(self, source_row: int, item: object, known: Format, bounds: Bounds) -> None:
        self._next_row = source_row + 1
        try:
            record_hash = fingerprint(item)
            fields = known.row(item, bounds)
        except RecordRejectedError as rejection:
            self._rejections.append((source_row, rejection.reason, rejection.detail))
        else:
            fields["play_date"] = cast("datetime", fields["started_at"]).date()
            self._rows.append((*map(fields.get, self._columns), source_row, record_hash))

    def take_damaged(self, error: DamagedArchiveError) -> Batch:
        """The batch whose last rejection stands for the rest of a file that its archive holds damaged."""
        # The error itself names files, and the rejection travels as far as any record.
        return self.take(RecordRejectedError("damaged_member", _DAMAGED), str(error))

    def take(self, rest: RecordRejectedError | None = None, damage: str | None = None) -> Batch:
        """The batch, leaving this one empty; `rest` stands for the rest of the file, `damage` says why."""
        if rest is not None:
            self._rejections.append((self._next_row, rest.reason, rest.detail))
        batch = Batch(
            records=_table(self._table, (*self._columns, "source_row", "record_hash"), self._rows, self._constants),
            rejected=_table(REJECTED_RECORDS, _REJECTION_COLUMNS, self._rejections, self._constants),
            damage=damage,
        )
        self._rows, self._rejections = [], []
        return batch


def _table(
    table: Table, names: Sequence[str], rows: Sequence[tuple[object, ...]], constants: Mapping[str, object]
) -> pa.Table:
    """`rows` under `names`, the columns that are not among them filled from `constants`."""
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(names, ())
    arrays = [
        pa.array(columns[c.name], c.type)
        if c.name in columns
        else pa.repeat(pa.scalar(constants[c.name], c.type), len(rows))
        for c in table.columns
    ]
    return pa.Table.from_arrays(arrays, schema=table.arrow_schema)
