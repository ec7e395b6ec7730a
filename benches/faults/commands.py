"""`tunegenie` as a process of its own, which may be ended with a signal once it has had so much of the processor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benches.processes import ROOT, BenchError
from tunegenie_assets.settings import PREFIX

PROCESSES = Path("/proc")
MOST_SECONDS = 1800.0
"""A command that takes longer hangs, though the machine be busy."""
PAUSE_SECONDS = 0.005
TUNEGENIE = (sys.executable, "-m", "tunegenie_assets.cli.app")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    said: str
    """Its standard error."""
    processor_seconds: float


@dataclass(frozen=True)
class Blow:
    """A signal to the process itself, once it has had so much of the processor: what it started must end with it.

    Not a moment on the clock: on a busy machine that would be another place each time.
    """

    number: signal.Signals
    processor_seconds: float


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a command is told; nothing of this process's environment."""
    told = {"PATH": os.defpath, "HOME": str(home.parent), "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
    return {**told, f"{PREFIX}HOME": str(home), f"{PREFIX}ENV": "ci", **more}


def tunegenie(
    home: Path, arguments: Sequence[str], blow: Blow | None = None, told: Mapping[str, str] | None = None
) -> Ended:
    """Run a command to its end, or to the blow.

    Raises:
        BenchError: it hangs.
    """
    errors = home.with_name(f"{home.name}.errors")
    with errors.open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            [*TUNEGENIE, *arguments],
            cwd=ROOT,
            env=environment(home, **(told or {})),
            stdout=subprocess.DEVNULL,
            stderr=said,
            # A group of its own, so that what it starts is ended with it.
            start_new_session=True,
        )
        used = _wait(process, blow)
        said.seek(0)
        return Ended(process.returncode, said.read(), used)


def _wait(process: subprocess.Popen[bytes], blow: Blow | None) -> float:
    """Seconds of the processor that it had."""
    begun, used = time.monotonic(), 0.0
    while process.poll() is None:
        used = processor_seconds(process.pid) or used
        if blow is not None and used >= blow.processor_seconds:
            os.kill(process.pid, blow.number)
            blow = None
        if time.monotonic() - begun > MOST_SECONDS:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise BenchError(f"a command was still running after {MOST_SECONDS:.0f} s")
        time.sleep(PAUSE_SECONDS)
    return used


def processor_seconds(process: int) -> float:
    """What the process has had of the processor so far; 0 when it has ended."""
    try:
        told = (PROCESSES / str(process) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    # The name before it stands in parentheses and may hold spaces.
    fields = told.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def processes_of(home: Path) -> list[int]:
    """Processes that work on a home."""
    mark = os.fsencode(f"{PREFIX}HOME={home}")
    found: list[int] = []
    for folder in PROCESSES.glob("[0-9]*"):
        try:
            words = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark in words:
            found.append(int(folder.name))
    return found
