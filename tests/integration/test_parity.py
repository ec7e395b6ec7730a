"""DuckDB and Snowflake's own clients hold the same after the same runs, table by table and row by row.

The machine's zone is not UTC while these run: a time that depends on it would differ from what stands here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any

import pytest

from tests.snowflake_sql import inexact, offences

pytestmark = [
    pytest.mark.skipif(
        find_spec("dagster_snowflake") is None or find_spec("fakesnow") is None,
        reason="needs the snowflake extra and fakesnow",
    ),
    # The copy of requests inside the connector does not know the versions of its dependencies.
    # The server's own way of reading DuckDB.
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result makes an extra copy"),
]

KNOWN = {
    "landing/archives: mostly_readable",
    "landing/archives: export_is_recent",
    "raw/catalogue_tracks: completeness",
    "gold/dim_track: played_tracks_are_complete",
}
"""Checks that find the faults of the landed files, that they landed long ago, and what a small catalogue lacks."""
DAILY = ("raw/spotify_extended_history", "silver/play_records", "silver/plays", "gold/fct_plays")
"""What replaces a day."""
AGAIN = ("silver", "gold")
EMPTY = {
    "gold.forgotten_favourites",
    "gold.unwanted_tracks",
    "silver.genre_corrections",
    "silver.listening_gaps",
    "silver.open_gap_days",
}
"""What takes more days, or more passes over the account, than there are here, or a person."""


@dataclass
class Built:
    """What the runs left, and what was seen between them."""

    pair: Any
    differences: dict[str, list[str]]
    """After each run, by its name."""
    failed_checks: dict[str, list[list[str]]]
    """By run, on DuckDB and on Snowflake."""
    before_again: dict[str, list[dict[str, Any]]]
    after_again: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def far_from_utc(clean_environment: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TZ", "America/Los_Angeles")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, far_from_utc: None) -> Iterator[Built]:
    """Everything for some days, one new day, the same day again, and a recount after an exclusion."""
    from tests.integration import parity, parity_landing, parity_tables
    from tunegenie_assets.jobs import BUILD_COLLECTED, BUILD_EVERYTHING, RECOUNT, TRAIN_RECOMMENDER
    from tunegenie_assets.partitions import week_of

    folder = tmp_path_factory.mktemp("parity")
    new_day = (parity_landing.NEW_DAY, parity_landing.NEW_DAY)
    with parity.pair(folder, parity_landing.write_catalogue(folder / "catalogue.csv")) as pair:
        seen = Built(pair, {}, {}, {}, {})

        def run(name: str, job: str, days: tuple[Any, Any], *layers: str) -> None:
            seen.failed_checks[name] = [report.checks_failed for report in pair.run(job, days)]
            seen.differences[name] = parity_tables.differences(pair, *layers)

        parity_landing.land_first(pair.duckdb, folder)
        run("first build", BUILD_EVERYTHING, (parity_landing.FIRST, parity_landing.LAST), *parity_tables.LAYERS)
        trained = pair.run(TRAIN_RECOMMENDER, week=week_of(parity_landing.LAST))
        seen.failed_checks["training"] = [report.checks_failed for report in trained]
        seen.differences["training"] = parity_tables.differences(pair, "recommender")
        parity_landing.land_new_day(pair.duckdb, folder)
        run("new day", BUILD_COLLECTED, new_day, "silver", "gold")
        seen.before_again = parity_tables.rows_by_table(pair.snowflake, *AGAIN)
        pair.snowflake.run(BUILD_COLLECTED, new_day, assets=DAILY)
        seen.after_again = parity_tables.rows_by_table(pair.snowflake, *AGAIN)
        parity_landing.exclude(pair.duckdb)
        run("recount", RECOUNT, (parity_landing.FIRST, parity_landing.NEW_DAY), "silver", "gold")
        yield seen


@pytest.mark.parametrize("run", ["first build", "training", "new day", "recount"])
def test_every_table_is_equal_in_columns_types_and_rows(built: Built, run: str) -> None:
    assert built.differences[run] == []


def test_checks_find_the_same_on_both(built: Built) -> None:
    for here, there in built.failed_checks.values():
        assert here == there
        assert set(here) <= KNOWN


def test_there_is_something_to_compare(built: Built) -> None:
    from tests.integration.parity_tables import columns_by_table

    counts = {
        table: len(built.before_again[table])
        for table in columns_by_table(built.pair.snowflake)
        if table.split(".")[0] in ("silver", "gold")
    }
    assert {table for table, rows in counts.items() if not rows} <= EMPTY
    sources = {row["source"] for row in built.before_again["silver.play_records"]}
    assert {"spotify_extended_history", "maloja_scrobbles", "lastfm_scrobbles", "synthetic"} <= sources
    assert {row["merged_by"] for row in built.before_again["silver.play_records"]} >= {"same_record", "other_source"}


def test_a_day_built_again_changes_nothing(built: Built) -> None:
    assert built.after_again == built.before_again


def test_the_recount_leaves_out_what_was_excluded(built: Built) -> None:
    counted = built.pair.snowflake.query("""
        select counts_as_play, count(*) as plays from silver.listening_enriched
        where listener_id = 'ada' and primary_artist_name = 'The Gutters' group by counts_as_play
    """)
    assert counted.column("counts_as_play").to_pylist() == [False]


def test_local_times_follow_the_zone_and_its_clock_change(built: Built) -> None:
    """Denver is seven hours behind on the second, and Nepal five hours and three quarters ahead from the third on."""
    found = built.pair.snowflake.query("""
        select played_at, local_timestamp, started_at, ms_played from silver.listening_enriched
        where listener_id = 'ada' and source = 'spotify_extended_history'
    """).to_pylist()
    told = {row["played_at"]: row for row in found}
    for played_at, ahead in (
        (datetime(2025, 3, 2, 9, 30), timedelta(hours=-7)),
        (datetime(2025, 3, 4, 9, 30), timedelta(hours=5, minutes=45)),
    ):
        row = told[played_at]
        assert row["started_at"] == played_at - timedelta(milliseconds=row["ms_played"])
        assert row["local_timestamp"] - row["started_at"] == ahead


def test_names_are_upper_case_on_snowflake_and_nowhere_else(built: Built) -> None:
    names = "select table_schema, table_name, column_name from information_schema.columns"
    for pipeline, is_case in ((built.pair.snowflake, str.isupper), (built.pair.duckdb, str.islower)):
        rows = pipeline.query(f"{names} where lower(table_schema) in ('raw', 'silver', 'gold')").to_pylist()
        assert rows
        assert [name for row in rows for name in row.values() if not is_case(name)] == []


def test_every_statement_is_one_that_snowflake_understands(built: Built) -> None:
    found = {offence: sql for sql in dict.fromkeys(built.pair.statements) for offence in offences(sql)}
    assert found == {}


def test_averages_and_quotients_are_of_doubles(built: Built) -> None:
    from tests.integration.parity_tables import columns_by_table

    schema: dict[str, dict[str, dict[str, str]]] = {}
    for table, columns in columns_by_table(built.pair.snowflake).items():
        layer, name = table.split(".")
        schema.setdefault(layer, {})[name] = columns
    models = [sql for sql in dict.fromkeys(built.pair.statements) if '"node_id": "model.' in sql]
    assert len(models) > len(schema["gold"])
    assert {found: sql for sql in models for found in inexact(sql, {"TUNEGENIE": schema})} == {}
