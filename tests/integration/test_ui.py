"""`tunegenie ui` as a process: what it says when it starts, and that nothing of it is left when it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tunegenie_assets.settings import PREFIX

LONGEST_SECONDS = 120
COMMAND = 'trap "" INT; exec "$0" -m tunegenie_assets.cli.app ui --port "$1"'
"""As a shell starts what it puts into the background."""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_it_ends_with_all_its_processes(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "PYTHON"))}
    with subprocess.Popen(
        ["/bin/sh", "-c", COMMAND, sys.executable, str(free_port())],
        env={**kept, f"{PREFIX}HOME": str(tmp_path / "home"), f"{PREFIX}ENV": "ci"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            while "Serving dagster-webserver" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            process.send_signal(signal.SIGTERM)
            # Its output ends when the last process that writes to it has ended.
            rest, _ = process.communicate(timeout=LONGEST_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert "Dagster services shut down" in rest
    assert not [name for name in ("SupersessionWarning", "BetaWarning") if name in said]
    assert process.returncode == 0
