"""Locks between processes: one at a time writes the DuckDB file or asks the services, one command changes a home.

The operating system drops them when a process dies, so a killed run never blocks the next one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

WAIT_SECONDS = 600.0
"""Longer than any step of a local run takes; a step that waits longer has met a process that hangs."""

SERVING = "dagster.lock"
"""Held by the process that serves a home."""


class WarehouseBusyError(Exception):
    """Another process kept the warehouse, the collector or the home for longer than anyone should wait."""


@contextmanager
def warehouse_lock(path: Path, wait_seconds: float = WAIT_SECONDS) -> Generator[None]:
    """Hold the warehouse while the block runs.

    Raises:
        WarehouseBusyError: it could not be had within `wait_seconds`.
    """
    busy = f"another process has been writing {path.with_suffix('')} for {wait_seconds:.0f} s; try again later"
    with _held(path, wait_seconds, busy):
        yield


@contextmanager
def collector_lock(state: Path, wait_seconds: float = WAIT_SECONDS) -> Generator[None]:
    """Hold the collector whose state is in this file while a pass runs: two at once would ask for the same.

    Raises:
        WarehouseBusyError: it could not be had within `wait_seconds`.
    """
    busy = f"another process has been asking the services for {wait_seconds:.0f} s; try again when it is done"
    with _held(state.with_name(f"{state.name}.lock"), wait_seconds, busy):
        yield


@contextmanager
def command_lock(home: Path, wait_seconds: float = WAIT_SECONDS) -> Generator[None]:
    """Hold the home while a command runs its jobs, so that no other finds what is landed but not yet built.

    Raises:
        WarehouseBusyError: it could not be had within `wait_seconds`.
    """
    busy = f"another command has been working on {home} for {wait_seconds:.0f} s; try again when it is done"
    with _held(home / "command.lock", wait_seconds, busy):
        yield


@contextmanager
def unserved(home: Path) -> Generator[None]:
    """Keep Dagster's daemon and UI from beginning to work on the home while the block runs.

    Raises:
        WarehouseBusyError: they are at work on it.
    """
    with _held(home / SERVING, 0, f"tunegenie run or tunegenie ui works on {home}; end it first"):
        yield


def hold_for_life(file: Path) -> bool:
    """Hold the file until this process ends, also when another program takes its place; False if another holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Not filelock, whose locks end with the program that took them.
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    os.set_inheritable(descriptor, True)  # noqa: FBT003  # it has no name
    return True


def is_alive(process: int) -> bool:
    """Whether a process of this id runs on this machine."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _held(file: Path, wait_seconds: float, busy: str) -> Generator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(file, timeout=wait_seconds):
            yield
    except Timeout as error:
        raise WarehouseBusyError(busy) from error
