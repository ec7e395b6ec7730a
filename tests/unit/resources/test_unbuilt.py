"""Which days the next pass builds, over a small real warehouse and a real state."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import dagster as dg
import pytest

from tests.unit.resources.samples import fill, warehouse_in
from tunegenie_assets.keys import BUILD_COLLECTED
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.unbuilt import days_of_failed_builds, unbuilt_days
from tunegenie_assets.sources.services.state import Record

FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 2)
TABLES = """
create schema silver;
create schema gold;
create table silver.play_ledger (play_date date, source_file varchar, fate varchar, play_id varchar);
create table gold.fct_plays (play_id varchar);
"""


def play(key: str, day: date) -> Record:
    return Record(
        "spotify_recently_played", "ada", key, day, 200, datetime(2026, 3, 2, 12), "pages/a.jsonl.gz", 0, 0, "{}"
    )


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    (tmp_path / "landing" / "pages").mkdir(parents=True)
    collected = Collection(landing_root=str(tmp_path / "landing"), state_path=str(tmp_path / "collector.sqlite"))
    records = [play("one", FIRST), play("two", SECOND), play("three", SECOND)]
    collected.state.absorb("pages/a.jsonl.gz", records, first_counts=())
    return collected


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBTables:
    return warehouse_in(tmp_path)


def test_before_the_first_build_every_day_is_unbuilt(collection: Collection, warehouse: DuckDBTables) -> None:
    assert unbuilt_days(collection, warehouse) == {FIRST, SECOND}


def test_a_day_is_built_when_all_its_plays_stand_in_gold(
    collection: Collection, warehouse: DuckDBTables, tmp_path: Path
) -> None:
    fill(
        tmp_path,
        TABLES,
        "insert into gold.fct_plays values ('p1'), ('p2')",
        f"""
        insert into silver.play_ledger values
            ('{FIRST}', 'pages/a.jsonl.gz', 'kept', 'p1'),
            ('{SECOND}', 'pages/a.jsonl.gz', 'merged_into', 'p2'),
            ('{SECOND}', 'an archive/0000', 'kept', 'p2')
        """,
    )
    assert unbuilt_days(collection, warehouse) == {SECOND}
    fill(tmp_path, f"insert into silver.play_ledger values ('{SECOND}', 'pages/a.jsonl.gz', 'podcast', null)")
    assert unbuilt_days(collection, warehouse) == set()
    fill(tmp_path, "delete from gold.fct_plays where play_id = 'p1'")
    assert unbuilt_days(collection, warehouse) == {FIRST}


def test_nothing_collected_is_nothing_unbuilt(warehouse: DuckDBTables, tmp_path: Path) -> None:
    empty = Collection(landing_root=str(tmp_path / "nowhere"), state_path=str(tmp_path / "none.sqlite"))
    assert unbuilt_days(empty, warehouse) == set()
    assert not (tmp_path / "none.sqlite").exists()


GOOD, FAILED, CANCELED, STARTED = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
    dg.DagsterRunStatus.STARTED,
)
BOTH = {FIRST, SECOND}


@pytest.mark.parametrize(
    ("runs", "days"),
    [
        ([], set()),
        ([(FIRST, SECOND, GOOD)], set()),
        ([(FIRST, SECOND, FAILED)], BOTH),
        ([(FIRST, SECOND, CANCELED)], BOTH),
        # The oldest first: what a later build covers, or one that is at work, is not built once more.
        ([(FIRST, SECOND, FAILED), (FIRST, SECOND, GOOD)], set()),
        ([(FIRST, SECOND, FAILED), (FIRST, FIRST, GOOD)], {SECOND}),
        ([(FIRST, SECOND, FAILED), (FIRST, SECOND, STARTED)], set()),
        ([(FIRST, SECOND, GOOD), (FIRST, FIRST, FAILED)], {FIRST}),
        # What fails again and again would be tried with every pass.
        ([(FIRST, SECOND, FAILED), (FIRST, SECOND, CANCELED), (FIRST, FIRST, FAILED)], {SECOND}),
        ([(FIRST, FIRST, FAILED), (FIRST, FIRST, FAILED), (FIRST, FIRST, GOOD), (FIRST, FIRST, FAILED)], {FIRST}),
    ],
)
def test_days_of_a_build_that_did_not_end_well_are_built_again(
    runs: list[tuple[date, date, dg.DagsterRunStatus]], days: set[date]
) -> None:
    @dg.job(name=BUILD_COLLECTED)
    def build() -> None: ...

    with dg.DagsterInstance.ephemeral() as instance:
        for first, last, status in runs:
            instance.create_run_for_job(build, status=status, tags=range_tags(first, last))
        assert days_of_failed_builds(instance) == days
