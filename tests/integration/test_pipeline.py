"""The commands from end to end on a real DuckDB, real dbt and a real Dagster instance."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult

from tests.integration.conftest import UNTIL, Home, failed_checks
from tests.unit.sources.samples import AUDIO, VIDEO, record, write_zip
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.runs import dagster_instance
from tunegenie_assets.dbt_support import runner
from tunegenie_assets.dbt_support.project import DbtProjectFiles
from tunegenie_assets.dbt_support.runner import connections_closed_after
from tunegenie_assets.keys import LAYERS
from tunegenie_assets.partitions import range_tags

PERSONAL = ("192.0.2.1", "ip_addr", "user_agent", "username")


def test_demo_builds_every_layer_with_every_check(built: dict[str, Any]) -> None:
    demo = built["demo"]
    assert set(demo["rows_per_layer"]) == set(LAYERS) - {"publish"}
    assert failed_checks(demo) == []
    assert demo["run"]["checks_passed"] >= 50
    assert demo["top_genres"][0]["plays"] > 0
    assert [row["rank"] for row in demo["recommendations"]] == list(range(1, 11))
    assert all(row["track_name"] and row["artist_name"] and row["reason"] for row in demo["recommendations"])


def test_import_accounts_for_every_row_of_every_file(built: dict[str, Any]) -> None:
    [archive] = built["import"]["archives"]
    assert (archive["kind"], archive["status"]) == ("spotify_extended_history", "landed")
    audio, video = built["import"]["files"]
    assert (audio["file"], audio["kind"], audio["rows"]) == (AUDIO, "spotify_extended_history", 64)
    assert (audio["plays"], audio["merged"]) == (59, 1)
    assert audio["reasons"] == {
        "podcast": 1,
        "unparseable (missing_field)": 1,
        "unparseable (not_an_object)": 1,
        "unparseable (wrong_type)": 1,
    }
    assert (video["file"], video["rows"], video["plays"], video["merged"], video["reasons"]) == (VIDEO, 1, 1, 0, {})
    for file in (audio, video):
        assert file["rows"] == file["plays"] + file["merged"] + sum(file["reasons"].values())


def test_each_unreadable_record_is_listed_with_file_row_and_reason(home: Home) -> None:
    listed = home.rows(
        "select source_row, reason, member_name from raw.rejected_records "
        "join landing.archive_files using (listener_id, source_file) order by source_row"
    )
    assert [(row, reason) for row, reason, _ in listed] == [
        (61, "missing_field"),
        (62, "wrong_type"),
        (63, "not_an_object"),
    ]
    assert {file for _, _, file in listed} == {AUDIO}


def test_a_play_belongs_to_the_day_it_began(home: Home) -> None:
    [(day, started, local)] = home.rows(
        "select play_date, started_at, local_timestamp from silver.listening_enriched "
        "where listener_id = 'ada' and played_at = timestamp '2019-03-05 00:01:00'"
    )
    assert (str(day), str(started), str(local)) == ("2019-03-04", "2019-03-04 23:58:00", "2019-03-05 05:28:00")


def test_a_second_import_changes_no_row(home: Home, archive: Path) -> None:
    before = home.fingerprints("raw", "silver", "gold", "enrichment")
    again = home.json("import", str(archive), "--listener", "ada", "--timezone", "Asia/Kolkata")
    assert again["archives"][0]["status"] == "already_landed"
    assert home.fingerprints("raw", "silver", "gold", "enrichment") == before


def test_a_second_demo_changes_no_row(home: Home) -> None:
    layers = ("raw", "synthetic", "silver", "gold", "enrichment", "recommender")
    before = home.fingerprints(*layers)
    again = home.json("demo", "--listeners", "30", "--days", "10", "--until", UNTIL)
    after = home.fingerprints(*layers)
    # The account is asked again: these two tell when.
    asked = {"raw.spotify_recently_played_pages", "raw.spotify_saved_tracks"}
    assert {name for name in after if after[name] != before.get(name)} == asked
    assert again["connected"]["calls"]["spotify"] < 6


@pytest.mark.parametrize("days", [("2025-03-05", "2025-03-05"), ("2019-03-04", "2019-03-06")])
def test_some_days_again_change_nothing(home: Home, days: tuple[str, str]) -> None:
    """What a data engineer does in the UI: one partition, or a range of them, of the whole graph."""
    before = home.fingerprints("raw", "synthetic", "silver", "gold", "enrichment")
    platform = Platform.open()
    with dagster_instance(platform.settings) as instance:
        job = platform.definitions.resolve_job_def("build_everything")
        start, end = days
        if start == end:
            assert job.execute_in_process(instance=instance, partition_key=start).success
        else:
            tags = range_tags(date.fromisoformat(start), date.fromisoformat(end))
            assert job.execute_in_process(instance=instance, tags=tags).success
    assert home.fingerprints("raw", "synthetic", "silver", "gold", "enrichment") == before


def test_gold_is_rebuilt_from_landing_also_in_parts(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = home.fingerprints("silver", "gold")
    (home.path / "warehouse.duckdb").unlink()
    monkeypatch.setattr(runner, "RECORDS_IN_A_PART", 2_000)
    calls: list[list[str]] = []
    invoke = dbtRunner.invoke

    def noted(self: dbtRunner, arguments: list[str]) -> dbtRunnerResult:
        calls.append(arguments)
        return invoke(self, arguments)

    monkeypatch.setattr(dbtRunner, "invoke", noted)
    report = home.json("rebuild")
    windows = {call[call.index("--vars") + 1] for call in calls if "plays" in call}
    assert len(windows) > 2
    assert failed_checks(report) == []
    assert home.fingerprints("silver", "gold") == before


def test_stats_tell_sources_years_and_assets(home: Home) -> None:
    stats = home.json("stats")
    sources = {row["source"]: row for row in stats["sources"]}
    connected = {"spotify_recently_played", "lastfm_scrobbles"}
    assert set(sources) == {"spotify_extended_history", "synthetic"} | connected
    counted = dict(home.rows("select source, count(*) from silver.plays group by source"))
    assert {name: row["plays"] for name, row in sources.items()} == counted
    [year] = [row for row in stats["years"] if row["listener_id"] == "ada"]
    assert (year["year"], year["plays"]) == (2019, 60)
    assert 2 < year["hours"] < 4
    assert (stats["counting"], stats["counting_applied"]) == ("all", True)
    assert all(datetime.fromisoformat(row["first_play"]).tzinfo is UTC for row in stats["sources"])
    built = {row["asset"]: row for row in stats["assets"]}
    assert built["gold/fct_plays"]["rows"] == sum(row["plays"] for row in stats["sources"])
    assert all(row["built_at"] for row in stats["assets"])
    shown = home.run("stats")
    assert shown.exit_code == 0
    assert "ada" in shown.stdout
    assert "gold/fct_plays" in shown.stdout


def test_nothing_personal_passes_bronze(home: Home) -> None:
    columns = home.rows(
        "select table_schema, table_name, column_name, data_type from information_schema.columns "
        "where table_schema in ('bronze', 'silver', 'gold', 'enrichment', 'recommender')"
    )
    assert not [c for c in columns if c[2] in PERSONAL]
    for layer, name in {(layer, name) for layer, name, _, kind in columns if kind == "VARCHAR"}:
        [(found,)] = home.rows(f"select count(*) from {layer}.{name} as t where contains(t::varchar, '192.0.2.1')")
        assert found == 0, f"{layer}.{name}"


def test_the_queries_people_know_run(home: Home) -> None:
    days = home.rows(
        "select local_date, total_plays, unique_artists, unique_genres, mainstream_score, genre_diversity_score, "
        "average_listening_hour from gold.daily_listening_summary order by local_date desc limit 7"
    )
    genres = home.rows(
        "select primary_genre, total_plays, top_artist, top_artist_plays, percentage_of_total_listening, "
        "average_artist_popularity from gold.genre_analysis_complete order by total_plays desc limit 10"
    )
    months = home.rows(
        "select year, month_name, total_plays, top_artist, top_genre, plays_growth_rate, mainstream_tendency "
        "from gold.monthly_insights_complete order by year desc, month desc limit 12"
    )
    assert len(days) == 7
    assert len(genres) == 10
    assert months[0][:2] == (2025, "March")


def test_no_listener_hears_of_a_track_of_another_world(home: Home) -> None:
    """Invented tracks are for simulated listeners; a real one gets none of them."""
    assert home.rows("select count(*) from recommender.recommendations where listener_id = 'ada'") == [(0,)]


def test_runs_stand_in_the_instance(home: Home) -> None:
    import dagster as dg

    with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
        runs = instance.get_runs()
        assert {run.job_name for run in runs} >= {"build_everything", "land_archives", "import_archives"}
        key = dg.AssetKey(["raw", "spotify_extended_history"])
        days = instance.get_materialized_partitions(key)
        assert {"2019-03-01", "2019-03-14", "2019-03-30"} <= set(days)
        event = instance.get_latest_materialization_event(dg.AssetKey(["gold", "genre_analysis_complete"]))
        assert event is not None and event.asset_materialization is not None
        metadata = event.asset_materialization.metadata
        assert metadata["dagster/row_count"] == dg.IntMetadataValue(
            home.rows("select count(*) from gold.genre_analysis_complete")[0][0]
        )
        assert re.match(r"!\[chart\]\(data:image/svg\+xml;base64,", str(metadata["chart"].value))


def test_good_files_arrive_beside_bad_ones(home: Home, tmp_path: Path) -> None:
    good = write_zip(tmp_path / "good.zip", {AUDIO: [record(ts="2019-04-01T08:00:00Z"), record(ts="yesterday")]})
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"nothing")
    result = home.run("import", str(bad), str(good), "--listener", "bob", "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert [archive["status"] for archive in report["archives"]] == ["refused", "landed"]
    # A check of the run that landed them: half of the records of one archive cannot be read.
    assert failed_checks(report) == ["landing/archives: mostly_readable"]
    assert "bad.zip" in result.stderr
    assert "row 2" in result.stderr
    assert "yesterday" in result.stderr
    assert home.rows("select count(*) from silver.plays where listener_id = 'bob'") == [(1,)]


def test_earlier_plays_that_new_files_tell_better_are_counted(home: Home, tmp_path: Path) -> None:
    songs = [
        record(ts=f"2019-05-01T08:{minute:02d}:00Z", master_metadata_track_name=f"Song {minute}") for minute in (10, 20)
    ]
    ended = datetime(2019, 5, 1, 8, 10, tzinfo=UTC)
    begun = int(ended.timestamp()) - 180
    scrobbles = tmp_path / "scrobbles.csv"
    scrobbles.write_text(
        "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"
        f'"{begun}","01 May 2019, 08:07","The Gutters","","Rain","","Song 10",""\n'
        '"1556500000","29 Apr 2019, 01:06","The Gutters","","Rain","","Alone",""\n',
        encoding="utf-8",
    )
    first = home.json("import", str(scrobbles), "--listener", "cy")
    assert (first["earlier_plays_merged"], [file["plays"] for file in first["files"]]) == (0, [2])
    archive = write_zip(tmp_path / "cy.zip", {AUDIO: songs})
    second = home.run("import", str(archive), "--listener", "cy")
    assert "cy now has 3 plays" in second.stdout
    assert "1 earlier play turned out to be the same as a play in these files." in second.stdout


def test_unit_tests_of_the_models_pass(home: Home) -> None:
    from dbt.cli.main import dbtRunner

    files = DbtProjectFiles(target="ci", target_path=Path(home.environment["TUNEGENIE_HOME"]) / "dbt")
    home.apply()
    with connections_closed_after():
        outcome = dbtRunner().invoke(["test", "--select", "test_type:unit", *files.global_arguments])
    assert outcome.exception is None
    results = getattr(outcome.result, "results", [])
    statuses = {result.node.name: str(result.status) for result in results}
    assert len(statuses) >= 16
    assert set(statuses.values()) == {"pass"}, statuses
