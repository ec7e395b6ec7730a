"""The IO manager as Dagster calls it: which slice an output replaces and an input returns."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pandas as pd
import pyarrow as pa
import pytest

from tests.unit.resources.samples import FIRST, PLAYS, SECOND, THIRD, plays, stored, warehouse_in, window
from tunegenie_assets.partitions import play_days, range_tags
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS
from tunegenie_assets.schemas.results import ARTIST_GENRES

Make = Callable[[date, date], pa.Table | None]


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBTables:
    return warehouse_in(tmp_path)


def plays_asset(make: Make) -> dg.AssetsDefinition:
    """The asset synthetic/plays, whose rows are what `make` gives for the half-open range of days."""

    @dg.asset(key=PLAYS, partitions_def=play_days, backfill_policy=dg.BackfillPolicy.single_run())
    def definition(context: dg.AssetExecutionContext) -> pa.Table | None:
        days = context.partition_time_window
        return make(days.start.date(), days.end.date())

    return definition


def whole(start: date, end: date) -> pa.Table:
    return plays(*(start + timedelta(days=n) for n in range((end - start).days)))


def materialize(
    assets: list[dg.AssetsDefinition],
    warehouse: DuckDBTables,
    first: date | None = None,
    last: date | None = None,
    *,
    raise_on_error: bool = True,
) -> dg.ExecuteInProcessResult:
    """Run the last of the assets, from the first day to the last, both included."""
    return dg.materialize(
        assets,
        selection=[assets[-1]],
        resources={"io_manager": warehouse},
        tags=range_tags(first, last or first) if first else {},
        raise_on_error=raise_on_error,
    )


def failure_of(result: dg.ExecuteInProcessResult) -> str:
    (failure,) = (event for event in result.all_events if event.is_step_failure)
    error = failure.step_failure_data.error
    assert error is not None
    assert error.cause is not None
    return error.cause.message


def test_run_again_is_idempotent(warehouse: DuckDBTables) -> None:
    materialize([plays_asset(whole)], warehouse, SECOND)
    result = materialize([plays_asset(whole)], warehouse, SECOND)
    (event,) = result.asset_materializations_for_node("synthetic__plays")
    assert event.metadata["dagster/partition_row_count"].value == 2
    assert stored(warehouse, ["play_date"]) == [(SECOND,)] * 2


def test_range_overwrites_just_its_days(warehouse: DuckDBTables) -> None:
    materialize([plays_asset(whole)], warehouse, FIRST, THIRD)
    louder = plays_asset(lambda start, _end: plays(start, ms_played=2))
    materialize([louder], warehouse, SECOND, THIRD)
    assert stored(warehouse) == [(FIRST, 1000)] * 2 + [(SECOND, 2)] * 2


def test_rows_outside_the_window_are_refused(warehouse: DuckDBTables) -> None:
    materialize([plays_asset(whole)], warehouse, FIRST, THIRD)
    before = stored(warehouse)
    wide = plays_asset(lambda start, end: plays(start, end, ms_played=2))
    result = materialize([wide], warehouse, FIRST, SECOND, raise_on_error=False)
    assert not result.success
    assert "rows from 2025-03-08 to 2025-03-10 outside the window 2025-03-08 to 2025-03-10" in failure_of(result)
    assert stored(warehouse) == before


def test_broken_table_leaves_the_partition_as_it_was(warehouse: DuckDBTables) -> None:
    materialize([plays_asset(whole)], warehouse, FIRST)
    before = stored(warehouse)
    lacking = plays_asset(lambda start, end: whole(start, end).drop_columns(["track_id"]))
    result = materialize([lacking], warehouse, FIRST, raise_on_error=False)
    assert "missing columns ['track_id']" in failure_of(result)
    assert stored(warehouse) == before


def test_empty_output_empties_its_day(warehouse: DuckDBTables) -> None:
    materialize([plays_asset(whole)], warehouse, FIRST, SECOND)
    materialize([plays_asset(lambda _start, _end: SYNTHETIC_PLAYS.empty())], warehouse, FIRST)
    assert stored(warehouse, ["play_date"]) == [(SECOND,)] * 2


def test_no_output_writes_nothing(warehouse: DuckDBTables) -> None:
    materialize([plays_asset(whole)], warehouse, FIRST)
    materialize([plays_asset(lambda _start, _end: None)], warehouse, FIRST)
    assert len(stored(warehouse)) == 2


def test_table_without_a_schema_is_not_written(warehouse: DuckDBTables) -> None:
    @dg.asset(key=["silver", "surprise"])
    def surprise() -> pa.Table:
        return plays(FIRST)

    result = materialize([surprise], warehouse, raise_on_error=False)
    assert "no table silver/surprise; known: " in failure_of(result)


def test_unpartitioned_output_replaces_the_table_and_tells_its_rows(warehouse: DuckDBTables) -> None:
    genres = {column.name: ["x"] for column in ARTIST_GENRES.columns} | {"confidence": [0.5]}

    @dg.asset(key=list(ARTIST_GENRES.key))
    def artist_genres() -> pa.Table:
        return pa.table(genres).select(sorted(genres))

    materialize([artist_genres], warehouse)
    result = materialize([artist_genres], warehouse)
    (event,) = result.asset_materializations_for_node("enrichment__artist_genres")
    assert event.metadata["dagster/row_count"].value == 1
    assert warehouse.read(ARTIST_GENRES.key, None).equals(pa.table(genres))


def test_daily_asset_reads_the_days_of_its_run(warehouse: DuckDBTables) -> None:
    daily = plays_asset(whole)
    materialize([daily], warehouse, FIRST, THIRD)
    seen: list[pa.Table] = []

    @dg.asset(ins={"rows": dg.AssetIn(PLAYS)}, partitions_def=play_days, backfill_policy=dg.BackfillPolicy.single_run())
    def reader(rows: pa.Table) -> None:
        seen.append(rows)

    materialize([daily, reader], warehouse, SECOND)
    materialize([daily, reader], warehouse, FIRST, SECOND)
    assert seen[0].equals(plays(SECOND))
    assert seen[1].sort_by("started_at").equals(plays(FIRST, SECOND))


def test_whole_asset_reads_every_day(warehouse: DuckDBTables) -> None:
    daily = plays_asset(whole)
    materialize([daily], warehouse, FIRST, SECOND)
    seen: list[pa.Table] = []

    @dg.asset(ins={"rows": dg.AssetIn(PLAYS)})
    def reader(rows: pa.Table) -> None:
        seen.append(rows)

    materialize([daily, reader], warehouse)
    assert seen[0].num_rows == 4


def test_input_as_a_frame_with_the_columns_asked_for(warehouse: DuckDBTables) -> None:
    daily = plays_asset(whole)
    materialize([daily], warehouse, FIRST, SECOND)
    seen: list[pd.DataFrame] = []

    @dg.asset(
        ins={"rows": dg.AssetIn(PLAYS, metadata={"columns": ["track_id", "play_date"]})}, partitions_def=play_days
    )
    def reader(rows: pd.DataFrame) -> None:
        seen.append(rows)

    materialize([daily, reader], warehouse, FIRST)
    pd.testing.assert_frame_equal(seen[0], pd.DataFrame({"track_id": ["t1"] * 2, "play_date": [FIRST] * 2}))


def test_day_that_was_never_written_reads_as_empty(warehouse: DuckDBTables) -> None:
    warehouse.create_all()
    assert warehouse.read(SYNTHETIC_PLAYS.key, window(FIRST, SECOND)).equals(SYNTHETIC_PLAYS.empty())


def test_what_an_asset_says_of_its_days_is_not_replaced(warehouse: DuckDBTables) -> None:
    said = {"first_day": "2014-10-07", "last_day": "2025-08-31"}

    @dg.asset(key=PLAYS, partitions_def=play_days, backfill_policy=dg.BackfillPolicy.single_run())
    def landed() -> dg.MaterializeResult[pa.Table]:
        return dg.MaterializeResult(value=plays(FIRST), metadata=said)

    [event] = materialize([landed], warehouse, FIRST).asset_materializations_for_node("synthetic__plays")
    shown = {name: value.value for name, value in event.metadata.items()}
    assert shown.items() >= said.items()
    assert (shown["rows_from"], shown["rows_to"]) == (FIRST.isoformat(), FIRST.isoformat())
