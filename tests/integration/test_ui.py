"""`tunegenie ui` as a process: what it says when it starts, and that nothing of it is left when it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pytest

from tunegenie_assets.instance.left_over import PROCESSES, left_over
from tunegenie_assets.settings import PREFIX

LONGEST_SECONDS = 300
COMMAND = 'trap "" INT; exec "$0" -m tunegenie_assets.cli.app ui --port "$1"'
"""As a shell starts what it puts into the background."""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    """Until the UI answers."""
    for _ in range(10 * LONGEST_SECONDS):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"it ended with {process.wait(timeout=0.1)}")
    raise AssertionError("it does not answer")


@contextmanager
def ui(home: Path, port: int, output: IO[str] | int = subprocess.PIPE) -> Generator[subprocess.Popen[str]]:
    """The UI and its daemon; who lets runs start gives a file as `output`, for a pipe that nobody reads fills up."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "PYTHON"))}
    with subprocess.Popen(
        ["/bin/sh", "-c", COMMAND, sys.executable, str(port)],
        env={**kept, f"{PREFIX}HOME": str(home), f"{PREFIX}ENV": "ci"},
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            wait_for(port, process)
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def test_it_ends_with_all_its_processes(tmp_path: Path) -> None:
    port = free_port()
    with ui(tmp_path / "home", port) as process:
        process.send_signal(signal.SIGTERM)
        # Its output ends when the last process that writes to it has ended.
        said, _ = process.communicate(timeout=LONGEST_SECONDS)
    assert f"The UI is at http://127.0.0.1:{port}" in said
    assert not [name for name in ("SupersessionWarning", "BetaWarning", "INFO") if name in said]
    assert process.returncode == 0


@pytest.mark.skipif(not PROCESSES.exists(), reason="processes are found on Linux only")
def test_what_a_killed_one_left_is_ended_by_the_next(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    with ui(home, port) as killed:
        killed.kill()
        killed.wait()
        assert len(left_over(home / "dagster")) == 2
        # At the same port.
        with ui(home, port) as process:
            assert process.stdout is not None
            assert "The UI is at" in process.stdout.readline()
            assert left_over(home / "dagster") == []
            wait_for(port, process)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=LONGEST_SECONDS)
    assert process.returncode == 0
