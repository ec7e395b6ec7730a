"""What a killed `dagster dev` left behind: its webserver and its daemon do not notice its end, and go on.

Found by what Linux tells of processes; elsewhere nothing is found, and docs/collecting.md says what to do.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagster import DagsterRun

PROCESS_TAG = "tunegenie/process"
"""Who works on a run of the command line: how one whose process died is told from one that goes on."""
PROCESSES = Path("/proc")
STARTED_BY_DEV = b"--shutdown-pipe"
"""Only `dagster dev` starts processes with it: through this pipe it would tell them to end."""
PATIENCE_SECONDS = 15.0
PAUSE_SECONDS = 0.2


def process_tag(run_id: str) -> dict[str, str]:
    """The tag of a run that this process works on."""
    return {PROCESS_TAG: f"{os.getpid()}:{run_id}"}


def process_of(run: DagsterRun) -> int | None:
    """The process of the command line that works on the run; None where the daemon does.

    A run that is begun again, in the UI or by the daemon, has the tags of the one before it: that one's id is in them.
    """
    process, _, run_id = run.tags.get(PROCESS_TAG, "").partition(":")
    return int(process) if run_id == run.run_id and process.isdecimal() else None


def left_over(dagster_home: Path) -> list[int]:
    """The processes that a `dagster dev` of this Dagster home started and that have outlived it."""
    return [
        process
        for process in _own_processes()
        if STARTED_BY_DEV in _words(process, "cmdline")
        and b"DAGSTER_HOME=" + os.fsencode(dagster_home) in _words(process, "environ")
        and b"dev" not in _words(_parent(process), "cmdline")
    ]


def end_left_over(dagster_home: Path, sleep: Callable[[float], None] = time.sleep) -> int:
    """End those processes, with force where they do not listen, and say how many there were."""
    found = left_over(dagster_home)
    waited, remaining = 0.0, found
    _signal(remaining, signal.SIGTERM)
    while waited < PATIENCE_SECONDS and (remaining := left_over(dagster_home)):
        sleep(PAUSE_SECONDS)
        waited += PAUSE_SECONDS
    _signal(remaining, signal.SIGKILL)
    return len(found)


def _own_processes() -> Iterator[int]:
    for folder in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):
            if folder.stat().st_uid == os.getuid():
                yield int(folder.name)


def _words(process: int, file: str) -> list[bytes]:
    """Nothing for a process that has ended, or is another's."""
    try:
        return (PROCESSES / str(process) / file).read_bytes().split(b"\0")
    except OSError:
        return []


def _parent(process: int) -> int:
    try:
        told = (PROCESSES / str(process) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    # The name before it stands in parentheses and may hold spaces.
    return int(told.rpartition(")")[2].split()[1])


def _signal(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)
