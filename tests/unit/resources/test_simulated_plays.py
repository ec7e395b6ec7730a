"""Simulated plays as files of landing, in a folder and in an object store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tunegenie_assets.resources.guard import Window
from tunegenie_assets.resources.parquet_files import guard_files
from tunegenie_assets.resources.simulated_plays import LandedPlays, SimulatedPlays
from tunegenie_assets.schemas.catalogue import SYNTHETIC_LISTENERS, SYNTHETIC_PLAYS
from tunegenie_assets.sources.storage import location

FIRST, UNTIL = date(2025, 3, 3), date(2025, 3, 6)
LONG_BEFORE, LONG_AFTER = date(2025, 2, 1), date(2025, 4, 1)


@pytest.fixture(scope="module")
def catalogue() -> pa.Table:
    return generate_catalogue(7, artists=20)


def population(catalogue: pa.Table, seed: int = 7, first: date = FIRST, until: date = UNTIL) -> pa.Table:
    return simulate_listeners(PopulationSpec(listeners=4, seed=seed, first_day=first, until=until), catalogue)


@pytest.fixture(params=["folder", "file_url", "object_store"])
def simulated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedPlays]:
    folder = tmp_path_factory.mktemp("landing") / "synthetic" / "plays"
    places = {"folder": str(folder), "file_url": f"file://{folder}", "object_store": f"memory://{uuid4().hex}/plays"}
    yield SimulatedPlays(folder=places[request.param])
    MemoryFileSystem.store.clear()


def names(simulated: SimulatedPlays) -> list[str]:
    folder = location(simulated.folder)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def rows(landed: LandedPlays) -> pa.Table:
    tables = [SYNTHETIC_PLAYS.empty()]
    for path in landed.files.paths:
        with path.open("rb") as file:
            tables.append(pq.read_table(file).cast(SYNTHETIC_PLAYS.arrow_schema))
    return pa.concat_tables(tables)


def test_files_hold_the_plays_of_their_days_in_order(simulated: SimulatedPlays, catalogue: pa.Table) -> None:
    listeners = population(catalogue)
    landed = simulated.land(listeners, catalogue, FIRST, UNTIL)
    expected = simulate_plays(listeners, catalogue, FIRST, UNTIL)
    assert rows(landed).equals(expected)
    assert names(simulated) == ["2025-03-03.parquet", "2025-03-04.parquet", "2025-03-05.parquet"]
    assert [path.name for path in landed.files.paths] == names(simulated)
    guard_files(landed.files, SYNTHETIC_PLAYS, Window("play_date", FIRST, UNTIL))
    assert sum(landed.rows_by_day.values()) == landed.files.rows == expected.num_rows
    assert landed.size_bytes == sum(path.stat().st_size for path in landed.files.paths)


def test_days_on_which_nobody_listens_have_no_file(simulated: SimulatedPlays, catalogue: pa.Table) -> None:
    landed = simulated.land(population(catalogue), catalogue, LONG_BEFORE, LONG_AFTER)
    assert len(landed.files.paths) == len(names(simulated)) == 3
    assert sorted(landed.rows_by_day) == [FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=2)]
    landed = simulated.land(population(catalogue), catalogue, UNTIL, LONG_AFTER)
    assert (landed.files.paths, landed.files.rows, landed.rows_by_day) == ((), 0, {})


def test_simulated_again_the_files_are_the_same(simulated: SimulatedPlays, catalogue: pa.Table) -> None:
    listeners = population(catalogue)
    before = {path: path.read_bytes() for path in simulated.land(listeners, catalogue, FIRST, UNTIL).files.paths}
    simulated.land(listeners, catalogue, FIRST + timedelta(days=1), UNTIL)
    assert {path: path.read_bytes() for path in location(simulated.folder).iterdir()} == before


def test_another_population_leaves_no_file_of_the_one_before(simulated: SimulatedPlays, catalogue: pa.Table) -> None:
    simulated.land(population(catalogue), catalogue, FIRST, UNTIL)
    later = population(catalogue, seed=8, first=UNTIL - timedelta(days=1), until=UNTIL + timedelta(days=1))
    landed = simulated.land(later, catalogue, FIRST, UNTIL + timedelta(days=1))
    assert names(simulated) == ["2025-03-05.parquet", "2025-03-06.parquet"]
    assert rows(landed).equals(simulate_plays(later, catalogue, FIRST, UNTIL + timedelta(days=1)))
    simulated.land(SYNTHETIC_LISTENERS.empty(), catalogue, LONG_BEFORE, LONG_AFTER)
    assert names(simulated) == []


def test_other_days_and_other_files_stay(simulated: SimulatedPlays, catalogue: pa.Table) -> None:
    simulated.land(population(catalogue), catalogue, FIRST, UNTIL)
    folder = location(simulated.folder)
    (folder / "notes.txt").write_text("kept")
    (folder / "2025-03-03.part").write_text("half a file of a killed run")
    simulated.land(SYNTHETIC_LISTENERS.empty(), catalogue, FIRST, FIRST + timedelta(days=1))
    assert names(simulated) == ["2025-03-04.parquet", "2025-03-05.parquet", "notes.txt"]


def test_nobody_simulated_leaves_landing_alone(simulated: SimulatedPlays, catalogue: pa.Table) -> None:
    assert simulated.land(SYNTHETIC_LISTENERS.empty(), catalogue, FIRST, UNTIL).files.paths == ()
    assert not location(simulated.folder).exists()


def test_the_days_are_told_as_they_are_written(simulated: SimulatedPlays, catalogue: pa.Table) -> None:
    told: dict[date, int] = {}
    landed = simulated.land(population(catalogue), catalogue, FIRST, UNTIL, told.__setitem__)
    assert told == landed.rows_by_day
