"""The plays of a population in a DuckDB file, of which one day is cut."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.unit.resources.samples import warehouse_in
from tunegenie_assets.checks.usual import (
    DAYS,
    WEEKS,
    judge_distribution,
    judge_volume,
    usual_distribution,
    usual_volume,
)
from tunegenie_assets.resources.duckdb_tables import DuckDBTables

POPULATION = """
create schema silver;
create table silver.listeners as
select 'sim-' || range as listener_id, true as is_simulated from range(20) union all select 'ada', false;
create table silver.plays as
select listener_id, day::date as play_date, day::timestamp + interval (play) minute as started_at,
       180000::bigint as ms_played, 'Rain' as album_name
from silver.listeners
cross join range(date '2025-09-01', date '2026-03-02', interval 1 day) as days(day)
cross join range(10) as plays(play);
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBTables:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(POPULATION)
    return warehouse_in(tmp_path)


def change(warehouse: DuckDBTables, sql: str) -> None:
    with duckdb.connect(warehouse.warehouse_path) as connection:
        connection.execute(sql)


def test_a_population_that_listens_as_ever_passes(warehouse: DuckDBTables) -> None:
    volume, told = judge_volume(warehouse.query(DAYS))
    assert volume, told
    made_up, told = judge_distribution(warehouse.query(WEEKS))
    assert made_up, told
    assert told["summary"].startswith("people: the week of 2026-02-23")


def test_a_day_that_lost_most_of_its_plays_warns_and_says_whose(warehouse: DuckDBTables) -> None:
    change(warehouse, "delete from silver.plays where play_date = '2026-02-26' and minute(started_at) >= 4")
    passed, told = judge_volume(warehouse.query(DAYS))
    assert not passed
    assert "simulated listeners: 2026-02-26 had 80 plays, usual are 200" in told["summary"]
    assert "people: 2026-02-26 had 4 plays, usual are 10" in told["summary"]


def test_a_reader_that_loses_a_column_warns(warehouse: DuckDBTables) -> None:
    change(warehouse, "update silver.plays set album_name = null, ms_played = 1000 where play_date >= '2026-02-23'")
    passed, told = judge_distribution(warehouse.query(WEEKS))
    assert not passed
    assert "100% plays without an album, usual are 0%" in told["summary"]
    assert "100% plays under 30 seconds" in told["summary"]


def test_nothing_played_passes(warehouse: DuckDBTables) -> None:
    change(warehouse, "delete from silver.plays")
    assert judge_volume(warehouse.query(DAYS)) == (True, {"summary": "nothing was played"})
    assert judge_distribution(warehouse.query(WEEKS))[0]


def test_they_warn_and_never_block() -> None:
    for check in (usual_volume, usual_distribution):
        [spec] = check.check_specs
        assert not spec.blocking
