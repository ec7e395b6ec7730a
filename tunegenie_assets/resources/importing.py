"""Landing and parsing of the files of one import, and what to say of each. Readers of formats are in sources/."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.schemas.landing import ARCHIVES
from tunegenie_assets.sources.errors import SourceError
from tunegenie_assets.sources.parsed import ParsedArchive

KNOWN_TABLES = "select lower(table_schema) as layer, lower(table_name) as name from information_schema.tables"
RECORDS_AND_PLAYS = """
with ledger as (
    select listener_id, count(*) as records, sum(case when fate = 'kept' then 1 else 0 end) as kept
    from silver.play_ledger
    where source != 'synthetic'
    group by listener_id
),

facts as (select listener_id, count(*) as facts from gold.fct_plays group by listener_id),

daily as (select listener_id, sum(total_plays) as daily from gold.daily_listening_summary group by listener_id)

select
    ledger.listener_id,
    ledger.records,
    cast(ledger.kept as bigint) as kept,
    coalesce(facts.facts, 0) as facts,
    cast(coalesce(daily.daily, 0) as bigint) as daily
from ledger
left join facts on ledger.listener_id = facts.listener_id
left join daily on ledger.listener_id = daily.listener_id
"""

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
        # A file name need not be text; what is shown and stored must be.
        path=str(path).encode("utf-8", "replace").decode("utf-8"),
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


def days_to_build(
    reports: Sequence[FileReport], store: ArchiveStore, *, whole_listeners: Collection[str] = ()
) -> list[date]:
    """The days whose plays the files hold, and all days of `whole_listeners`."""
    days = [day for report in reports for day in (report.first_day, report.last_day) if day]
    if days and whole_listeners:
        landing = store.landing
        own = [a for a in landing.archives() if a.listener_id in whole_listeners]
        parsed = [store.parsed.ensure(landing, archive) for archive in own]
        days += [day for archive in parsed for day in (archive.first_day, archive.last_day) if day]
    return days


def unfinished_listeners(store: ArchiveStore, warehouse: WarehouseIOManager) -> set[str]:
    """Listeners whose landed records have not all reached gold: an import of theirs died on its way."""
    landing = store.landing
    landed: dict[str, int] = {}
    for archive in landing.archives():
        records = store.parsed.ensure(landing, archive).records
        landed[archive.listener_id] = landed.get(archive.listener_id, 0) + records
    known = {(row["layer"], row["name"]) for row in warehouse.query(KNOWN_TABLES).to_pylist()}
    if not {("silver", "play_ledger"), ("gold", "fct_plays"), ("gold", "daily_listening_summary")} <= known:
        return set(landed)
    counts = {row["listener_id"]: row for row in warehouse.query(RECORDS_AND_PLAYS).to_pylist()}
    finished = {
        name
        for name, row in counts.items()
        if row["records"] == landed.get(name) and row["kept"] == row["facts"] == row["daily"]
    }
    return set(landed) - finished


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
