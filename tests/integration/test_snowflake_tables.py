"""The IO manager on Snowflake keeps the promises it keeps on DuckDB: every test of rows in memory runs on both."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import dagster as dg
import pandas as pd
import pyarrow as pa
import pytest

from tests.integration.warehouse_samples import (
    FIRST,
    KEY,
    ON_BOTH,
    days,
    evaluation,
    plays,
    stored,
    unloadable,
    without,
)
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS
from tunegenie_assets.schemas.landing import ARCHIVES
from tunegenie_assets.schemas.recommender import EVALUATION
from tunegenie_assets.schemas.registry import TABLES

if TYPE_CHECKING:
    from tunegenie_assets.resources.snowflake_tables import SnowflakeTables

pytestmark = ON_BOTH


def test_every_table_is_created_and_read_with_its_types(warehouse: WarehouseIOManager) -> None:
    warehouse.create_all()
    warehouse.create_all()
    assert {t.key: warehouse.read(t.key, None).schema for t in TABLES} == {t.key: t.arrow_schema for t in TABLES}


def test_rows_come_back_as_they_were_written(warehouse: WarehouseIOManager) -> None:
    rows = plays(0, 3, name="Ünïcödé 音楽 🎧 'quoted' \\N ? %s")
    warehouse.write(SYNTHETIC_PLAYS, rows, days(0, 1))
    assert stored(warehouse).equals(rows)


def test_nulls_of_every_type_come_back_as_nulls(warehouse: WarehouseIOManager) -> None:
    row = dict.fromkeys(ARCHIVES.arrow_schema.names) | {"archive_id": "a", "landed_at": datetime(1969, 12, 31)}
    rows = pa.Table.from_pylist([row], schema=ARCHIVES.arrow_schema)
    warehouse.write(ARCHIVES, rows, None)
    assert warehouse.read(ARCHIVES.key, None).equals(rows)


def test_a_window_is_replaced_and_the_days_around_it_stay(warehouse: WarehouseIOManager) -> None:
    warehouse.write(SYNTHETIC_PLAYS, pa.concat_tables([plays(day, 2) for day in range(4)]), days(0, 4))
    warehouse.write(SYNTHETIC_PLAYS, plays(1, 3, name="new"), days(1, 3))
    assert stored(warehouse).equals(pa.concat_tables([plays(0, 2), plays(1, 3, name="new"), plays(3, 2)]))


def test_a_second_write_of_the_same_rows_changes_nothing(warehouse: WarehouseIOManager) -> None:
    for _ in range(2):
        warehouse.write(SYNTHETIC_PLAYS, plays(0, 3), days(0, 1))
        warehouse.write(EVALUATION, evaluation(0.25, 0.5), None)
    assert stored(warehouse).equals(plays(0, 3))
    assert warehouse.read(EVALUATION.key, None).sort_by("metric").equals(evaluation(0.25, 0.5))


def test_columns_are_written_by_name(warehouse: WarehouseIOManager) -> None:
    rows = plays(0, 3)
    warehouse.write(SYNTHETIC_PLAYS, rows.select(rows.column_names[::-1]), days(0, 1))
    assert stored(warehouse).equals(rows)


def test_no_rows_empty_the_window_and_nothing_else(warehouse: WarehouseIOManager) -> None:
    warehouse.write(SYNTHETIC_PLAYS, SYNTHETIC_PLAYS.empty(), days(0, 1))
    assert stored(warehouse).equals(SYNTHETIC_PLAYS.empty())
    warehouse.write(SYNTHETIC_PLAYS, pa.concat_tables([plays(0, 2), plays(1, 2)]), days(0, 2))
    warehouse.write(SYNTHETIC_PLAYS, SYNTHETIC_PLAYS.empty(), days(0, 1))
    assert stored(warehouse).equals(plays(1, 2))


def test_a_whole_table_is_replaced(warehouse: WarehouseIOManager) -> None:
    warehouse.write(EVALUATION, evaluation(0.25, 0.5, 0.75), None)
    warehouse.write(EVALUATION, evaluation(1.0), None)
    assert warehouse.read(EVALUATION.key, None).equals(evaluation(1.0))
    warehouse.write(EVALUATION, EVALUATION.empty(), None)
    assert warehouse.read(EVALUATION.key, None).equals(EVALUATION.empty())


def test_a_write_that_fails_leaves_the_rows_that_were_there(warehouse: WarehouseIOManager) -> None:
    before = pa.concat_tables([plays(0, 2), plays(1, 2)])
    warehouse.write(SYNTHETIC_PLAYS, before, days(0, 2))
    for window in (days(0, 1), days(0, 2)):
        with pytest.raises(Exception, match="three minutes"):
            warehouse.write(SYNTHETIC_PLAYS, unloadable(plays(0, 3)), window)
        assert stored(warehouse).equals(before)
    warehouse.write(SYNTHETIC_PLAYS, plays(0, 3), days(0, 2))
    assert stored(warehouse).equals(plays(0, 3))


def test_an_older_table_gets_the_columns_it_lacks(warehouse: WarehouseIOManager) -> None:
    warehouse.write(without(SYNTHETIC_PLAYS, "skipped"), plays(0, 1).drop_columns("skipped"), days(0, 1))
    warehouse.write(SYNTHETIC_PLAYS, plays(1, 1), days(1, 2))
    assert stored(warehouse).column("skipped").to_pylist() == [None, False]


def test_a_window_and_named_columns_are_read(warehouse: WarehouseIOManager) -> None:
    warehouse.write(SYNTHETIC_PLAYS, pa.concat_tables([plays(day, 2) for day in range(3)]), days(0, 3))
    rows = warehouse.read(KEY, days(1, 2), ["ms_played", "track_id"])
    assert rows.sort_by("track_id").equals(plays(1, 2).select(["ms_played", "track_id"]))
    assert stored(warehouse, days(3, 9)).equals(SYNTHETIC_PLAYS.empty())


def test_questions_take_their_values_as_parameters(warehouse: WarehouseIOManager) -> None:
    name = "Où? 50 % d'été"
    warehouse.write(SYNTHETIC_PLAYS, plays(0, 3, name=name), days(0, 1))
    sql = """
        select track_id, '?' as mark from synthetic.plays
        where track_name = ? and track_name like '%50 %' and play_date = ? and started_at < ? and ms_played > ?
          and shuffle = ? and listener_id = coalesce(?, listener_id)
    """
    two_hours_in = datetime(2025, 1, 1, 2)
    values = [name, FIRST, two_hours_in, 180_000, True, None]
    assert warehouse.query(sql, values).to_pydict() == {"track_id": ["0-1"], "mark": ["?"]}
    for position, other in enumerate(["", date(2024, 1, 1), datetime(2024, 1, 1), 180_001, False, "sim-2"]):
        changed = [*values[:position], other, *values[position + 1 :]]
        assert warehouse.query(sql, changed).num_rows == 0, other


def materialize(warehouse: WarehouseIOManager, start: str, end: str, count: int) -> pa.Table:
    """One run over a range of days: an asset that writes through the IO manager and one that reads what it wrote."""
    seen: list[pd.DataFrame] = []
    partitions = dg.DailyPartitionsDefinition(FIRST.isoformat(), end_date="2025-01-05")
    policy = dg.BackfillPolicy.single_run()

    @dg.asset(key=list(KEY), partitions_def=partitions, backfill_policy=policy)
    def written(context: dg.AssetExecutionContext) -> pa.Table:
        offsets = [(date.fromisoformat(key) - FIRST).days for key in context.partition_keys]
        return pa.concat_tables([plays(offset, count) for offset in offsets])

    @dg.asset(
        partitions_def=partitions,
        backfill_policy=policy,
        ins={"rows": dg.AssetIn(list(KEY), metadata={"columns": ["track_id", "ms_played"]})},
    )
    def read(rows: pd.DataFrame) -> None:
        seen.append(rows)

    tags = {"dagster/asset_partition_range_start": start, "dagster/asset_partition_range_end": end}
    result = dg.materialize([written, read], resources={"io_manager": warehouse}, tags=tags)
    assert result.success
    return pa.Table.from_pandas(seen[0], preserve_index=False).sort_by("track_id")


def test_both_warehouses_hold_the_same_after_the_same_runs(duckdb: DuckDBTables, snowflake: "SnowflakeTables") -> None:
    runs = [("2025-01-01", "2025-01-04", 2), ("2025-01-02", "2025-01-03", 3), ("2025-01-02", "2025-01-03", 3)]
    seen = [[materialize(warehouse, *run) for run in runs] for warehouse in (duckdb, snowflake)]
    assert seen[0] == seen[1]
    assert stored(duckdb).equals(stored(snowflake))
    assert stored(snowflake).num_rows == 2 + 3 + 3 + 2
