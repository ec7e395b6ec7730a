from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tunegenie_assets.cli.doctoring import examine_settings, examine_warehouse
from tunegenie_assets.cli.examining import State
from tunegenie_assets.locking import warehouse_lock
from tunegenie_assets.settings import load_settings


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("create schema silver", State.WARNS),
        ("create schema silver; create table silver.plays (id integer)", State.WORKS),
    ],
)
def test_a_warehouse_that_can_be_read(tmp_path: Path, statement: str, state: State) -> None:
    settings = load_settings(home=tmp_path)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(statement)
    [finding] = examine_warehouse(settings)
    assert finding.state is state


@pytest.mark.parametrize("name", ["poll", "schedule"])
def test_an_expression_that_is_no_cron_is_found(tmp_path: Path, name: str) -> None:
    assert examine_settings(load_settings(home=tmp_path)).state is State.WORKS
    finding = examine_settings(load_settings(home=tmp_path, **{name: "hourly"}))
    assert finding.state is State.FAILS
    assert finding.says.startswith(f"TUNEGENIE_{name.upper()}='hourly': expected a cron expression")


def test_a_run_at_work_is_not_waited_for(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    settings.warehouse_path.touch()
    with warehouse_lock(settings.warehouse_lock_path):
        [finding] = examine_warehouse(settings, wait_s=0)
        assert finding.state is State.WAITS


def test_production_names_the_setting_that_is_missing() -> None:
    [finding] = examine_warehouse(load_settings(env="production"))
    assert finding.state is State.FAILS
    assert "TUNEGENIE_SNOWFLAKE_ACCOUNT" in finding.says
