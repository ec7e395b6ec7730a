"""Local time as dbt works it out, held against zoneinfo: half and quarter hours, and every kind of clock change."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest

from tunegenie_assets.dbt_support.project import DbtProjectFiles

ZONES = (
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Australia/Adelaide",
    "Australia/Lord_Howe",  # its summer time is half an hour
    "America/Denver",
    "Europe/Dublin",  # its winter time is the exception in the rules
    "Africa/Casablanca",  # turns its clock back for Ramadan
    "Pacific/Chatham",
    "Pacific/Apia",  # skipped a day in 2011
    "UTC",
)
FIRST, LAST = datetime(2005, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
MODEL = """
select
    zone, moment, local_timestamp,
    extract(hour from local_timestamp) as hour,
    {{ iso_weekday('local_timestamp') }} as weekday,
    {{ to_utc_timestamp('local_timestamp', 'zone') }} as back
from (select zone, moment, {{ to_local_timestamp('moment', 'zone') }} as local_timestamp from moments) as localised
"""


def clock_changes(zone: ZoneInfo) -> list[datetime]:
    """The moments between FIRST and LAST at which the clock jumps, to the hour before."""
    hours = int((LAST - FIRST) / timedelta(hours=12))
    steps = [FIRST + timedelta(hours=12 * n) for n in range(hours)]
    return [
        before
        for before, after in pairwise(steps)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset()
    ]


def moments(zone: ZoneInfo) -> list[datetime]:
    """Random moments, and every quarter of an hour around each clock change."""
    generator = random.Random(7)
    span = int((LAST - FIRST).total_seconds())
    anywhere = [FIRST + timedelta(seconds=generator.randrange(span)) for _ in range(500)]
    around = [change + timedelta(minutes=15 * n) for change in clock_changes(zone) for n in range(-1, 50)]
    return [*anywhere, *around]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> str:
    """The SQL of MODEL for DuckDB, as dbt renders the macros of the project."""
    import os

    from dbt.cli.main import dbtRunner

    home = tmp_path_factory.mktemp("home")
    os.environ["TUNEGENIE_HOME"] = str(home)
    files = DbtProjectFiles(target="ci", target_path=home / "dbt")
    result = dbtRunner().invoke(["compile", "--inline", MODEL, *files.global_arguments])
    assert result.success, result.exception
    code: str = result.result.results[0].node.compiled_code  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue, reportAssignmentType]
    return code


@pytest.mark.parametrize("name", ZONES)
def test_hour_and_weekday_are_those_of_the_zone(compiled: str, name: str) -> None:
    zone = ZoneInfo(name)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        expected = moments(zone)
        naive = pa.array([moment.replace(tzinfo=None) for moment in expected], pa.timestamp("us"))
        connection.register("moments", pa.table({"zone": [name] * len(expected), "moment": naive}))
        found = connection.execute(compiled).fetchall()
    assert len(found) == len(expected)
    for (_, moment, local, hour, weekday, back), aware in zip(found, expected, strict=True):
        truth = aware.astimezone(zone)
        assert (local, hour, weekday) == (truth.replace(tzinfo=None), truth.hour, truth.isoweekday())
        if zone.utcoffset(local.replace(fold=0)) == zone.utcoffset(local.replace(fold=1)):
            assert back == moment, "a local time that is not ambiguous leads back"


def test_the_zones_hold_what_they_are_here_for() -> None:
    def offset(name: str, moment: datetime) -> timedelta | None:
        return moment.astimezone(ZoneInfo(name)).utcoffset()

    assert offset("Asia/Kathmandu", FIRST) == timedelta(hours=5, minutes=45)
    assert all(clock_changes(ZoneInfo(name)) for name in ("America/Denver", "Australia/Lord_Howe", "Africa/Casablanca"))
