"""Reader of the Spotify extended streaming history: audio and video files, of old exports and new.

Turns each record into a row of SPOTIFY_EXTENDED_HISTORY or of REJECTED_RECORDS, never neither. It changes no value:
what is doubtful about a play (overlaps, lengths, duplicates) is decided where plays are merged.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import cast

import pyarrow as pa

from tunegenie_assets.schemas.histories import REJECTED_RECORDS, SPOTIFY_EXTENDED_HISTORY
from tunegenie_assets.schemas.table import PROVENANCE, Table
from tunegenie_assets.sources.archive import Member
from tunegenie_assets.sources.detect import SPOTIFY_EXTENDED_HISTORY as SOURCE
from tunegenie_assets.sources.errors import DamagedArchiveError
from tunegenie_assets.sources.json_array import JsonArrayError, Unreadable, first_unreadable, read_array, strings_in

READER_VERSION = 1
"""Part of the name under which parsed records are kept: raise it when the same bytes would give other rows."""

# A batch of this size takes about 60 MB while it is Python objects.
BATCH_RECORDS = 25_000
HASH_CHARACTERS = 32
"""128 bits: among 10^9 records the chance of one collision is below 10^-20."""

_OLD_NAMES = {"ip_addr_decrypted": "ip_addr"}
_REQUIRED = {"ts": "a time such as 2019-01-01T10:00:00Z", "ms_played": "an integer of 0 or more"}
_PYTHON_TYPES = {pa.string(): str, pa.int64(): int, pa.bool_(): bool, pa.timestamp("us"): str}
_NOT_OF_THE_SOURCE = {"play_date", "other_fields", *(column.name for column in PROVENANCE)}
_FIELD_TYPES = {
    column.name: _PYTHON_TYPES[column.type]
    for column in SPOTIFY_EXTENDED_HISTORY.columns
    if column.name not in _NOT_OF_THE_SOURCE
}
_RECORD_COLUMNS = ("play_date", *_FIELD_TYPES, "other_fields", "record_hash", "source_file", "source_row")
_REJECTION_COLUMNS = ("source_file", "source_row", "reason", "detail")
_JSON_NAMES: dict[type, str] = {
    str: "a string",
    int: "an integer",
    bool: "a boolean",
    float: "a number",
    dict: "an object",
    list: "an array",
    type(None): "null",
}
_TS = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)Z")
_MILLISECOND = timedelta(milliseconds=1)
# Floats hold every integer up to here, so 1234.0 says 1234 and nothing else.
_EXACT_FLOAT = 2**53
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True)
class Origin:
    """Whose archive is read, and when it was landed (naive UTC)."""

    listener_id: str
    archive_id: str
    landed_at: datetime


@dataclass(frozen=True)
class Batch:
    """Rows of SPOTIFY_EXTENDED_HISTORY and of REJECTED_RECORDS, in the order of the archive."""

    records: pa.Table
    rejected: pa.Table


class _RecordRejectedError(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def read_history(
    members: Iterable[Member], origin: Origin, *, first_day: date, batch_records: int = BATCH_RECORDS
) -> Iterator[Batch]:
    """Yield all records of `members` in batches of at most `batch_records`.

    A record is rejected with a reason rather than mended: `not_an_object`, `missing_field`, `wrong_type` (of an
    optional field too), `bad_timestamp`, `implausible_timestamp` (begun before `first_day`, or ended after the
    UTC day of landing), `bad_text`, `duplicate_field`, `too_deep`. Where a file cannot be read on, one rejection
    stands for the rest of it: `not_an_array`, `damaged_json`, `damaged_member`. Other files still arrive.
    """
    pending = _PendingBatch(origin)
    earliest = datetime.combine(first_day, time.min)
    # The day of landing is the last that has a partition; clocks of devices run ahead by hours at most.
    latest = datetime.combine(origin.landed_at.date() + timedelta(days=1), time.min)
    for member in members:
        source_file = f"{origin.archive_id}/{member.name}"
        for source_row, record in enumerate(_records_of(member)):
            try:
                if isinstance(record, _RecordRejectedError):
                    raise record
                row = _row(record, earliest, latest)
            except _RecordRejectedError as rejection:
                pending.reject(source_file, source_row, rejection)
            else:
                pending.rows.append((*row, source_file, source_row))
            if len(pending) >= batch_records:
                yield pending.take()
    if len(pending):
        yield pending.take()


def _records_of(member: Member) -> Iterator[object]:
    """The items of the member's array, then a rejection when it could not be read to its end."""
    try:
        with member.open() as stream:
            yield from read_array(stream)
    except JsonArrayError as error:
        yield _RecordRejectedError(error.reason, error.detail)
    except DamagedArchiveError as error:
        yield _RecordRejectedError("damaged_member", str(error))


def _row(record: object, earliest: datetime, latest: datetime) -> tuple[object, ...]:
    """The source's columns and the record's hash, from play_date to record_hash without the provenance between."""
    original = _object(record)
    fields = _renamed(original)
    for name, expected in _FIELD_TYPES.items():
        value = fields.get(name)
        if value is not None and type(value) is not expected:
            fields[name] = _integer(name, value, expected)
    other = {name: value for name, value in fields.items() if name not in _FIELD_TYPES}
    _refuse_unreadable(other)
    canonical = _canonical_text(original)
    started_at, fields["ts"] = _interval(fields, earliest, latest)
    return (
        started_at.date(),
        *map(fields.get, _FIELD_TYPES),
        _CANONICAL.encode(other) if other else None,
        hashlib.sha256(canonical).hexdigest()[:HASH_CHARACTERS],
    )


