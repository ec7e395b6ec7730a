from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ml.listeners.population import PopulationSpec
from tunegenie_assets.resources.simulation import Simulation
from tunegenie_assets.sources.errors import LandingError


@pytest.fixture
def simulation(tmp_path: Path) -> Simulation:
    return Simulation(population_path=str(tmp_path / "simulator" / "population.json"), seed=42)


def test_nothing_is_settled_at_first(simulation: Simulation) -> None:
    assert simulation.settled() is None


def test_settling_replaces_what_was_settled(simulation: Simulation) -> None:
    simulation.settle(PopulationSpec(listeners=20, seed=42, first_day=date(2025, 3, 3), until=date(2025, 3, 10)))
    other = PopulationSpec(listeners=3, seed=1, first_day=date(2024, 1, 1), until=date(2024, 2, 1))
    simulation.settle(other)
    assert simulation.settled() == other
    assert [path.name for path in Path(simulation.population_path).parent.iterdir()] == ["population.json"]


@pytest.mark.parametrize(("path", "file"), [(None, None), ("x/songs.csv", Path("x/songs.csv"))])
def test_catalogue_file(tmp_path: Path, path: str | None, file: Path | None) -> None:
    simulation = Simulation(population_path=str(tmp_path / "population.json"), seed=1, catalogue_path=path)
    assert simulation.catalogue_file == file


def test_days_of_earlier_populations_stay_touched(simulation: Simulation) -> None:
    assert simulation.touched_days() is None
    simulation.settle(PopulationSpec(listeners=3, seed=1, first_day=date(2024, 1, 1), until=date(2024, 2, 1)))
    assert simulation.touched_days() == (date(2024, 1, 1), date(2024, 1, 31))
    simulation.settle(PopulationSpec(listeners=3, seed=1, first_day=date(2024, 1, 10), until=date(2024, 3, 1)))
    simulation.settle(PopulationSpec(listeners=3, seed=2, first_day=date(2024, 1, 20), until=date(2024, 1, 21)))
    assert simulation.touched_days() == (date(2024, 1, 1), date(2024, 2, 29))


def test_half_a_description_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "population.json"
    path.write_text('{"population": {"size": 3', encoding="utf-8")
    with pytest.raises(LandingError, match=r"population\.json is damaged: .*; delete it and run tunegenie demo again$"):
        Simulation(population_path=str(path), seed=1).settled()
