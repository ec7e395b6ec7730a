"""A process that is killed, or a run that is cancelled, amid a write leaves the rows that were there, and no lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tests.integration.warehouse_samples import days, plays, stored
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS

WRITER = """
import sys
from contextlib import contextmanager
from pathlib import Path
from tests.integration.warehouse_samples import days, plays
from tests.unit.resources.samples import written
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS

class Held:
    "A connection that waits for ever before one step, once rows have been deleted."
    def __init__(self, connection, step):
        self.connection, self.step, self.deleted = connection, step, False
    def __getattr__(self, name):
        self.hold(name)
        return getattr(self.connection, name)
    def execute(self, sql, *arguments):
        self.hold(sql)
        self.deleted = self.deleted or sql.startswith("delete")
        return self.connection.execute(sql, *arguments)
    def hold(self, what):
        if self.deleted and what.startswith(self.step):
            print("held", flush=True)
            sys.stdin.read()

open_connection = DuckDBTables._connection
@contextmanager
def held(warehouse):
    with open_connection(warehouse) as connection:
        yield Held(connection, sys.argv[3])
DuckDBTables._connection = held
warehouse = DuckDBTables(warehouse_path=sys.argv[1], lock_path=sys.argv[2])
rows = plays(0, 3)
warehouse.write(SYNTHETIC_PLAYS, written(Path(sys.argv[4]), rows) if sys.argv[4] else rows, days(0, 2))
"""


class Cancelled:
    """A connection during whose work, once rows have been deleted, somebody cancels the run."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def execute(self, sql: str, *arguments: object) -> object:
        if sql.startswith("insert"):
            raise KeyboardInterrupt
        return self._connection.execute(sql, *arguments)


def test_a_cancelled_run_leaves_the_old_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = DuckDBTables(warehouse_path=str(tmp_path / "w.duckdb"), lock_path=str(tmp_path / "w.lock"))
    before = pa.concat_tables([plays(0, 2), plays(1, 2)])
    warehouse.write(SYNTHETIC_PLAYS, before, days(0, 2))
    open_connection = DuckDBTables._connection  # pyright: ignore[reportPrivateUsage]  # between two statements

    @contextmanager
    def cancelled(tables: DuckDBTables) -> Generator[Cancelled]:
        with open_connection(tables) as connection:
            yield Cancelled(connection)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(DuckDBTables, "_connection", cancelled)
        warehouse.write(SYNTHETIC_PLAYS, plays(0, 3), days(0, 2))
    assert stored(warehouse).equals(before)
    warehouse.write(SYNTHETIC_PLAYS, plays(0, 3), days(0, 2))
    assert stored(warehouse).equals(plays(0, 3))


@pytest.mark.parametrize("files", [False, True], ids=["table", "files"])
@pytest.mark.parametrize("step", ["insert", "commit"])
def test_a_killed_process_leaves_the_old_rows(tmp_path: Path, step: str, files: bool) -> None:
    warehouse = DuckDBTables(warehouse_path=str(tmp_path / "w.duckdb"), lock_path=str(tmp_path / "w.lock"))
    before = pa.concat_tables([plays(0, 2), plays(1, 2)])
    warehouse.write(SYNTHETIC_PLAYS, before, days(0, 2))
    folder = str(tmp_path / "files") if files else ""
    paths = [warehouse.warehouse_path, warehouse.lock_path]
    program = [sys.executable, "-W", "ignore", "-c", WRITER, *paths, step, folder]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    assert stored(warehouse).equals(before)
    warehouse.write(SYNTHETIC_PLAYS, plays(0, 3), days(0, 2))
    assert stored(warehouse).equals(plays(0, 3))
