"""Errors as one line that says what to do: also failures of the machine, a full disk or a damaged file.

These come through DuckDB, SQLite, dbt and Dagster, each with words and classes of its own.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress

import duckdb

from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.dbt_support.project import DbtError
from tunegenie_assets.locking import WarehouseBusyError
from tunegenie_assets.resources.damage import ADVICE, SIGNS, WarehouseDamagedError
from tunegenie_assets.settings import SettingsError
from tunegenie_assets.sources.errors import SourceError

TOLD = (CommandError, SettingsError, SourceError, DbtError, WarehouseBusyError, WarehouseDamagedError)
"""Errors whose message is the line for a person."""

FULL = "the disk is full: make room and run the same command again; nothing that had landed is lost"
FULL_OR_FAILING = (
    "the disk is full or failing: make room and run the same command again; nothing that had landed is lost"
)
READ_ONLY = "TUNEGENIE_HOME cannot be written: mount it for writing, or give this account the right to"
RECORDS_DAMAGED = (
    "a record of runs or of collection in TUNEGENIE_HOME is damaged; run tunegenie rebuild, which puts it aside"
)
ADVICE_BY_SIGN: Mapping[str, str] = {
    "No space left on device": FULL,
    "Disk quota exceeded": FULL,
    "File too large": FULL,
    "database or disk is full": FULL,
    # SQLite, where there is no room for the files beside its database.
    "disk I/O error": FULL_OR_FAILING,
    "Read-only file system": READ_ONLY,
    "attempt to write a readonly database": READ_ONLY,
    "unable to open database file": READ_ONLY,
    "database disk image is malformed": RECORDS_DAMAGED,
    "file is not a database": RECORDS_DAMAGED,
    **dict.fromkeys(SIGNS, f"the warehouse is damaged; {ADVICE}"),
}
"""What DuckDB, SQLite and the operating system say, and what a person can do about it."""


def advised(line: str) -> str:
    """The line, with what to do where it tells of a failure of the machine and not of what to do already."""
    if ADVICE in line:
        return line
    advice = next((advice for sign, advice in ADVICE_BY_SIGN.items() if sign in line), None)
    return f"{line}; {advice}" if advice else line


def line_of(error: BaseException) -> str | None:
    """One line for a person; None for an error that nothing outside the program caused, which is ours to mend."""
    if isinstance(error, TOLD):
        return advised(" ".join(str(error).split()))
    for cause in _causes(error):
        if isinstance(cause, OSError | sqlite3.Error | duckdb.Error):
            return advised(" ".join(str(cause).split()))
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what caused it, the innermost last; bounded, since causes may go round."""
    found: BaseException | None = error
    for _ in range(20):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def kept_output() -> dict[int, int]:
    """Copies of the descriptors of standard output and error.

    Dagster points both at files of the home while a step runs, and leaves them there where a full disk fails its flush.
    """
    kept: dict[int, int] = {}
    for number in (1, 2):
        # One may be closed, as under some supervisors; a copy must not take its number.
        with suppress(OSError):
            kept[number] = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 3)
    return kept


def give_back(kept: Mapping[int, int]) -> None:
    """Point standard output and error to where they were."""
    for number, copy in kept.items():
        os.dup2(copy, number)
