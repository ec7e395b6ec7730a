from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tunegenie_assets.instance.left_over import PROCESSES, end_left_over, left_over

pytestmark = pytest.mark.skipif(not PROCESSES.exists(), reason="processes are found on Linux only")

# It says that it runs, and goes on; with "deaf" it does not listen to a wish that it end.
WORK = """\
import signal, sys, time
if sys.argv[1] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""
# A `dagster dev` that has such a child.
DEV = """\
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[2], "", "--shutdown-pipe", "4"], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
child.kill()
child.wait()
"""


@contextmanager
def running(code: str, *arguments: str, home: Path) -> Generator[tuple[subprocess.Popen[str], str]]:
    """A process of this Dagster home, and the first line that it said."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={"DAGSTER_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            if process.stdin is not None:
                process.stdin.close()
            if code == WORK:
                process.kill()


@pytest.mark.parametrize("hearing", ["", "deaf"])
def test_what_a_killed_dagster_left_is_ended(tmp_path: Path, hearing: str) -> None:
    with running(WORK, hearing, "--shutdown-pipe", "4", home=tmp_path) as (process, _):
        assert left_over(tmp_path) == [process.pid]
        assert end_left_over(tmp_path, lambda _: None) == 1
        assert process.wait() < 0
    assert end_left_over(tmp_path) == 0


def test_of_other_homes_and_of_nobody_s_pipe_nothing_is_ended(tmp_path: Path) -> None:
    with (
        running(WORK, "", "--shutdown-pipe", "4", home=tmp_path / "other"),
        running(WORK, "", home=tmp_path),
    ):
        assert left_over(tmp_path) == []


def test_what_a_living_dagster_started_is_not_left_over(tmp_path: Path) -> None:
    with running(DEV, "dev", WORK, home=tmp_path) as (_, child):
        assert child.isdigit()
        assert left_over(tmp_path) == []
