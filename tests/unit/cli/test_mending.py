"""What is damaged is put aside and told; what is sound stays where it is."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from tests.unit.cli.test_ui import python
from tests.unit.sources.samples import AUDIO, LANDED_AT, record, write_zip
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.mending import mend
from tunegenie_assets.instance.setup import prepare_dagster_home
from tunegenie_assets.locking import hold_for_life
from tunegenie_assets.resources.aside import all_aside
from tunegenie_assets.settings import Settings, load_settings
from tunegenie_assets.sources.landing import Landing


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with a warehouse, records of runs, a collector's state and an archive, all of them sound."""
    settings = load_settings(home=tmp_path / "home")
    prepare_dagster_home(settings.dagster_home)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)):
        pass
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create table numbers as select range as n, hash(range) as h from range(500000)")
    with closing(sqlite3.connect(settings.collector_path)) as connection, connection:
        connection.execute("create table calls (service text)")
    history = write_zip(tmp_path / "history.zip", {AUDIO: [record()]})
    Landing(settings.landing_root).land_archive(history, listener_id="ada", timezone=None, now=LANDED_AT)
    return settings


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def change_in_the_middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 5000] = bytes(5000)
    file.write_bytes(content)


def test_a_sound_home_is_left_alone(settings: Settings) -> None:
    before = sorted(settings.home.rglob("*"))
    assert mend(settings) == []
    assert set(settings.home.rglob("*")) - set(before) <= {
        settings.home / "command.lock",
        settings.warehouse_lock_path,
    }


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert mend(load_settings(home=tmp_path / "none")) == []
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("harm", [cut, change_in_the_middle, lambda file: file.write_bytes(b"no database" * 999)])
def test_a_damaged_warehouse_is_put_aside(settings: Settings, harm: object) -> None:
    assert callable(harm)
    harm(settings.warehouse_path)
    log = settings.warehouse_path.with_name("warehouse.duckdb.wal")
    log.write_bytes(b"of the file that is put aside")
    [line] = mend(settings)
    assert line.startswith(f"the warehouse {settings.warehouse_path} was damaged (")
    assert line.endswith("it is warehouse.duckdb.damaged now, and is built anew from landing")
    assert not settings.warehouse_path.exists()
    assert not log.exists()
    assert settings.warehouse_path.with_name("warehouse.duckdb.damaged").exists()
    assert mend(settings) == []


def test_damaged_records_of_runs_are_put_aside_and_begin_anew(settings: Settings) -> None:
    # What was put aside before makes room.
    (settings.dagster_home / "history.damaged").mkdir()
    for file in ("history/runs.db", "schedules/schedules.db"):
        (settings.dagster_home / file).write_bytes(b"no database" * 999)
    runs, schedules = mend(settings)
    assert "the record of runs" in runs
    assert "(runs.db)" in runs
    assert "the record of schedules and sensors" in schedules
    assert (settings.dagster_home / "history.damaged" / "runs.db").exists()
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        assert instance.get_runs() == []


@pytest.mark.parametrize("has_schedules", [True, False])
def test_what_sensors_remember_of_a_history_goes_with_it(settings: Settings, *, has_schedules: bool) -> None:
    schedules = settings.dagster_home / "schedules"
    if not has_schedules:
        shutil.rmtree(schedules)
    (settings.dagster_home / "history" / "runs.db").write_bytes(b"no database" * 999)
    lines = mend(settings)
    assert len(lines) == 1 + has_schedules
    assert not schedules.exists()
    assert (settings.dagster_home / "schedules.damaged").exists() is has_schedules


def test_records_in_use_are_not_put_aside(settings: Settings) -> None:
    (settings.dagster_home / "history" / "runs.db").write_bytes(b"no database" * 999)
    assert hold_for_life(settings.home / "dagster.lock")
    with pytest.raises(CommandError, match=r"works on it; end it first$"):
        mend(settings)
    assert not (settings.dagster_home / "history.damaged").exists()


def test_a_damaged_state_of_the_collector_is_put_aside(settings: Settings) -> None:
    settings.collector_path.write_bytes(b"no database" * 999)
    [line] = mend(settings)
    assert "is read again from landing; calls of the last 24 hours are no longer counted" in line
    assert not settings.collector_path.exists()


def test_what_is_damaged_in_landing_is_told_and_stays(settings: Settings) -> None:
    [file] = Path(settings.landing_root).glob("archives/*/*/*.zip")
    change_in_the_middle(file)
    [line] = mend(settings)
    assert line.startswith(f"{file} is damaged: ")
    assert "import that file again" in line
    assert file.exists()


def test_what_killed_writers_began_is_removed(settings: Settings) -> None:
    unfinished = Path(settings.landing_root) / "archives" / ".partial-1-history.zip-x"
    unfinished.touch()
    mend(settings)
    assert not unfinished.exists()


def test_a_run_of_a_dead_command_is_told_of_once(tmp_path: Path) -> None:
    code = """
import sys
from uuid import uuid4
import dagster as dg
from tunegenie_assets.cli.runs import dagster_instance
from tunegenie_assets.instance.left_over import process_tag
from tunegenie_assets.settings import load_settings

@dg.job
def collect(): ...

with dagster_instance(load_settings(home=sys.argv[1])) as instance:
    # This very process: whoever has the home alone knows that the command is gone, whatever its number.
    run_id = str(uuid4())
    instance.create_run_for_job(
        collect, run_id=run_id, status=dg.DagsterRunStatus.STARTED, tags=process_tag(run_id)
    )
"""
    first, second, third = (python(code, str(tmp_path / "home")).stderr.splitlines() for _ in range(3))
    assert [line for line in first if line.startswith("tunegenie:")] == []
    for said in (second, third):
        [line] = [line for line in said if line.startswith("tunegenie:")]
        assert "an earlier command ended in the middle of collect; its run " in line
        assert line.endswith("is now marked as failed, and what it left unfinished is done again")


def test_what_is_put_aside_is_what_an_erasure_deletes(settings: Settings) -> None:
    for file in (settings.warehouse_path, settings.collector_path, *sorted(settings.dagster_home.rglob("*.db"))):
        cut(file)
    mend(settings)
    found = set(settings.home.rglob("*.damaged"))
    assert settings.warehouse_path.with_name("warehouse.duckdb.damaged") in found
    assert found <= set(all_aside(settings))