def _object(record: object) -> dict[str, object]:
    if isinstance(record, Unreadable):
        raise _RecordRejectedError(record.reason, f"found {record.found}")
    if not isinstance(record, dict):
        raise _RecordRejectedError("not_an_object", f"found {_kind(record)}, expected an object")
    return cast("dict[str, object]", record)


def _renamed(original: dict[str, object]) -> dict[str, object]:
    """A copy under today's field names; an old name whose new name is taken stays as it is."""
    fields = dict(original)
    for old, new in _OLD_NAMES.items():
        if old in fields and fields.get(new) is None:
            fields[new] = fields.pop(old)
    for name in _REQUIRED:
        if fields.get(name) is None:
            found = "null" if name in fields else "no such field"
            raise _RecordRejectedError("missing_field", f"field {name}: found {found}, expected {_expected(name)}")
    return fields


def _integer(name: str, value: object, expected: type) -> int:
    """1234.0 as the integer that JSON says it is; anything else is of the wrong type."""
    if expected is int and isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT_FLOAT:
        return int(value)
    reason = value.reason if isinstance(value, Unreadable) else "wrong_type"
    raise _RecordRejectedError(reason, f"field {name}: found {_kind(value)}, expected {_expected(name)}")


def _refuse_unreadable(other: dict[str, object]) -> None:
    for name, value in other.items():
        unreadable = first_unreadable(value)
        if unreadable is not None:
            raise _RecordRejectedError(unreadable.reason, f"field {name[:40]!a}: found {unreadable.found}")


def _canonical_text(original: dict[str, object]) -> bytes:
    """The record as UTF-8 JSON with sorted keys, the same for equal records wherever they stand."""
    text = _CANONICAL.encode(original)
    try:
        canonical = text.encode()
    except UnicodeEncodeError as error:
        raise _RecordRejectedError("bad_text", f"{_field_with(original, _is_broken)}: not valid Unicode") from error
    # The escape is only a hint: the text of a record may hold a backslash before u0000.
    if "\\u0000" in text and (name := _field_with(original, _has_nul)):
        raise _RecordRejectedError("bad_text", f"{name}: found a NUL character, which warehouses cannot store")
    return canonical


def _field_with(original: dict[str, object], is_bad: Callable[[str], bool]) -> str | None:
    for name, value in original.items():
        if any(is_bad(text) for text in (name, *strings_in(value))):
            return f"field {name[:40]!a}"
    return None


def _is_broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _has_nul(text: str) -> bool:
    return "\0" in text


def _interval(fields: dict[str, object], earliest: datetime, latest: datetime) -> tuple[datetime, datetime]:
    """When the stream began and ended (naive UTC)."""
    text = cast("str", fields["ts"])
    ms_played = cast("int", fields["ms_played"])
    if ms_played < 0:
        raise _RecordRejectedError(
            "wrong_type", f"field ms_played: found {ms_played}, expected {_expected('ms_played')}"
        )
    ended_at = _timestamp(text)
    # Compared before subtracting: 64-bit milliseconds reach beyond the first year.
    if ended_at > latest or ms_played > (ended_at - earliest) / _MILLISECOND:
        expected = f"a stream between {earliest:%Y-%m-%d} and the end of the day of landing, {latest:%Y-%m-%d %H:%M}"
        raise _RecordRejectedError(
            "implausible_timestamp", f"field ts: found {text} after {ms_played} ms, expected {expected}"
        )
    return ended_at - ms_played * _MILLISECOND, ended_at


def _timestamp(text: str) -> datetime:
    match = _TS.fullmatch(text)
    try:
        return datetime.fromisoformat(match[1] if match else "")
    except ValueError as error:
        detail = f"field ts: found {text[:40]!a}, expected {_expected('ts')}"
        raise _RecordRejectedError("bad_timestamp", detail) from error


def _kind(value: object) -> str:
    """What a value is, not what it says: rejections hold no personal data."""
    return value.found if isinstance(value, Unreadable) else _JSON_NAMES[type(value)]


def _expected(name: str) -> str:
    return _REQUIRED.get(name) or _JSON_NAMES[_FIELD_TYPES[name]]


@dataclass
class _PendingBatch:
    """Rows on their way to a Batch."""

    origin: Origin
    rows: list[tuple[object, ...]] = field(default_factory=list)
    rejections: list[tuple[str, int, str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) + len(self.rejections)

    def reject(self, source_file: str, source_row: int, rejection: _RecordRejectedError) -> None:
        self.rejections.append((source_file, source_row, rejection.reason, rejection.detail))

    def take(self) -> Batch:
        """The batch, leaving this one empty."""
        own = {"listener_id": self.origin.listener_id, "ingested_at": self.origin.landed_at, "source": SOURCE}
        batch = Batch(
            records=_table(SPOTIFY_EXTENDED_HISTORY, _RECORD_COLUMNS, self.rows, own),
            rejected=_table(REJECTED_RECORDS, _REJECTION_COLUMNS, self.rejections, own),
        )
        self.rows, self.rejections = [], []
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
