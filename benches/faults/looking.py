"""What a home holds after a fault: its gold tables as fingerprints, its plays, and what was left over."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from benches.faults.commands import processes_of

ENDED = ("SUCCESS", "FAILURE", "CANCELED")
LEFT_FILES = (
    "landing/**/.partial-*",
    "parsed/**/partial",
    "models/**/.*.new",
    "models/**/*.new",
    "warehouse.duckdb.tmp/*",
)
LOCKS = ("command.lock", "warehouse.duckdb.lock")
DIGITS = 6
"""Sums of fractions depend on the order in which they are added, which nobody promises."""


@dataclass(frozen=True)
class Gold:
    """The gold tables of a home."""

    fingerprints: Mapping[str, tuple[int, int]]
    """Of each table and view how many rows it has, and a hash of them in whatever order."""
    plays: frozenset[str]

    def differs_in(self, other: Gold) -> list[str]:
        names = sorted(self.fingerprints.keys() | other.fingerprints.keys())
        return [name for name in names if self.fingerprints.get(name) != other.fingerprints.get(name)]


def gold_of(home: Path) -> Gold:
    """What gold holds; nothing where the warehouse cannot be read."""
    try:
        with closing(duckdb.connect(str(home / "warehouse.duckdb"), read_only=True)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            sql = "select table_name from information_schema.tables where table_schema = 'gold' order by 1"
            names = [str(row[0]) for row in connection.execute(sql).fetchall()]
            fingerprints = {name: _fingerprint(connection, name) for name in names}
            plays = connection.execute("select play_id from gold.fct_plays").fetchall() if names else []
    except duckdb.Error:
        return Gold({}, frozenset())
    return Gold(fingerprints, frozenset(str(row[0]) for row in plays))


def _fingerprint(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[int, int]:
    columns = connection.execute(f'describe gold."{name}"').fetchall()
    read = ", ".join(f'round("{c[0]}", {DIGITS})' if c[1] in ("DOUBLE", "FLOAT") else f'"{c[0]}"' for c in columns)
    # Of the file's own names.
    sql = f'select count(*), coalesce(sum(hash({read})), 0) from gold."{name}"'
    [(rows, total)] = connection.execute(sql).fetchall()
    return int(rows), int(total)


def left_over(home: Path) -> list[str]:
    """Files, locks, processes and runs that nobody works on any more."""
    return [*_files(home), *_locks(home), *(f"process {found}" for found in processes_of(home)), *_runs(home)]


def _files(home: Path) -> Iterator[str]:
    for pattern in LEFT_FILES:
        yield from (f"file {path.relative_to(home)}" for path in home.glob(pattern))


def _locks(home: Path) -> Iterator[str]:
    for name in LOCKS:
        try:
            with FileLock(home / name, timeout=0):
                pass
        except Timeout:
            yield f"lock {name}"


def _runs(home: Path) -> Iterator[str]:
    runs = home / "dagster" / "history" / "runs.db"
    if not runs.exists():
        return
    marks = ", ".join("?" * len(ENDED))
    with closing(sqlite3.connect(f"file:{runs}?mode=ro", uri=True)) as connection:
        sql = f"select run_id, status from runs where status not in ({marks})"  # question marks
        try:
            yield from (f"run {run} {status}" for run, status in connection.execute(sql, ENDED))
        except sqlite3.DatabaseError as error:
            yield f"runs that cannot be read ({error})"
