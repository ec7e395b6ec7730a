"""A day that is added to a history: only that day is built, and scrobbles without a length are no trouble."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from tests.integration.conftest import Home, failed_checks, home_at
from tests.unit.sources.samples import AUDIO, record, write_zip

SCROBBLES = """uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid
"1552212000","10 Mar 2019, 10:00","Quokka Band","","","","North Wind",""
"1552212300","10 Mar 2019, 10:05","Quokka Band","","","","Sea Breeze",""
"""


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> dict[str, Any]:
    """Months of ada, then one more day of hers, then one day of scrobbles of bob."""
    home = home_at(tmp_path_factory.mktemp("days") / "home", TUNEGENIE_LISTENER="ada")
    folder = tmp_path_factory.mktemp("archives")
    months = [record(ts=f"2019-{month:02d}-10T12:00:00Z", ms_played=180_000) for month in range(1, 7)]
    home.json("import", str(write_zip(folder / "months.zip", {AUDIO: months})))
    before = home.rows("select * from silver.plays order by all")
    day = home.json("import", str(write_zip(folder / "day.zip", {AUDIO: [record(ts="2019-03-20T12:00:00Z")]})))
    (folder / "bob.csv").write_text(SCROBBLES)
    scrobbles = home.json("import", str(folder / "bob.csv"), "--listener", "bob")
    return {"home": home, "before": before, "day": day, "scrobbles": scrobbles}


def partitions_of(home: Home, run_id: str) -> tuple[str, str]:
    with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
        run = instance.get_run_by_id(run_id)
    assert run is not None
    return (
        run.tags["dagster/asset_partition_range_start"],
        run.tags["dagster/asset_partition_range_end"],
    )


@pytest.mark.parametrize(
    ("imported", "days"),
    [
        ("scrobbles", ("2019-03-10", "2019-03-10")),
        # Offline plays are logged up to 30 days after they were heard.
        ("day", ("2019-02-18", "2019-04-19")),
    ],
)
def test_only_the_days_that_may_change_are_built(added: dict[str, Any], imported: str, days: tuple[str, str]) -> None:
    assert partitions_of(added["home"], added[imported]["run"]["run_id"]) == days
    assert failed_checks(added[imported]) == []


def test_what_was_there_stays_as_it_was(added: dict[str, Any]) -> None:
    plays = added["home"].rows("select * from silver.plays where listener_id = 'ada' order by all")
    assert len(plays) == len(added["before"]) + 1
    assert set(added["before"]) <= set(plays)


def test_scrobbles_without_a_length_have_plays_and_no_minutes(added: dict[str, Any]) -> None:
    stats = added["home"].json("stats")
    [year] = [row for row in stats["years"] if row["listener_id"] == "bob"]
    assert (year["plays"], year["hours"]) == (2, None)
    shown = added["home"].run("stats")
    assert (shown.exit_code, "bob" in shown.stdout) == (0, True)
