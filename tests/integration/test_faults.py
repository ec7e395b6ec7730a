"""What a real command says of a machine or a home that fails it; that one command brings all back is for the bench."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from benches.faults.commands import TUNEGENIE, environment
from benches.faults.judging import lines_of
from benches.faults.looking import left_over
from benches.faults.mounts import can_mount, on_full_disk, on_read_only_disk
from benches.faults.trials import FULL_LINE
from tests.integration.conftest import Home
from tunegenie_assets.cli.runs import dagster_instance
from tunegenie_assets.settings import load_settings

NEEDS_MOUNTS = pytest.mark.skipif(not can_mount(), reason="no mounts of one's own are allowed here")


@pytest.fixture
def copy(home: Home, tmp_path: Path) -> Path:
    return Path(shutil.copytree(home.path, tmp_path / "home"))


def said_by(home: Path, *arguments: str) -> list[str]:
    """The lines of a command that fails as it should: one line, exit code 1, no traceback."""
    ended = subprocess.run([*TUNEGENIE, *arguments], env=environment(home), capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    return lines_of(ended.stderr)


@pytest.mark.parametrize("command", [("stats",), ("ask", "who are my top artists?", "--listener", "ada")])
def test_a_damaged_warehouse_is_one_line(copy: Path, command: tuple[str, ...]) -> None:
    (copy / "warehouse.duckdb").write_bytes(b"no database" * 1000)
    [line] = said_by(copy, *command)
    assert "warehouse.duckdb" in line
    assert "is damaged" in line
    assert line.endswith("run tunegenie rebuild, which puts it aside and builds it anew from landing")


def test_damaged_records_of_runs_are_one_line(copy: Path) -> None:
    (copy / "dagster" / "history" / "runs.db").write_bytes(b"no database" * 1000)
    [line] = said_by(copy, "stats")
    assert line.endswith("is damaged; run tunegenie rebuild, which puts it aside")


def test_figures_of_a_part_that_was_built_are_one_line(copy: Path) -> None:
    with duckdb.connect(copy / "warehouse.duckdb") as connection:
        connection.execute("drop table gold.daily_listening_summary")
    [line] = said_by(copy, "stats")
    assert line.endswith("run again the command that did not come to its end, or tunegenie rebuild")


@NEEDS_MOUNTS
def test_a_home_that_cannot_be_written_is_one_line(copy: Path) -> None:
    ended = on_read_only_disk(copy, ["stats"])
    assert ended.code == 1
    [line] = lines_of(ended.said)
    assert "Read-only file system" in line
    assert "TUNEGENIE_HOME cannot be written" in line
    assert "Traceback" not in ended.said


@NEEDS_MOUNTS
@pytest.mark.parametrize("room_kib", [16, 1024], ids=["before any step", "within a step"])
def test_a_full_disk_is_one_line_and_leaves_nothing_behind(copy: Path, archive: Path, room_kib: int) -> None:
    ended = on_full_disk(copy, ["import", str(archive), "--listener", "bob"], room_kib=room_kib)
    assert ended.code == 1
    [line] = lines_of(ended.said)
    assert re.search(FULL_LINE, line)
    assert "Traceback" not in ended.said
    assert [found for found in left_over(copy) if not found.startswith("run ")] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interruption_of_dbt_is_one_line(copy: Path, number: signal.Signals) -> None:
    with (
        dagster_instance(load_settings(home=copy), to_change=False) as instance,
        subprocess.Popen([*TUNEGENIE, "recount"], env=environment(copy), stderr=subprocess.PIPE, text=True) as process,
    ):
        before = instance.get_runs_count()
        while not builds_with_dbt(instance, before):
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(f"it ended with {process.wait(timeout=0.05)}")
        process.send_signal(number)
        _, said = process.communicate()
        [run] = instance.get_runs(limit=1)
    [line] = said.splitlines()
    assert line.startswith("tunegenie: interrupted; running the same command again continues the work")
    assert process.returncode == 1
    assert run.status is dg.DagsterRunStatus.FAILURE


def builds_with_dbt(instance: dg.DagsterInstance, runs_before: int) -> bool:
    if instance.get_runs_count() == runs_before:
        return False
    [run] = instance.get_runs(limit=1)
    starts = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_START)
    return any("dbt" in (start.step_key or "") for start in starts)
