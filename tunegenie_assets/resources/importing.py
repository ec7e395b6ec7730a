"""Landing and parsing of the files of one import, and what to say of each. Readers of formats are in sources/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.schemas import ARCHIVES
from tunegenie_assets.sources.errors import SourceError
from tunegenie_assets.sources.parsed import ParsedArchive

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
    records: int = 0
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    first_day: date | None = None
    last_day: date | None = None

    @property
    def line(self) -> str:
        """One line for a log or a terminal."""
        if self.problem:
            return self.problem
        state = "was landed before" if self.already_landed else "landed"
        faults = f", {self.rejected} unreadable ({_counts(self.reasons)})" if self.rejected else ""
        return f"{self.path}: {state} as {self.source}, {self.records} records{faults}"

    def as_json(self) -> dict[str, object]:
        return {
            "path": self.path,
            "status": "refused" if self.problem else "already_landed" if self.already_landed else "landed",
            "problem": self.problem,
            "archive_id": self.archive_id,
            "kind": self.source,
            "records": self.records,
            "rejected": self.rejected,
            "reasons": self.reasons,
            "examples": self.examples,
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
        }


def import_files(
    paths: Sequence[Path], store: ArchiveStore, *, listener_id: str, timezone: str | None, now: datetime
) -> list[FileReport]:
    """Land and parse each file on its own: one that cannot be read does not stop the others."""
    return [_import_file(path, store, listener_id=listener_id, timezone=timezone, now=now) for path in paths]


def _import_file(
    path: Path, store: ArchiveStore, *, listener_id: str, timezone: str | None, now: datetime
) -> FileReport:
    try:
        landing = store.landing
        archive = landing.land_archive(path, listener_id=listener_id, timezone=timezone, now=now)
        parsed = store.parsed.ensure(landing, archive)
    except SourceError as error:
        return FileReport(path=str(path), problem=str(error))
    examples = _examples(store, parsed, path) if parsed.rejected else []
    problem = None
    if parsed.records == 0:
        problem = f"nothing to import: {examples[0]}" if examples else f"{path}: nothing to import, it holds no records"
    return FileReport(
        path=str(path),
        problem=problem,
        archive_id=archive.archive_id,
        source=archive.source,
        already_landed=archive.already_landed,
        records=parsed.records,
        rejected=parsed.rejected,
        reasons=dict(parsed.reasons),
        examples=examples,
        first_day=parsed.first_day,
        last_day=parsed.last_day,
    )


def days_to_build(reports: Sequence[FileReport], store: ArchiveStore, *, zone_changed_for: str | None) -> list[date]:
    """The days whose plays the files hold; all days of a listener whose zone has changed."""
    days = [day for report in reports for day in (report.first_day, report.last_day) if day]
    if days and zone_changed_for:
        landing = store.landing
        own = [a for a in landing.archives() if a.listener_id == zone_changed_for]
        parsed = [store.parsed.ensure(landing, archive) for archive in own]
        days += [day for archive in parsed for day in (archive.first_day, archive.last_day) if day]
    return days


def zone_of(store: ArchiveStore, listener_id: str) -> str | None:
    """The zone given with the listener's latest import that gave one."""
    given = [a for a in store.landing.archives() if a.listener_id == listener_id and a.timezone_given_at]
    return max(given, key=lambda archive: archive.timezone_given_at or archive.landed_at).timezone if given else None


def archive_table(store: ArchiveStore) -> pa.Table:
    """Every landed archive, parsed, as the table `landing.archives`."""
    landing, cache = store.landing, store.parsed
    rows: list[dict[str, object]] = []
    for archive in landing.archives():
        parsed = cache.ensure(landing, archive)
        rows.append(
            {
                "archive_id": archive.archive_id,
                "listener_id": archive.listener_id,
                "timezone": archive.timezone,
                "timezone_given_at": archive.timezone_given_at,
                "source": archive.source,
                "original_name": archive.original_name,
                "size_bytes": archive.size_bytes,
                "landed_at": archive.landed_at,
                "records": parsed.records,
                "rejected": parsed.rejected,
                "first_day": parsed.first_day,
                "last_day": parsed.last_day,
            }
        )
    return pa.Table.from_pylist(rows, schema=ARCHIVES.arrow_schema)


def _examples(store: ArchiveStore, parsed: ParsedArchive, path: Path) -> list[str]:
    """The first records that could not be read, each in one line that names file and row."""
    first = store.parsed.rejected([parsed]).slice(0, EXAMPLES).to_pylist()
    lines: list[str] = []
    for row in first:
        member = row["source_file"].split("/", 1)[1]
        inside = "" if member == path.name else f", {member}"
        lines.append(f"{path}{inside}, row {row['source_row'] + 1}: {row['detail']}")
    return lines


def _counts(reasons: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
