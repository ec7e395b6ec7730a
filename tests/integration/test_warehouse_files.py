"""Rows that lie in files reach both warehouses by name, whole or not at all."""

from pathlib import Path

import dagster as dg
import pyarrow as pa
import pytest
from upath import UPath

from tests.integration.warehouse_samples import (
    FIRST,
    KEY,
    ON_BOTH,
    days,
    evaluation,
    moved,
    plays,
    stored,
    unloadable,
)
from tests.unit.resources.samples import written
from tunegenie_assets.resources.guard import SchemaMismatchError
from tunegenie_assets.resources.parquet_files import ParquetFiles
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS
from tunegenie_assets.schemas.recommender import EVALUATION

pytestmark = ON_BOTH


def test_files_replace_a_window_and_come_back_as_they_were(warehouse: WarehouseIOManager, tmp_path: Path) -> None:
    warehouse.write(SYNTHETIC_PLAYS, pa.concat_tables([plays(day, 2) for day in range(4)]), days(0, 4))
    new = [plays(1, 3, name="Ünïcödé 音楽 🎧 'quoted' \\N"), SYNTHETIC_PLAYS.empty(), plays(2, 1)]
    for _ in range(2):
        warehouse.write(SYNTHETIC_PLAYS, written(tmp_path / "it's [1]?", *new), days(1, 3))
        assert stored(warehouse).equals(pa.concat_tables([plays(0, 2), *new, plays(3, 2)]))


def test_columns_of_files_are_matched_by_name(warehouse: WarehouseIOManager, tmp_path: Path) -> None:
    names = SYNTHETIC_PLAYS.arrow_schema.names
    swapped = [
        "track_name" if name == "artist_name" else "artist_name" if name == "track_name" else name for name in names
    ]
    files = written(tmp_path, plays(0, 2), plays(1, 2).select(swapped), plays(2, 2).select(names[::-1]))
    warehouse.write(SYNTHETIC_PLAYS, files, days(0, 3))
    assert stored(warehouse).equals(pa.concat_tables([plays(day, 2) for day in range(3)]))


def test_no_files_empty_the_window(warehouse: WarehouseIOManager, tmp_path: Path) -> None:
    warehouse.write(SYNTHETIC_PLAYS, written(tmp_path, plays(0, 2), plays(1, 2)), days(0, 2))
    warehouse.write(SYNTHETIC_PLAYS, written(tmp_path), days(0, 1))
    assert stored(warehouse).equals(plays(1, 2))


def test_files_replace_a_whole_table(warehouse: WarehouseIOManager, tmp_path: Path) -> None:
    warehouse.write(EVALUATION, evaluation(0.25, 0.5), None)
    warehouse.write(EVALUATION, written(tmp_path, evaluation(1.0)), None)
    assert warehouse.read(EVALUATION.key, None).equals(evaluation(1.0))
    warehouse.write(EVALUATION, written(tmp_path), None)
    assert warehouse.read(EVALUATION.key, None).equals(EVALUATION.empty())


def test_files_of_an_object_store_are_loaded(warehouse: WarehouseIOManager, object_store: UPath) -> None:
    warehouse.write(SYNTHETIC_PLAYS, moved(object_store, plays(0, 2), plays(1, 3)), days(0, 2))
    assert stored(warehouse).equals(pa.concat_tables([plays(0, 2), plays(1, 3)]))


def test_files_that_cannot_be_loaded_leave_the_rows_that_were_there(
    warehouse: WarehouseIOManager, tmp_path: Path
) -> None:
    before = pa.concat_tables([plays(0, 2), plays(1, 2)])
    warehouse.write(SYNTHETIC_PLAYS, before, days(0, 2))
    with pytest.raises(Exception, match="three minutes"):
        warehouse.write(SYNTHETIC_PLAYS, written(tmp_path, plays(0, 2), unloadable(plays(1, 3))), days(0, 2))
    assert stored(warehouse).equals(before)


@pytest.mark.parametrize(
    ("table", "refusal"),
    [
        (plays(0, 2).drop_columns("track_id"), "missing columns"),
        (unloadable(plays(0, 2)), "ms_played: type string"),
        (plays(0, 2).set_column(1, "listener_id", pa.nulls(2, pa.string())), "2 nulls in a required column"),
        (plays(1, 2), "rows from 2025-01-02 to 2025-01-02 outside the window 2025-01-01 to 2025-01-02"),
    ],
)
def test_files_that_are_not_what_the_schema_says_are_refused(
    warehouse: WarehouseIOManager, tmp_path: Path, table: pa.Table, refusal: str
) -> None:
    warehouse.write(SYNTHETIC_PLAYS, plays(0, 3), days(0, 1))

    @dg.asset(key=list(KEY), partitions_def=dg.DailyPartitionsDefinition(FIRST.isoformat(), end_date="2025-01-03"))
    def asset() -> ParquetFiles:
        return written(tmp_path, table)

    with pytest.raises(SchemaMismatchError, match=refusal):
        dg.materialize([asset], resources={"io_manager": warehouse}, partition_key=FIRST.isoformat())
    assert stored(warehouse).equals(plays(0, 3))
