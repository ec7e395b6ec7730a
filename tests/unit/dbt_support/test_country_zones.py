"""The seed of countries and their zones, as dbt loads it."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tunegenie_assets.dbt_support.project import PROJECT_DIR
from tunegenie_assets.keys import known_timezones

SEED = PROJECT_DIR / "seeds" / "country_zones.csv"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_country_has_one_main_zone(rows: list[dict[str, str]]) -> None:
    main = Counter(row["country"] for row in rows if row["is_main"] == "true")
    assert {row["is_main"] for row in rows} == {"true", "false"}
    assert main == dict.fromkeys((row["country"] for row in rows), 1)
    assert len(main) > 240


def test_no_zone_stands_twice_and_rows_are_in_order(rows: list[dict[str, str]]) -> None:
    pairs = [(row["country"], row["timezone"]) for row in rows]
    assert pairs == sorted(set(pairs))
    assert max(Counter(zone for _, zone in pairs).values()) <= 2, "Belgrade is the zone of Serbia and Kosovo"


def test_python_and_duckdb_know_every_zone(rows: list[dict[str, str]]) -> None:
    zones = sorted({row["timezone"] for row in rows})
    assert set(zones) <= known_timezones()
    noon = datetime(2025, 7, 1, 12)  # tables hold naive UTC
    with duckdb.connect() as connection:
        found = connection.execute(
            "select zone, timezone(zone, timezone('UTC', ?::timestamp)) from unnest(?::varchar[]) as zones(zone)",
            [noon, zones],
        ).fetchall()
    expected = {zone: noon.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)) for zone in zones}
    assert dict(found) == {z: t.replace(tzinfo=None) for z, t in expected.items()}


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("US", "America/New_York"),
        ("AU", "Australia/Sydney"),
        ("PT", "Europe/Lisbon"),
        # Codes that readers of CSV take for a missing value and for a boolean.
        ("NA", "Africa/Windhoek"),
        ("NO", "Europe/Oslo"),
    ],
)
def test_main_zone_is_that_of_the_largest_city(rows: list[dict[str, str]], country: str, zone: str) -> None:
    assert [row["timezone"] for row in rows if row["country"] == country and row["is_main"] == "true"] == [zone]
