from __future__ import annotations

import json
from datetime import date
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from ml.errors import InvalidCatalogueError
from ml.listeners.catalogue import CATALOGUE_SCHEMA
from ml.listeners.population import HOMES, PopulationSpec, simulate_listeners
from tests.unit.ml.listeners.conftest import FIRST_DAY, UNTIL
from tunegenie_assets.schemas.catalogue import SYNTHETIC_LISTENERS


def test_has_the_columns_of_the_listeners_without_nulls(listeners: pa.Table) -> None:
    assert listeners.schema.equals(SYNTHETIC_LISTENERS.arrow_schema)
    assert all(listeners[name].null_count == 0 for name in listeners.column_names)


def test_the_same_spec_gives_the_same_listeners(listeners: pa.Table, catalogue: pa.Table) -> None:
    assert simulate_listeners(PopulationSpec(60, 5, FIRST_DAY, UNTIL), catalogue).equals(listeners)
    assert not simulate_listeners(PopulationSpec(60, 6, FIRST_DAY, UNTIL), catalogue).equals(listeners)


def test_profiles_are_consistent(listeners: pa.Table) -> None:
    rows = listeners.to_pylist()
    homes = {home[:2] for home in HOMES}
    assert [row["listener_id"] for row in rows] == [f"sim-{number:05d}" for number in range(1, 61)]
    assert all((row["country"], row["timezone"]) in homes for row in rows)
    assert all(row["email"].isascii() and row["email"].endswith("@example.org") for row in rows)
    assert len({row["email"] for row in rows}) == len(rows)
    assert all(row["joined_date"] < FIRST_DAY for row in rows)
    assert len({row["session_length"] for row in rows}) > 50


def test_every_home_names_a_real_zone_and_the_shares_are_whole() -> None:
    assert all(ZoneInfo(zone) for _, zone, _, _ in HOMES)
    assert sum(share for *_, share in HOMES) == pytest.approx(1.0)


def test_tastes_are_sparse_weights_over_genres_of_the_catalogue(listeners: pa.Table, catalogue: pa.Table) -> None:
    genres = set(catalogue["genre"].to_pylist())
    tastes = [json.loads(taste) for taste in listeners["taste"].to_pylist()]
    assert all(sum(taste.values()) == pytest.approx(1.0, abs=1e-4) for taste in tastes)
    assert all(set(taste) <= genres for taste in tastes)
    assert [next(iter(taste)) for taste in tastes] == listeners["favourite_genre"].to_pylist()
    assert sum(max(taste.values()) > 0.3 for taste in tastes) > len(tastes) / 2


@pytest.mark.parametrize(
    ("count", "seed", "first_day", "until"),
    [
        (0, 1, date(2025, 1, 1), date(2025, 1, 2)),
        (1, -1, date(2025, 1, 1), date(2025, 1, 2)),
        (1, 1, date(2025, 1, 2), date(2025, 1, 2)),
    ],
)
def test_a_spec_that_describes_nobody_is_refused(count: int, seed: int, first_day: date, until: date) -> None:
    with pytest.raises(ValueError, match=r"listener|seed|day"):
        PopulationSpec(count, seed, first_day, until)


def test_an_empty_catalogue_is_refused() -> None:
    with pytest.raises(InvalidCatalogueError, match="empty"):
        simulate_listeners(PopulationSpec(1, 1, FIRST_DAY, UNTIL), CATALOGUE_SCHEMA.empty_table())
