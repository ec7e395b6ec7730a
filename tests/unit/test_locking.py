from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tunegenie_assets.locking import WarehouseBusyError, hold_for_life, warehouse_lock

ROOT = Path(__file__).resolve().parents[2]
# A fresh interpreter: a forked one would share the open lock file with this one.
SPAWN = multiprocessing.get_context("spawn")


def append_when_free(lock: Path, journal: Path, parent: Connection) -> None:
    try:
        with warehouse_lock(lock, wait_seconds=0):
            parent.send("got it at once")
    except WarehouseBusyError as error:
        parent.send(str(error))
    with warehouse_lock(lock, wait_seconds=60), journal.open("a", encoding="utf-8") as stream:
        stream.write("child\n")


def die_while_holding(lock: Path) -> None:
    with warehouse_lock(lock):
        os._exit(9)


def test_second_process_waits_for_the_first(tmp_path: Path) -> None:
    lock, journal = tmp_path / "home" / "warehouse.duckdb.lock", tmp_path / "journal"
    ours, theirs = SPAWN.Pipe()
    child = SPAWN.Process(target=append_when_free, args=(lock, journal, theirs))
    with warehouse_lock(lock):
        child.start()
        refusal = ours.recv()
        with journal.open("a", encoding="utf-8") as stream:
            stream.write("parent\n")
    child.join()
    assert refusal == (
        f"another process has been writing {tmp_path / 'home' / 'warehouse.duckdb'} for 0 s; try again later"
    )
    assert child.exitcode == 0
    assert journal.read_text(encoding="utf-8").split() == ["parent", "child"]


def test_killed_holder_does_not_block_the_next(tmp_path: Path) -> None:
    lock = tmp_path / "warehouse.duckdb.lock"
    child = SPAWN.Process(target=die_while_holding, args=(lock,))
    child.start()
    child.join()
    assert child.exitcode == 9
    with warehouse_lock(lock, wait_seconds=0):
        pass


def test_failing_block_gives_the_lock_back(tmp_path: Path) -> None:
    lock = tmp_path / "warehouse.duckdb.lock"
    with pytest.raises(ZeroDivisionError), warehouse_lock(lock):
        raise ZeroDivisionError
    with warehouse_lock(lock, wait_seconds=0):
        pass


WAITS = "import sys; print('ready', flush=True); sys.stdin.read()"


def become_another_program(file: Path) -> None:
    """Hold the file, then end as `tunegenie run` does: as a program that knows nothing of it."""
    assert hold_for_life(file)
    os.execv(sys.executable, [sys.executable, "-c", WAITS])  # noqa: S606  # this very interpreter


def test_what_is_held_for_life_outlives_the_program_that_took_it(tmp_path: Path) -> None:
    file = tmp_path / "home" / "dagster.lock"
    take = f"from pathlib import Path; from {__name__} import *; become_another_program(Path({str(file)!r}))"
    with subprocess.Popen(
        [sys.executable, "-c", take], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        assert not hold_for_life(file)
        holder.kill()
        holder.wait()
    assert hold_for_life(file)
