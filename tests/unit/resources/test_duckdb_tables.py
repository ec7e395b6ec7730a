"""Writes and reads of a real DuckDB file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa
import pytest
from filelock import FileLock, Timeout
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.resources.samples import FIRST, SECOND, THIRD, plays, stored, warehouse_in, window
from tunegenie_assets.locking import warehouse_lock
from tunegenie_assets.resources.damage import WarehouseDamagedError
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS
from tunegenie_assets.schemas.registry import TABLES
from tunegenie_assets.schemas.results import ARTIST_GENRES

END = THIRD + timedelta(days=1)
GENRES = pa.table(
    {
        "artist_id": ["a1"],
        "artist_name": ["The Gutters"],
        "primary_genre": ["folk"],
        "genre_source": ["catalogue"],
        "confidence": [1.0],
    }
)


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBTables:
    return warehouse_in(tmp_path)


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def broken(schema: pa.Schema, rows: pa.Table) -> pa.Table:
    """Rows whose source fails after the first batch: DuckDB meets the failure amid the write."""

    def batches() -> Iterator[pa.RecordBatch]:
        yield from rows.to_batches()
        raise OSError("the source is gone")

    return cast("pa.Table", pa.RecordBatchReader.from_batches(schema, batches()))


def test_window_is_replaced_and_the_rest_stays(warehouse: DuckDBTables) -> None:
    warehouse.write(SYNTHETIC_PLAYS, plays(FIRST, SECOND, THIRD, ms_played=1), window(FIRST, END))
    warehouse.write(SYNTHETIC_PLAYS, plays(SECOND, ms_played=2), window(SECOND, THIRD))
    assert stored(warehouse) == [(FIRST, 1)] * 2 + [(SECOND, 2)] * 2 + [(THIRD, 1)] * 2


def test_write_again_changes_nothing(warehouse: DuckDBTables) -> None:
    for _ in range(3):
        warehouse.write(SYNTHETIC_PLAYS, plays(FIRST), window(FIRST, SECOND))
    assert len(stored(warehouse)) == 2


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(1, 9)), max_size=5))
def test_last_write_of_each_day_counts(tmp_path: Path, writes: list[tuple[int, int, int]]) -> None:
    warehouse = warehouse_in(tmp_path)
    (tmp_path / "warehouse.duckdb").unlink(missing_ok=True)
    warehouse.write(SYNTHETIC_PLAYS, SYNTHETIC_PLAYS.empty(), window(FIRST, END))
    expected: dict[date, int] = {}
    for offset, length, ms_played in writes:
        days = [FIRST + timedelta(days=offset + n) for n in range(length)]
        rows = plays(*days, ms_played=ms_played)
        warehouse.write(SYNTHETIC_PLAYS, rows, window(days[0], days[-1] + timedelta(days=1)))
        expected |= dict.fromkeys(days, ms_played)
    assert stored(warehouse) == sorted([(day, ms_played) for day, ms_played in expected.items()] * 2)


def test_columns_land_by_name(warehouse: DuckDBTables) -> None:
    rows = plays(FIRST)
    warehouse.write(SYNTHETIC_PLAYS, rows, window(FIRST, SECOND))
    shuffled = rows.select(sorted(rows.column_names, reverse=True))
    warehouse.write(SYNTHETIC_PLAYS, shuffled, window(FIRST, SECOND))
    assert stored(warehouse, ["track_name", "artist_name"]) == [("Tin Roof", "The Gutters")] * 2


def test_empty_write_creates_the_table_and_empties_the_window(warehouse: DuckDBTables) -> None:
    warehouse.write(SYNTHETIC_PLAYS, SYNTHETIC_PLAYS.empty(), window(FIRST, SECOND))
    assert stored(warehouse) == []
    warehouse.write(SYNTHETIC_PLAYS, plays(FIRST, SECOND), window(FIRST, THIRD))
    warehouse.write(SYNTHETIC_PLAYS, SYNTHETIC_PLAYS.empty(), window(FIRST, SECOND))
    assert {row[0] for row in stored(warehouse)} == {SECOND}


def test_empty_table_without_partitions_is_created(warehouse: DuckDBTables) -> None:
    warehouse.write(ARTIST_GENRES, ARTIST_GENRES.empty(), None)
    assert warehouse.read(ARTIST_GENRES.key, None).schema.equals(ARTIST_GENRES.arrow_schema)


def test_whole_table_is_replaced(warehouse: DuckDBTables) -> None:
    warehouse.write(ARTIST_GENRES, GENRES, None)
    warehouse.write(ARTIST_GENRES, GENRES.set_column(2, "primary_genre", pa.array(["jazz"])), None)
    assert warehouse.read(ARTIST_GENRES.key, None).column("primary_genre").to_pylist() == ["jazz"]


def test_failing_write_of_a_window_leaves_the_old_rows(warehouse: DuckDBTables) -> None:
    warehouse.write(SYNTHETIC_PLAYS, plays(FIRST, SECOND, ms_played=1), window(FIRST, THIRD))
    before = stored(warehouse)
    rows = broken(SYNTHETIC_PLAYS.arrow_schema, plays(FIRST, ms_played=2))
    with pytest.raises(duckdb.Error, match="the source is gone"):
        warehouse.write(SYNTHETIC_PLAYS, rows, window(FIRST, SECOND))
    assert stored(warehouse) == before


def test_failing_write_of_a_table_leaves_the_old_rows(warehouse: DuckDBTables) -> None:
    warehouse.write(ARTIST_GENRES, GENRES, None)
    with pytest.raises(duckdb.Error, match="the source is gone"):
        warehouse.write(ARTIST_GENRES, broken(GENRES.schema, GENRES.slice(0, 0)), None)
    assert warehouse.read(ARTIST_GENRES.key, None).equals(GENRES)


def test_failing_first_write_leaves_no_table(warehouse: DuckDBTables) -> None:
    rows = broken(SYNTHETIC_PLAYS.arrow_schema, plays(FIRST))
    with pytest.raises(duckdb.Error):
        warehouse.write(SYNTHETIC_PLAYS, rows, window(FIRST, SECOND))
    assert warehouse.query("from information_schema.tables").num_rows == 0


def test_table_of_an_older_schema_gets_its_new_columns(warehouse: DuckDBTables, tmp_path: Path) -> None:
    warehouse.write(SYNTHETIC_PLAYS, plays(FIRST), window(FIRST, SECOND))
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("alter table synthetic.plays drop column platform")
    warehouse.write(SYNTHETIC_PLAYS, plays(SECOND), window(SECOND, THIRD))
    assert stored(warehouse, ["play_date", "platform"]) == [(FIRST, None)] * 2 + [(SECOND, "ios")] * 2


def test_create_all_adds_what_is_missing_and_keeps_what_is_there(warehouse: DuckDBTables, tmp_path: Path) -> None:
    warehouse.write(SYNTHETIC_PLAYS, plays(FIRST), window(FIRST, SECOND))
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("alter table synthetic.plays drop column platform")
    for _ in range(2):
        warehouse.create_all()
    for table in TABLES:
        have = warehouse.read(table.key, None)
        assert set(have.column_names) == set(table.arrow_schema.names)
        assert have.num_rows == (2 if table is SYNTHETIC_PLAYS else 0)


def test_types_come_back_as_they_were_written(warehouse: DuckDBTables) -> None:
    warehouse.write(SYNTHETIC_PLAYS, plays(FIRST, SECOND), window(FIRST, THIRD))
    assert warehouse.read(SYNTHETIC_PLAYS.key, window(FIRST, SECOND)).equals(plays(FIRST))
    assert warehouse.read(SYNTHETIC_PLAYS.key, None).sort_by("started_at").equals(plays(FIRST, SECOND))


def test_read_returns_the_columns_asked_for(warehouse: DuckDBTables) -> None:
    warehouse.write(SYNTHETIC_PLAYS, plays(FIRST, SECOND), window(FIRST, THIRD))
    rows = warehouse.read(SYNTHETIC_PLAYS.key, window(SECOND, THIRD), ["track_id", "play_date"])
    assert rows.to_pylist() == [{"track_id": "t1", "play_date": SECOND}] * 2


def test_query_takes_values_as_parameters(warehouse: DuckDBTables) -> None:
    hostile = "x'; drop table synthetic.plays; --"
    assert warehouse.query("select ? as value", [hostile]).to_pylist() == [{"value": hostile}]


def test_days_are_right_wherever_the_process_runs(new_york: None, warehouse: DuckDBTables) -> None:
    assert time.strftime("%Z", time.localtime(0)) == "EST"
    for day in (FIRST, SECOND, THIRD, SECOND):
        warehouse.write(SYNTHETIC_PLAYS, plays(day), window(day, day + timedelta(days=1)))
    assert warehouse.read(SYNTHETIC_PLAYS.key, window(SECOND, THIRD)).equals(plays(SECOND))
    moments = warehouse.query("select distinct started_at, cast(started_at as date) as day from synthetic.plays")
    assert sorted(row["day"] for row in moments.to_pylist()) == [FIRST, FIRST, SECOND, SECOND, THIRD, THIRD]
    assert len(stored(warehouse)) == 6


def write_days(folder: Path, days: list[date]) -> None:
    warehouse = warehouse_in(folder)
    for day in days:
        warehouse.write(SYNTHETIC_PLAYS, plays(day), window(day, day + timedelta(days=1)))


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    days = [FIRST + timedelta(days=n) for n in range(6)]
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        with warehouse_lock(tmp_path / "warehouse.duckdb.lock"):
            writes = [pool.submit(write_days, tmp_path, days[n::2]) for n in range(2)]
        for write in writes:
            write.result()
    assert stored(warehouse_in(tmp_path), ["play_date"]) == [(day,) for day in days for _ in range(2)]


@pytest.mark.parametrize("kept", [0, 100, 0.5])
def test_a_damaged_file_is_told_at_once(tmp_path: Path, kept: float) -> None:
    warehouse = DuckDBTables(warehouse_path=str(tmp_path / "w.duckdb"), lock_path=str(tmp_path / "w.lock"))
    file = tmp_path / "w.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table numbers as select range as n from range(100000)")
    content = file.read_bytes()
    file.write_bytes(content[: int(kept * len(content)) if kept < 1 else int(kept)])
    began = time.monotonic()
    with pytest.raises(WarehouseDamagedError, match=r"w\.duckdb is damaged \(.*\); run tunegenie rebuild"):
        warehouse.query("select 1")
    # The resource would try for a hundred.
    assert time.monotonic() - began < 10
    assert not is_held(tmp_path / "w.lock")


def test_blocks_that_were_changed_are_told_when_they_are_read(tmp_path: Path) -> None:
    warehouse = DuckDBTables(warehouse_path=str(tmp_path / "w.duckdb"), lock_path=str(tmp_path / "w.lock"))
    file = tmp_path / "w.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table numbers as select hash(range) as n from range(500000)")
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(64)
    file.write_bytes(content)
    with pytest.raises(WarehouseDamagedError, match="Corrupt database file"):
        warehouse.query("select sum(hash(n)) from numbers")


def is_held(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True
