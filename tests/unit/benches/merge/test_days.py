from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benches.merge.days import DayCost, Scale, Warehouse
from tunegenie_assets.schemas.histories import LASTFM_SCROBBLES, SPOTIFY_EXTENDED_HISTORY
from tunegenie_assets.schemas.table import Table

SCALE = Scale(listeners=3, plays_per_day=4, short_days=1, long_days=2)


@pytest.fixture
def filled(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path / "home")
    warehouse.create()
    warehouse.fill(SCALE, 0, 2)
    warehouse.fill(SCALE, 2, 3)
    return warehouse


def test_every_day_is_equally_large(filled: Warehouse) -> None:
    sql = "select count(*), count(distinct listener_id) from raw.spotify_extended_history group by play_date"
    with duckdb.connect(str(filled.path), read_only=True) as connection:
        assert connection.execute(sql).fetchall() == [(12, 3)] * 3
    assert filled.count("raw.lastfm_scrobbles") == 18


@pytest.mark.parametrize("table", [SPOTIFY_EXTENDED_HISTORY, LASTFM_SCROBBLES], ids=lambda table: table.name)
def test_rows_keep_the_contract_of_the_table(filled: Warehouse, table: Table) -> None:
    with duckdb.connect(str(filled.path), read_only=True) as connection:
        rows = connection.sql(f"select * from {'.'.join(table.key)}").to_arrow_table()
    assert rows.schema.names == table.arrow_schema.names
    assert {name: rows[name].null_count for name in table.required_columns} == dict.fromkeys(table.required_columns, 0)
    assert rows.group_by(["source_file", "source_row"]).aggregate([]).num_rows == rows.num_rows
    assert rows["play_date"].cast("timestamp[us]").equals(rows["started_at"].cast("date32").cast("timestamp[us]"))


def test_the_ratio_is_of_the_long_history_to_the_short() -> None:
    assert DayCost(2.0, 3.0, 10, 100, 1, 1).ratio == 1.5
