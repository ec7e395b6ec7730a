"""What a collector must remember between runs: calls spent, parked work, and every record that pages held.

A SQLite file of its own, not the warehouse: it is written before and while the warehouse is busy. Records and the
files they came from can be read again from landing; calls and parked work are of the last hours only.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from tunegenie_assets.sources.services.state_schema import SCHEMA, VERSION

_BUSY_SECONDS = 30.0
_KEPT_CALLS = timedelta(days=2)


@dataclass(frozen=True)
class Record:
    """One item of a page. Of records with one stream, subject and key the latest request counts, or the first."""

    stream: str
    subject: str
    key: str
    day: date | None
    """UTC day of a play; None for what has no day."""
    status: int
    """Of the response; 404 remembers that there is nothing."""
    requested_at: datetime
    file: str
    line: int
    """Of the page within its file."""
    position: int
    """Of the item within its page."""
    body: str
    """The item as JSON."""


@dataclass(frozen=True)
class ParkedWork:
    """What must wait until `retry_at` (naive UTC)."""

    service: str
    stream: str
    subject: str
    retry_at: datetime
    reason: str
    parked_at: datetime


@dataclass(frozen=True)
class ClosedService:
    """A service, or the stand-in for it, that is not to be asked before `retry_at` (naive UTC)."""

    service: str
    is_simulated: bool
    retry_at: datetime
    reason: str
    closed_at: datetime


@dataclass(frozen=True)
class UnreadablePage:
    """A page that landed and is not what its service sends, or some of whose items are not."""

    file: str
    line: int
    reason: str


class CollectorState:
    """The state in the SQLite file `path`, made at first use; several processes may hold it at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def spend_within(
        self, allowed: int, service: str, purpose: str, *, since: datetime, now: datetime
    ) -> list[datetime]:
        """Note a call that is about to be sent, unless `allowed` were sent after `since`, by whatever process.

        Returns:
            When those were sent, in order; none where the call was noted.
        """
        window = (_text(now - _KEPT_CALLS), _text(now + _KEPT_CALLS))
        with self._open() as connection:
            # What a clock told that was ahead would count until that time comes.
            connection.execute("delete from calls where called_at not between ? and ?", window)
            sent = _calls(connection, service, since)
            if len(sent) >= allowed:
                return sent
            connection.execute("insert into calls values (?, ?, ?)", (service, purpose, _text(now)))
        return []

    def calls_since(self, service: str, since: datetime) -> list[datetime]:
        """When calls were sent after `since`, in order."""
        with self._open() as connection:
            return _calls(connection, service, since)

    def close(self, service: ClosedService) -> None:
        """Note that a service named a time before which it is not to be asked again."""
        row = (service.service, service.is_simulated, _text(service.retry_at), service.reason, _text(service.closed_at))
        with self._open() as connection:
            connection.execute("insert or replace into closed values (?, ?, ?, ?, ?)", row)

    def closed(self, now: datetime) -> list[ClosedService]:
        """The services that are not to be asked now; what a clock closed that was ahead is not."""
        with self._open() as connection:
            rows = connection.execute(
                "select service, is_simulated, retry_at, reason, closed_at from closed "
                "where retry_at > ?1 and closed_at <= ?1 order by 1, 2",
                (_text(now),),
            )
            return [ClosedService(r[0], bool(r[1]), _moment(r[2]), r[3], _moment(r[4])) for r in rows]

    def park(self, work: ParkedWork) -> None:
        with self._open() as connection:
            connection.execute(
                "insert or replace into parked values (?, ?, ?, ?, ?, ?)",
                (
                    work.service,
                    work.stream,
                    work.subject,
                    _text(work.retry_at),
                    work.reason,
                    _text(work.parked_at),
                ),
            )

    def unpark(self, service: str, stream: str, subject: str) -> None:
        with self._open() as connection:
            connection.execute(
                "delete from parked where service = ? and stream = ? and subject = ?", (service, stream, subject)
            )

    def parked(self) -> list[ParkedWork]:
        """All parked work, the first to go on first."""
        with self._open() as connection:
            rows = connection.execute(
                "select service, stream, subject, retry_at, reason, parked_at from parked order by retry_at, 1, 2, 3"
            )
            return [ParkedWork(r[0], r[1], r[2], _moment(r[3]), r[4], _moment(r[5])) for r in rows]

    def absorbed(self) -> set[str]:
        """The files whose records are in."""
        with self._open() as connection:
            return {row[0] for row in connection.execute("select file from absorbed")}

    def has_absorbed(self) -> bool:
        """Whether the records of any file are in."""
        with self._open() as connection:
            return connection.execute("select 1 from absorbed limit 1").fetchone() is not None

    def plays_by_day(self) -> dict[date, int]:
        """How many records there are of each UTC day of plays."""
        with self._open() as connection:
            rows = connection.execute(
                "select day, count(*) from records where day is not null group by day order by day"
            )
            return {date.fromisoformat(day): records for day, records in rows}

    def absorb(
        self,
        file: str,
        records: Iterable[Record],
        unreadable: Sequence[UnreadablePage] = (),
        *,
        first_counts: Collection[str],
    ) -> list[Record]:
        """Take in the records of a file, all or none, and which of its pages have none; again changes nothing.

        Of the streams in `first_counts` the record that was requested first counts, of others the last.

        Returns:
            The records that are new or newer than what was known.
        """
        changed: list[Record] = []
        with self._open() as connection:
            for record in records:
                earlier = record.stream in first_counts
                if _is_taken(connection, record, earlier=earlier):
                    changed.append(record)
            rows = [(page.file, page.line, page.reason) for page in unreadable]
            connection.executemany("insert or replace into unreadable values (?, ?, ?)", rows)
            connection.execute("insert or ignore into absorbed values (?)", (file,))
        return changed

    def new_among(self, records: Iterable[Record]) -> int:
        """How many items that are not known yet are among these, which have not been taken in."""
        places = {(record.stream, record.subject, record.key) for record in records}
        with self._open() as connection:
            return sum(
                connection.execute(
                    "select 1 from records where stream = ? and subject = ? and key = ? and status = 200", place
                ).fetchone()
                is None
                for place in places
            )

    def unreadable(self) -> list[UnreadablePage]:
        """All pages that could not be read, by file and line."""
        with self._open() as connection:
            rows = connection.execute("select file, line, reason from unreadable order by file, line")
            return [UnreadablePage(*row) for row in rows]

    def records(
        self,
        stream: str,
        *,
        start: date | None = None,
        end: date | None = None,
        subject: str | None = None,
        without_day: bool = False,
    ) -> Iterator[Record]:
        """Records of a stream, by subject and key; of the days [start, end), of a subject, or without a day."""
        # Only what is asked for is a condition: with `? is null or …` no index would be used.
        asked = [("day >= ?", _text(start)), ("day < ?", _text(end)), ("subject = ?", subject)]
        conditions = {"stream = ?": stream} | {condition: value for condition, value in asked if value is not None}
        where = " and ".join([*conditions, *(["day is null"] if without_day else [])])
        columns = "stream, subject, key, day, status, requested_at, file, line, position, body"
        with self._open() as connection:
            rows = connection.execute(
                f"select {columns} from records where {where} order by subject, key",  # noqa: S608  # of this method
                list(conditions.values()),
            ).fetchall()
        for row in rows:
            day = date.fromisoformat(row[3]) if row[3] else None
            body = zlib.decompress(row[9]).decode()
            yield Record(row[0], row[1], row[2], day, row[4], _moment(row[5]), *row[6:9], body=body)

    def keys(self, stream: str, subject: str) -> dict[str, tuple[int, datetime]]:
        """Of every key status and time of the request that told of it."""
        with self._open() as connection:
            rows = connection.execute(
                "select key, status, requested_at from records where stream = ? and subject = ?", (stream, subject)
            )
            return {row[0]: (row[1], _moment(row[2])) for row in rows}

    def latest(self, subjects: Collection[str]) -> datetime | None:
        """When the latest of the records of these subjects was asked for."""
        marks = ", ".join("?" * len(subjects))
        with self._open() as connection:
            [(latest,)] = connection.execute(
                f"select max(requested_at) from records where subject in ({marks})",  # noqa: S608  # question marks
                list(subjects),
            )
        return _moment(latest) if latest else None

    def forget(self, subject: str) -> None:
        """Drop all that is known of a subject, and its parked work."""
        with self._open() as connection:
            for table in ("records", "parked"):
                connection.execute(f"delete from {table} where subject = ?", (subject,))  # noqa: S608  # a fixed name
            for table in ("absorbed", "unreadable"):
                # pages/<service>/<stream>/<subject>/...
                connection.execute(f"delete from {table} where file glob ?", (f"*/*/*/{subject}/*",))  # noqa: S608  # likewise

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        """A connection in one transaction: committed at the end, rolled back on an error."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as connection, connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute("begin immediate")
            if connection.execute("pragma user_version").fetchone() != (VERSION,):
                for statement in SCHEMA:
                    connection.execute(statement)
            yield connection


def _calls(connection: sqlite3.Connection, service: str, since: datetime) -> list[datetime]:
    rows = connection.execute(
        "select called_at from calls where service = ? and called_at > ? order by called_at", (service, _text(since))
    )
    return [_moment(row[0]) for row in rows]


def _is_taken(connection: sqlite3.Connection, record: Record, *, earlier: bool) -> bool:
    place = (record.stream, record.subject, record.key)
    known = connection.execute(
        "select requested_at, file, line, position from records where stream = ? and subject = ? and key = ?", place
    ).fetchone()
    told = (_text(record.requested_at), record.file, record.line, record.position)
    if known is not None and (told >= known if earlier else told <= known):
        return False
    connection.execute(
        "insert or replace into records values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*place, _text(record.day), record.status, *told, zlib.compress(record.body.encode())),
    )
    return True


def _text(moment: date | None) -> str | None:
    """ISO 8601 with microseconds, so that text sorts like time."""
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="microseconds")
    return moment.isoformat() if moment else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
