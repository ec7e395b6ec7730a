"""Checks that payloads from outside have the fields that they had: pages of services, and archives by format.

Nothing is lost where one fails, since landing keeps every byte; somebody should look before a reader misses a field.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import dagster as dg
import pyarrow as pa

from ml.quality.fields import MOST, NEARLY_ALL, Drift, drift_between, field_paths
from tunegenie_assets.checks.factories import WARN, query_check
from tunegenie_assets.keys import SIMULATED_PREFIX
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.schemas.histories import HISTORIES, SPOTIFY_ACCOUNT_HISTORY, SPOTIFY_EXTENDED_HISTORY
from tunegenie_assets.schemas.landing import PAGE_FILES
from tunegenie_assets.schemas.table import PROVENANCE, Table
from tunegenie_assets.sources.services.pages import SIMULATED, DamagedPagesError, PageStore

NEWEST_FILES = 5
FILES_BEFORE = 40
"""Of each stream: enough to know its fields, and a second of reading for all streams."""
WHOLE = frozenset({SPOTIFY_EXTENDED_HISTORY.name, SPOTIFY_ACCOUNT_HISTORY.name})
"""Formats of which every field has a column, so that any other is new even in a first archive."""


@dataclass(frozen=True)
class _Stream:
    """Pages that should have the same fields; a stand-in's are compared with a stand-in's."""

    service: str
    stream: str
    is_simulated: bool

    @classmethod
    def of(cls, file: str) -> _Stream:
        _, service, stream, subject, *_ = file.split("/")
        return cls(service, stream, subject == SIMULATED or subject.startswith(SIMULATED_PREFIX))


def drift_of_pages(pages: PageStore, files: Sequence[str]) -> Mapping[str, Drift]:
    """By stream what changed from its earlier files to the newest; `files` are in the order in which they landed."""
    by_stream: dict[_Stream, list[str]] = defaultdict(list)
    for file in files:
        by_stream[_Stream.of(file)].append(file)
    found: dict[str, Drift] = {}
    for stream, landed in by_stream.items():
        newest, before = landed[-NEWEST_FILES:], landed[-NEWEST_FILES - FILES_BEFORE : -NEWEST_FILES]
        if drift := drift_between(_fields(pages, before), _fields(pages, newest)):
            found[stream.stream] = drift
    return found


def _fields(pages: PageStore, files: Sequence[str]) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    for file in files:
        try:
            found += [
                field_paths(json.loads(landed.page.body))
                for landed in pages.read(file)
                if landed.page.status == HTTPStatus.OK
            ]
        except (DamagedPagesError, ValueError):
            # The check `readable` tells of it.
            continue
    return found


@dg.asset_check(
    asset=list(PAGE_FILES.key),
    name="fields_are_known",
    description=(
        "The newest pages of every service have the fields that the pages before them had: none that all had is gone, "
        "none that nobody had is new."
    ),
)
def pages_have_known_fields(collection: Collection) -> dg.AssetCheckResult:
    pages = collection.pages
    drift = drift_of_pages(pages, pages.files()) if pages.exist() else {}
    told = {stream: found.says for stream, found in drift.items()}
    return dg.AssetCheckResult(
        passed=not drift,
        severity=WARN,
        description="; ".join(f"{stream} {says}" for stream, says in told.items()) or "no field came or went",
        metadata={"by_stream": dg.MetadataValue.json(told)},
    )


def _archives_sql(table: Table) -> str:
    columns = ", ".join(
        f"avg(case when {name} is null then 0.0e0 else 1.0e0 end) as {name}" for name in _columns(table)
    )
    return f"""
    select split_part(source_file, '/', 1) as archive_id, max(ingested_at) as landed_at, {columns}
    from {".".join(table.key)}
    where source_file not like 'pages/%'
    group by split_part(source_file, '/', 1)
    order by landed_at, archive_id
    """  # noqa: S608  # names of schemas/


def _columns(table: Table) -> list[str]:
    kept = {column.name for column in PROVENANCE} | {"play_date", "started_at", "started_from"}
    return [column.name for column in table.columns if column.name not in kept]


def judge_archives(rows: pa.Table, *, is_whole: bool) -> tuple[bool, dict[str, Any]]:
    """Whether the newest archive fills the columns that all before it filled, and has no fields that none had.

    `rows` tell of each archive, the oldest first, which share of its records fills each column.
    """
    archives = rows.to_pylist()
    if not archives:
        return True, {"summary": "no archive"}
    *before, newest = archives
    names = [name for name in rows.column_names if name not in ("archive_id", "landed_at", "other_fields")]
    gone = [name for name in names if before and not newest[name] and all(a[name] >= NEARLY_ALL for a in before)]
    had_others = any(archive["other_fields"] for archive in before)
    has_new = newest["other_fields"] >= MOST and not had_others and (is_whole or bool(before))
    told = [f"no longer filled: {', '.join(gone)}"] if gone else []
    if has_new:
        told.append(f"{newest['other_fields']:.0%} of the records have fields without a column, kept in other_fields")
    return not told, {"summary": "; ".join(told) or f"{len(archives)} archives", "archives": len(archives)}


def _archive_check(table: Table) -> dg.AssetChecksDefinition:
    return query_check(
        table.key,
        "fields_are_known",
        _archives_sql(table),
        lambda rows: judge_archives(rows, is_whole=table.name in WHOLE),
        description="The newest archive has the fields of those before it: no column is empty now, none is missing.",
        severity=WARN,
    )


PAYLOAD_CHECKS: list[dg.AssetChecksDefinition] = [pages_have_known_fields, *map(_archive_check, HISTORIES)]
"""Checks of what comes from outside."""
