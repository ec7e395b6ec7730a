"""What `tunegenie rebuild` does before it builds: files that are damaged are put aside, and what was found is told.

Put aside, not deleted: the warehouse and the records of runs can be made again, and what is in the way may still help
somebody. Landing is only looked at: what is damaged there can come from outside alone.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb

from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.locking import SERVING, command_lock, hold_for_life, warehouse_lock
from tunegenie_assets.resources.aside import ASIDE, RECORDS, aside_of
from tunegenie_assets.resources.damage import is_damage
from tunegenie_assets.settings import Environment, Settings
from tunegenie_assets.sources.storage import PARTIAL
from tunegenie_assets.wiring import build_archive_store, build_collection

_TABLES = "select schema_name, table_name from duckdb_tables() where not internal"


def mend(settings: Settings) -> list[str]:
    """Put aside what is damaged; a line for each thing that was found.

    Raises:
        CommandError: the records of runs are damaged and in use.
    """
    if not settings.home.exists():
        return []
    with command_lock(settings.home):
        return [
            *_mend_warehouse(settings),
            *_mend_records(settings),
            *_mend_state(settings),
            *_look_at_landing(settings),
        ]


def _mend_warehouse(settings: Settings) -> Iterator[str]:
    file = settings.warehouse_path
    if settings.env is Environment.PRODUCTION or not file.exists():
        return
    with warehouse_lock(settings.warehouse_lock_path):
        found = _damage_of_warehouse(file)
        if found is None:
            return
        _put_aside(file, file.with_name(f"{file.name}.wal"))
    yield f"the warehouse {file} was damaged ({found}): it is {file.name}{ASIDE} now, and is built anew from landing"


def _damage_of_warehouse(file: Path) -> str | None:
    """What is wrong; every block is read, since a damaged one is found in no other way."""
    try:
        with closing(duckdb.connect(str(file), read_only=True)) as connection:
            for schema, table in connection.execute(_TABLES).fetchall():
                connection.execute(f'select sum(hash(t)) from "{schema}"."{table}" as t')  # noqa: S608  # names of the file's own
    except duckdb.Error as error:
        if is_damage(str(error)):
            return " ".join(str(error).split())
        raise
    return None


def _mend_records(settings: Settings) -> Iterator[str]:
    """Dagster's databases: of runs and events, and of schedules and sensors."""
    damaged = _damaged_records(settings)
    for name, found in damaged.items():
        folder = settings.dagster_home / name
        _put_aside(folder)
        files = ", ".join(found)
        yield f"{RECORDS[name]} in {folder} was damaged ({files}): it is {name}{ASIDE} now, and begins anew"
    schedules = settings.dagster_home / "schedules"
    if "history" in damaged and "schedules" not in damaged and schedules.exists():
        # Sensors remember ids of events, which begin again at 1.
        _put_aside(schedules)
        yield f"{RECORDS['schedules']} went with it, as {schedules.name}{ASIDE}: it names events by their numbers"


def _damaged_records(settings: Settings) -> dict[str, list[str]]:
    """The damaged databases by folder; the home is then this process's alone."""
    files = {name: sorted((settings.dagster_home / name).rglob("*.db")) for name in RECORDS}
    damaged = {name: [file.name for file in found if _is_damaged(file)] for name, found in files.items()}
    damaged = {name: found for name, found in damaged.items() if found}
    # A daemon would go on writing into what is put aside.
    if damaged and not hold_for_life(settings.home / SERVING):
        what = " and ".join(RECORDS[name] for name in damaged)
        raise CommandError(f"{what} is damaged, and tunegenie run or tunegenie ui works on it; end it first")
    return damaged


def _mend_state(settings: Settings) -> Iterator[str]:
    file = settings.collector_path
    if not file.exists() or not _is_damaged(file):
        return
    _put_aside(file, *(file.with_name(f"{file.name}-{end}") for end in ("wal", "shm")))
    yield (
        f"what was collected is remembered in {file}, which was damaged: it is {file.name}{ASIDE} now, and is read "
        "again from landing; calls of the last 24 hours are no longer counted"
    )


def _look_at_landing(settings: Settings) -> Iterator[str]:
    for problem in build_archive_store(settings).landing.problems():
        yield f"{problem}; until then what was read of it before is used"
    pages = build_collection(settings).pages
    yield from pages.problems()
    root = Path(settings.landing_root)
    for unfinished in root.rglob(f"{PARTIAL}[0-9]*-*") if root.is_dir() else ():
        unfinished.unlink(missing_ok=True)


def _is_damaged(file: Path) -> bool:
    try:
        # For writing, though nothing is: else the log that SQLite keeps beside the file would stay.
        with closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True)) as connection:
            [(found,)] = connection.execute("pragma quick_check(1)").fetchall()
    except sqlite3.OperationalError:
        # It cannot be read for now, or an empty file: Dagster makes what is missing.
        return False
    except sqlite3.DatabaseError:
        return True
    return found != "ok"


def _put_aside(file: Path, *companions: Path) -> None:
    """Under another name, instead of what was put aside before; companions belong to it and are of no use alone."""
    aside = aside_of(file)
    if aside.is_dir():
        shutil.rmtree(aside)
    file.replace(aside)
    for companion in companions:
        companion.unlink(missing_ok=True)
