"""Landing and parsing of the files of one import, and what to say of each. Readers of formats are in sources/."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from tunegenie_assets.keys import FIRST_PLAY_DAY
from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.schemas.landing import ARCHIVE_FILES, ARCHIVES
from tunegenie_assets.sources.clock import LONGEST_OFFLINE
from tunegenie_assets.sources.errors import SourceError
from tunegenie_assets.sources.landing import LandedArchive
from tunegenie_assets.sources.parsed import ParsedArchive
from tunegenie_assets.sources.parsing import ParsedMember

Progress = Callable[[str, int], None]

LOGS_OF_SPOTIFY = frozenset({"spotify_extended_history", "spotify_account_history", "listenbrainz_listens"})
"""Sources whose times are those under which Spotify logged a play; ListenBrainz keeps those of files it imported."""

EXAMPLES = 3
"""Unreadable records shown of each file; all of them stand in raw.rejected_records."""


@dataclass(frozen=True)
class FileReport:
    """What became of one file: landed, landed before, or refused with the reason in `problem`."""

    path: str
    problem: str | None = None
    archive_id: str | None = None
    source: str | None = None
    already_landed: bool = False
    restored: bool = False
    """Whether it was in landing damaged, and is whole again."""
    records: int = 0
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    first_day: date | None = None
    last_day: date | None = None
    members: list[ParsedMember] = field(default_factory=list)
    """Every file inside, also those that hold no listening history."""
    problems: list[str] = field(default_factory=list)
    """One line for each file inside that could not be read to its end; what came before arrived."""
    skipped: list[str] = field(default_factory=list)
    """Lines `name: reason` for the files of a folder or archive that were left out."""

    @property
    def line(self) -> str:
        """One line for a log or a terminal."""
        if self.problem:
            return self.problem
        state = "was landed before" if self.already_landed else "landed"
        if self.restored:
            state += " and damaged since, is whole again"
        faults = f", {self.rejected} unreadable ({_counts(self.reasons)})" if self.rejected else ""
        sources = (self.source or "").replace(",", ", ")
        return f"{self.path}: {state} as {sources}, {self.records} records{faults}"

    def as_json(self) -> dict[str, object]:
        return {
            "path": self.path,
            "status": "refused" if self.problem else "already_landed" if self.already_landed else "landed",
            "problem": self.problem,
            "restored": self.restored,
            "archive_id": self.archive_id,
            "kind": self.source,
            "records": self.records,
            "rejected": self.rejected,
            "reasons": self.reasons,
            "examples": self.examples,
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "members": [_member_as_json(member) for member in self.members],
            "problems": self.problems,
            "skipped": self.skipped,
        }


def import_files(
    paths: Sequence[Path],
    store: ArchiveStore,
    *,
    listener_id: str,
    timezone: str | None,
    now: datetime,
    progress: Progress | None = None,
) -> list[FileReport]:
    """Land and parse each file on its own: one that cannot be read does not stop the others.

    `progress` is called with the name of a file and how many of its records were read so far.
    """
    reports: list[FileReport] = []
    for path in paths:
        try:
            archive = store.landing.land_archive(path, listener_id=listener_id, timezone=timezone, now=now)
            parsed = store.parsed.ensure(store.landing, archive, _records_so_far(path, progress))
        except SourceError as error:
            reports.append(FileReport(path=str(path), problem=str(error)))
        else:
            reports.append(_report(path, store, archive, parsed))
    return reports


def _report(path: Path, store: ArchiveStore, archive: LandedArchive, parsed: ParsedArchive) -> FileReport:
    examples = _examples(store, parsed, path) if parsed.rejected else []
    problem = None
    if parsed.records == 0:
        problem = f"nothing to import: {examples[0]}" if examples else f"{path}: nothing to import, it holds no records"
    return FileReport(
        # A file name need not be text; what is shown and stored must be.
        path=str(path).encode("utf-8", "replace").decode("utf-8"),
        problem=problem,
        archive_id=archive.archive_id,
        source=_sources(archive, parsed),
        already_landed=archive.already_landed,
        restored=archive.restored,
        records=parsed.records,
        rejected=parsed.rejected,
        reasons=parsed.reasons,
        examples=examples,
        first_day=parsed.first_day,
        last_day=parsed.last_day,
        members=list(parsed.members),
        problems=[f"{_place(path, member.name)}: {member.damage}" for member in parsed.members if member.damage],
        skipped=list(archive.skipped),
    )


def _records_so_far(path: Path, progress: Progress | None) -> Callable[[int], None] | None:
    if progress is None:
        return None
    records = 0

    def add(more: int) -> None:
        nonlocal records
        records += more
        progress(path.name, records)

    return add


def days_to_build(
    reports: Sequence[FileReport], store: ArchiveStore, *, today: date, whole_listeners: Collection[str] = ()
) -> list[date]:
    """The days whose plays the files may change, and all days of `whole_listeners`; none after `today` (UTC).

    One log of Spotify tells of an offline play on the day it was heard, another on the day it was logged: what becomes
    of either depends on the other.
    """
    days: list[date] = []
    for report in reports:
        if report.first_day is None or report.last_day is None:
            continue
        apart = LONGEST_OFFLINE if LOGS_OF_SPOTIFY & set((report.source or "").split(",")) else timedelta()
        days += [
            max(report.first_day - apart, FIRST_PLAY_DAY),
            max(report.last_day, min(report.last_day + apart, today)),
        ]
    if days and whole_listeners:
        own = [parsed for archive, parsed in store.parsed_archives() if archive.listener_id in whole_listeners]
        days += [day for archive in own for day in (archive.first_day, archive.last_day) if day]
    return days


def sources_landed(store: ArchiveStore) -> set[str]:
    """The names of all sources that any landed archive holds."""
    return {source for _, parsed in store.parsed_archives() for source in parsed.sources}


def zone_of(store: ArchiveStore, listener_id: str) -> str | None:
    """The zone given with the listener's latest import that gave one."""
    given = [a for a in store.landing.archives() if a.listener_id == listener_id and a.timezone_given_at]
    return max(given, key=lambda archive: archive.timezone_given_at or archive.landed_at).timezone if given else None


