"""The asset synthetic/plays from its inputs to the warehouse: a run over a range of days, its files, what it tells."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tests.unit.resources.samples import PLAYS, warehouse_in
from tunegenie_assets.assets.synthetic import plays
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.simulated_plays import SimulatedPlays
from tunegenie_assets.schemas.catalogue import CATALOGUE_TRACKS, SYNTHETIC_LISTENERS, SYNTHETIC_PLAYS

FIRST, LAST = date(2025, 3, 3), date(2025, 3, 6)
END = LAST + timedelta(days=1)


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBTables:
    return warehouse_in(tmp_path)


@pytest.fixture(scope="module")
def catalogue() -> pa.Table:
    return generate_catalogue(7, artists=20)


def settle(warehouse: DuckDBTables, catalogue: pa.Table, seed: int, first: date = FIRST, until: date = END) -> pa.Table:
    """Fill the tables that the asset reads; returns the population."""
    listeners = simulate_listeners(PopulationSpec(listeners=4, seed=seed, first_day=first, until=until), catalogue)
    warehouse.write(CATALOGUE_TRACKS, catalogue, None)
    warehouse.write(SYNTHETIC_LISTENERS, listeners, None)
    return listeners


def run(warehouse: DuckDBTables, folder: Path, first: date = FIRST, last: date = LAST) -> dict[date, dict[str, Any]]:
    """What the run tells of each day."""
    resources = {"io_manager": warehouse, "simulated_plays": SimulatedPlays(folder=str(folder))}
    inputs = [dg.AssetSpec(list(table.key)) for table in (SYNTHETIC_LISTENERS, CATALOGUE_TRACKS)]
    result = dg.materialize([*inputs, plays], resources=resources, tags=range_tags(first, last), selection=[plays])
    told = [event.materialization for event in result.all_events if event.is_step_materialization]
    return {
        date.fromisoformat(one.partition or ""): {name: value.value for name, value in one.metadata.items()}
        for one in told
        if one.asset_key == PLAYS
    }


def test_a_run_loads_the_plays_of_its_days_and_tells_each(
    warehouse: DuckDBTables, catalogue: pa.Table, tmp_path: Path
) -> None:
    listeners = settle(warehouse, catalogue, 7)
    expected = simulate_plays(listeners, catalogue, FIRST, END)
    run(warehouse, tmp_path / "files")
    told = run(warehouse, tmp_path / "files", FIRST, LAST + timedelta(days=2))
    assert warehouse.read(SYNTHETIC_PLAYS.key, None).equals(expected)
    days = expected.column("play_date").to_pylist()
    assert {day: metadata["dagster/partition_row_count"] for day, metadata in told.items()} == {
        day: days.count(day) for day in (FIRST + timedelta(days=n) for n in range(6))
    }
    assert (told[FIRST]["rows_in_run"], told[FIRST]["files"]) == (expected.num_rows, 4)
    assert told[FIRST]["bytes"] == sum(path.stat().st_size for path in (tmp_path / "files").iterdir())
    assert told[FIRST]["plays_per_second"] > 0


def test_another_population_replaces_rows_and_files(
    warehouse: DuckDBTables, catalogue: pa.Table, tmp_path: Path
) -> None:
    settle(warehouse, catalogue, 7)
    run(warehouse, tmp_path / "files")
    listeners = settle(warehouse, catalogue, 8, first=LAST)
    run(warehouse, tmp_path / "files")
    assert warehouse.read(SYNTHETIC_PLAYS.key, None).equals(simulate_plays(listeners, catalogue, LAST, END))
    assert [path.name for path in (tmp_path / "files").iterdir()] == [f"{LAST}.parquet"]


def test_nobody_simulated_empties_the_days(warehouse: DuckDBTables, catalogue: pa.Table, tmp_path: Path) -> None:
    settle(warehouse, catalogue, 7)
    run(warehouse, tmp_path / "files")
    warehouse.write(SYNTHETIC_LISTENERS, SYNTHETIC_LISTENERS.empty(), None)
    told = run(warehouse, tmp_path / "files")
    assert warehouse.read(SYNTHETIC_PLAYS.key, None).num_rows == 0
    assert list((tmp_path / "files").iterdir()) == []
    assert told[FIRST]["rows_in_run"] == told[FIRST]["dagster/partition_row_count"] == 0
