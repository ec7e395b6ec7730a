"""The IO manager on Snowflake keeps the promises it keeps on DuckDB: most tests run on both."""

import logging
from collections.abc import Generator
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import dagster as dg
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from upath import UPath

from tests.integration.production import PASSPHRASE, PASSPHRASE_VARIABLE
from tests.unit.resources.samples import written
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.resources.guard import SchemaMismatchError, Window
from tunegenie_assets.resources.parquet_files import ParquetFiles
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS
from tunegenie_assets.schemas.landing import ARCHIVES
from tunegenie_assets.schemas.registry import TABLES
from tunegenie_assets.schemas.results import EVALUATION
from tunegenie_assets.schemas.table import Column, Table
from tunegenie_assets.settings import Settings, SettingsError

if TYPE_CHECKING:
    from tunegenie_assets.resources.snowflake_tables import SnowflakeTables

pytestmark = [
    pytest.mark.skipif(
        find_spec("dagster_snowflake") is None or find_spec("fakesnow") is None,
        reason="needs the snowflake extra and fakesnow",
    ),
    # The server's own way of reading DuckDB.
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result makes an extra copy"),
]

FIRST = date(2025, 1, 1)
FAR = datetime(9999, 12, 31, 23, 59, 59, 999_999)
KEY = SYNTHETIC_PLAYS.key


def days(first: int, after: int) -> Window:
    """The days from FIRST + `first` until before FIRST + `after`."""
    return Window("play_date", FIRST + timedelta(days=first), FIRST + timedelta(days=after))


def plays(day: int, count: int, *, name: str = "Sommer") -> pa.Table:
    """Plays of one day, an hour apart, with nulls and with microseconds that matter."""
    start = datetime.combine(FIRST, datetime.min.time()) + timedelta(days=day, microseconds=1)
    rows = [
        {
            "play_date": FIRST + timedelta(days=day),
            "listener_id": "sim-1",
            "started_at": start + timedelta(hours=hour),
            "ended_at": start + timedelta(hours=hour, minutes=3),
            "ms_played": 180_000 + hour,
            "track_id": f"{day}-{hour}",
            "track_name": name,
            "artist_name": "Die Gassenhauer",
            "album_name": None if hour % 2 else "Regen",
            "platform": "ios",
            "reason_start": "clickrow",
            "reason_end": "trackdone",
            "shuffle": bool(hour % 2),
            "skipped": False,
        }
        for hour in range(count)
    ]
    return pa.Table.from_pylist(rows, schema=SYNTHETIC_PLAYS.arrow_schema)


def evaluation(*values: float) -> pa.Table:
    rows = [
        {"model": "popularity", "metric": f"m{number}", "value": value, "listeners": 2**40, "split_at": FAR}
        for number, value in enumerate(values)
    ]
    return pa.Table.from_pylist(rows, schema=EVALUATION.arrow_schema)


def stored(warehouse: WarehouseIOManager, window: Window | None = None) -> pa.Table:
    return warehouse.read(KEY, window).sort_by("started_at")


def without(table: Table, column: str) -> Table:
    """The table as an earlier version of the project knew it."""
    columns: tuple[Column, ...] = tuple(c for c in table.columns if c.name != column)
    return Table(table.layer, table.name, table.row, columns, table.partition_column)


def unloadable(rows: pa.Table) -> pa.Table:
    """Rows whose last value the warehouse cannot read as a number."""
    position = rows.column_names.index("ms_played")
    values = [*(str(value) for value in rows.column("ms_played").to_pylist()[:-1]), "three minutes"]
    return rows.set_column(position, "ms_played", pa.array(values))


def moved(folder: UPath, *tables: pa.Table) -> ParquetFiles:
    """Tables as files of an object store."""
    paths = [folder / f"{number}.parquet" for number in range(len(tables))]
    for path, table in zip(paths, tables, strict=True):
        with path.open("wb") as file:
            pq.write_table(table, file)
    return ParquetFiles(tuple(paths), sum(table.num_rows for table in tables))


@pytest.fixture
def duckdb(tmp_path: Path) -> DuckDBTables:
    return DuckDBTables(warehouse_path=str(tmp_path / "w.duckdb"), lock_path=str(tmp_path / "w.lock"))


@pytest.fixture(params=["duckdb", "snowflake"])
def warehouse(request: pytest.FixtureRequest) -> WarehouseIOManager:
    return request.getfixturevalue(request.param)


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


def test_names_are_upper_case_there(snowflake: "SnowflakeTables") -> None:
    snowflake.create_missing([EVALUATION])
    found = snowflake.query(
        "select table_schema, table_name, column_name from information_schema.columns where column_name = ?",
        ["SPLIT_AT"],
    )
    assert found.to_pylist() == [{"table_schema": "RECOMMENDER", "table_name": "EVALUATION", "column_name": "SPLIT_AT"}]


def test_batches_of_different_widths_are_joined(snowflake: "SnowflakeTables", monkeypatch: pytest.MonkeyPatch) -> None:
    from snowflake.connector.cursor import SnowflakeCursor

    def batches(_cursor: SnowflakeCursor, *, force_microsecond_precision: bool) -> Generator[pa.Table]:
        assert force_microsecond_precision
        yield pa.table({"N": pa.array([1], pa.int8()), "S": pa.nulls(1)})
        yield pa.table({"N": pa.array([2**40], pa.int64()), "S": ["a"]})

    monkeypatch.setattr(SnowflakeCursor, "fetch_arrow_batches", batches)
    assert snowflake.query("select 1 as n, null as s").equals(pa.table({"n": [1, 2**40], "s": [None, "a"]}))


def test_decimals_come_as_plain_numbers(snowflake: "SnowflakeTables") -> None:
    rows = snowflake.query("select 1.25::number(10, 2) as share, 7::number(38, 0) as plays")
    assert rows.equals(pa.table({"share": [1.25], "plays": [7]}))


def test_a_failed_statement_leaves_no_session_open(snowflake: "SnowflakeTables") -> None:
    from snowflake.connector import SnowflakeConnection
    from snowflake.connector.errors import ProgrammingError

    close = SnowflakeConnection.close
    with (
        patch.object(SnowflakeConnection, "close", autospec=True, side_effect=close) as closed,
        pytest.raises(ProgrammingError, match="NOWHERE"),
    ):
        snowflake.query("select * from raw.nowhere")
    closed.assert_called_once()


def test_the_passphrase_is_shown_nowhere(
    snowflake: "SnowflakeTables", production: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    built = warehouse_for(production)
    with caplog.at_level(logging.DEBUG):
        assert snowflake.query("select 1 as one").to_pydict() == {"one": [1]}
    configuration = built.get_resource_definition().config_schema.default_value_as_json_str
    assert PASSPHRASE_VARIABLE in configuration
    for shown in (configuration, repr(built), str(built), caplog.text):
        assert PASSPHRASE not in shown


def test_a_wrong_passphrase_stops_before_the_network(
    snowflake: "SnowflakeTables", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "wrong")
    with pytest.raises(SettingsError, match=PASSPHRASE_VARIABLE) as caught:
        snowflake.query("select 1")
    assert "wrong" not in str(caught.value)


def test_a_key_that_is_not_encrypted_takes_no_passphrase(snowflake: "SnowflakeTables", tmp_path: Path) -> None:
    plain = tmp_path / "plain.pem"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    other = snowflake.model_copy(update={"private_key_path": str(plain)})
    with pytest.raises(SettingsError, match="does not open") as caught:
        other.query("select 1")
    assert PASSPHRASE not in str(caught.value)