def archive_table(store: ArchiveStore) -> pa.Table:
    """Every landed archive, parsed, as the table `landing.archives`."""
    rows: list[dict[str, object]] = [
        {
            "archive_id": archive.archive_id,
            "listener_id": archive.listener_id,
            "timezone": archive.timezone,
            "timezone_given_at": archive.timezone_given_at,
            "source": _sources(archive, parsed),
            "original_name": archive.original_name,
            "size_bytes": archive.size_bytes,
            "landed_at": archive.landed_at,
            "records": parsed.records,
            "rejected": parsed.rejected,
            "first_day": parsed.first_day,
            "last_day": parsed.last_day,
        }
        for archive, parsed in store.parsed_archives()
    ]
    return pa.Table.from_pylist(rows, schema=ARCHIVES.arrow_schema)


def archive_file_table(store: ArchiveStore) -> pa.Table:
    """Every file inside every landed archive, parsed, as the table `landing.archive_files`."""
    rows: list[dict[str, object]] = [
        {
            "listener_id": archive.listener_id,
            "archive_id": archive.archive_id,
            "source_file": member.source_file,
            "member_name": member.name,
            "source": member.source,
            "records": member.records,
            "rejected": member.rejected,
        }
        for archive, parsed in store.parsed_archives()
        for member in parsed.members
    ]
    return pa.Table.from_pylist(rows, schema=ARCHIVE_FILES.arrow_schema)


def _sources(archive: LandedArchive, parsed: ParsedArchive) -> str:
    """What its files hold, since more sources may be known by now than when the archive was landed."""
    return ",".join(sorted(parsed.sources)) or archive.source


def _member_as_json(member: ParsedMember) -> dict[str, object]:
    return {
        "name": member.name,
        "source_file": member.source_file,
        "source": member.source,
        "records": member.records,
        "rejected": member.rejected,
        "reasons": member.reasons,
    }


def _examples(store: ArchiveStore, parsed: ParsedArchive, path: Path) -> list[str]:
    """The first records that could not be read, each in one line that names file and row."""
    first = store.parsed.rejected([parsed]).slice(0, EXAMPLES).to_pylist()
    names = {member.source_file: member.name for member in parsed.members}
    return [f"{_place(path, names[row['source_file']])}, row {row['source_row'] + 1}: {row['detail']}" for row in first]


def _place(path: Path, member: str) -> str:
    return str(path) if member == path.name else f"{path}, {member}"


def _counts(reasons: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
