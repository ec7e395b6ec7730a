"""What a listener says of their history, from the command to gold and back: a change can be undone without a trace."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tests.integration.conftest import Home, failed_checks, home_at
from tests.unit.sources.samples import AUDIO, record, write_zip
from tunegenie_assets.sources.preferences import PreferenceStore

GUTTERS = 12
LIDS = 6
SHORT = 3


def members() -> dict[str, object]:
    """Three weeks of one listener: two artists, one of them heard in Japan, and some plays too short for Spotify."""
    home = [
        record(
            ts=f"2019-03-{day:02d}T12:00:00Z",
            master_metadata_track_name=f"Song {day % 5}",
            spotify_track_uri=f"spotify:track:{day % 5:022d}",
            ms_played=20_000 if day <= SHORT else 180_000,
            conn_country="IN",
        )
        for day in range(1, GUTTERS + 1)
    ]
    abroad = [
        record(
            ts=f"2019-03-{day:02d}T12:00:00Z",
            master_metadata_track_name=f"Pot {day}",
            master_metadata_album_artist_name="The Lids",
            spotify_track_uri=f"spotify:track:{day:022d}",
            ms_played=180_000,
            conn_country="JP",
        )
        for day in range(13, 13 + LIDS)
    ]
    return {AUDIO: [*home, *abroad]}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> dict[str, Any]:
    """A home in which an exclusion was asked for before anything was imported, with what the commands said."""
    home = home_at(tmp_path_factory.mktemp("preferences") / "home", TUNEGENIE_LISTENER="ada")
    archive = write_zip(tmp_path_factory.mktemp("archives") / "ada.zip", members())
    before = home.run("exclude", "--artist", "The Lids")
    imported = home.json("import", str(archive), "--timezone", "Asia/Kolkata")
    counted = counted_plays(home)
    [exclusion] = home.json("exclude", "--list")["exclusions"]
    undone = home.json("exclude", "--take-back", exclusion["exclusion_id"])
    return {"home": home, "before": before, "import": imported, "counted": counted, "undone": undone}


@pytest.fixture
def ada(told: dict[str, Any]) -> Home:
    return told["home"]


def counted_plays(home: Home) -> int:
    [(plays,)] = home.rows("select count(*) from silver.counted_plays where counts_as_play")
    return plays


def fingerprints(home: Home) -> dict[str, tuple[int, int]]:
    return home.fingerprints("silver", "enrichment", "gold", "recommender")


def take_back_unseen(home: Home) -> None:
    """Withdraw what is excluded without a recount."""
    store = PreferenceStore(home.path / "landing")
    for exclusion in store.exclusions():
        store.take_back(exclusion.exclusion_id, exclusion.excluded_at)


def local_hours(home: Home) -> dict[int, int]:
    """The local hour of the play of each day of March; all of them began within the hour before 12:00 UTC."""
    rows = home.rows("select extract(day from started_at), extract(hour from local_timestamp) from gold.fct_plays")
    return {int(day): int(hour) for day, hour in rows}


def all_runs(home: Home) -> list[dg.DagsterRun]:
    with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
        return list(instance.get_runs())


def materialized(home: Home, run_id: str) -> set[str]:
    with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
        records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records
    events = [record.event_log_entry.get_dagster_event() for record in records]
    return {event.asset_key.to_user_string() for event in events if event.asset_key}


def test_what_was_said_before_the_first_import_counts_from_it_on(told: dict[str, Any]) -> None:
    assert told["before"].exit_code == 0
    assert "ada has no plays yet" in told["before"].stdout
    assert "counts from the first import on" in told["before"].stdout
    assert failed_checks(told["import"]) == []
    assert told["counted"] == GUTTERS
    assert (told["undone"]["counted_before"], told["undone"]["counted_after"]) == (GUTTERS, GUTTERS + LIDS)


def test_what_is_excluded_leaves_gold_and_comes_back_unchanged(ada: Home) -> None:
    before = fingerprints(ada)
    excluded = ada.json("exclude", "--artist", "the lids", "--since", "2019-03-15")
    left = GUTTERS + 2
    assert (excluded["counted_before"], excluded["counted_after"]) == (GUTTERS + LIDS, left)
    assert (excluded["is_new"], excluded["advice"], failed_checks(excluded)) == (True, None, [])
    assert ada.rows("select sum(total_plays) from gold.daily_listening_summary") == [(left,)]
    assert ada.rows("select count(*) from silver.plays") == [(GUTTERS + LIDS,)]
    undone = ada.json("exclude", "--take-back", excluded["exclusion"]["exclusion_id"])
    assert (undone["counted_before"], undone["counted_after"]) == (left, GUTTERS + LIDS)
    assert ada.json("exclude", "--list")["exclusions"] == []
    assert fingerprints(ada) == before


def test_a_name_that_was_never_played_is_questioned(ada: Home) -> None:
    result = ada.run("exclude", "--artist", "The Guters")
    assert result.exit_code == 0
    assert "0 plays no longer counted" in result.stdout
    assert 'did you mean "The Gutters"?' in result.stdout
    take_back_unseen(ada)


def test_what_one_without_plays_says_is_stored_and_no_more(ada: Home) -> None:
    before, runs = fingerprints(ada), len(all_runs(ada))
    said = ada.run("exclude", "--artist", "The Lids", "--listener", "zoe")
    assert "zoe has no plays yet: it counts from the first import on." in said.stdout
    assert ada.json("timezone", "Asia/Tokyo", "--listener", "zoe")["run"] is None
    assert (fingerprints(ada), len(all_runs(ada))) == (before, runs)
    # A listener whom no archive knows is likely a slip: the next recount finds it.
    told = ada.run("timezone", "Asia/Kolkata")
    assert told.exit_code == 0
    assert "not passed landing/exclusions: known_listeners" in told.stdout
    excluded = ada.run("exclude", "--artist", "The Lids", "--since", "2030-01-01")
    assert "not passed landing/listener_zones: known_listeners" in excluded.stdout
    take_back_unseen(ada)
    ada.run("timezone", "--take-back", "beginning", "--listener", "zoe")
    back = ada.run("timezone", "--take-back", "beginning")
    assert "not passed" not in back.stdout
    assert "given with an import" in back.stdout
    assert fingerprints(ada) == before
    refused = ada.run("timezone", "--take-back", "beginning")
    assert (refused.exit_code, "Asia/Kolkata came with an import" in refused.stderr) == (1, True)


def test_local_time_follows_the_zones_of_a_life(ada: Home) -> None:
    before, at_home = fingerprints(ada), local_hours(ada)
    assert set(at_home.values()) == {17}
    [given] = ada.json("timezone", "--list")["imported_zones"]
    assert (given["listener_id"], given["timezone"]) == ("ada", "Asia/Kolkata")
    assert datetime.fromisoformat(given["given_at"]).tzinfo is UTC
    moved = ada.json("timezone", "America/Denver", "--since", "2019-03-06")
    assert failed_checks(moved) == []
    # Denver changed to summer time on the tenth.
    assert [local_hours(ada)[day] for day in (5, 6, 9, 10, 18)] == [17, 4, 4, 5, 5]
    ada.json("timezone", "--take-back", "2019-03-06")
    assert fingerprints(ada) == before


def test_travels_are_followed_on_request(ada: Home) -> None:
    before = fingerprints(ada)
    assert ada.json("timezone", "--follow-travels")["follows_travels"]
    hours = local_hours(ada)
    assert ({hours[day] for day in range(1, 13)}, {hours[day] for day in range(13, 19)}) == ({17}, {20})
    assert "ada follows" in ada.run("timezone", "--list").stdout
    assert not ada.json("timezone", "--no-follow-travels")["follows_travels"]
    assert fingerprints(ada) == before


def test_another_policy_runs_only_what_depends_on_it(ada: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprints(ada)
    monkeypatch.setenv("TUNEGENIE_COUNTING", "spotify30")
    assert "tunegenie recount applies spotify30" in ada.run("stats").stdout
    report = ada.json("recount")
    shown = ada.run("stats").stdout
    assert "Listening by source: all plays" in shown
    assert "plays that count under spotify30" in shown
    [source] = report["sources"]
    assert (report["counting"], source["plays"], source["counted"]) == (
        "spotify30",
        GUTTERS + LIDS,
        GUTTERS + LIDS - SHORT,
    )
    assert source["by_policy"]["all"] == GUTTERS + LIDS
    assert ada.rows("select count(*) from gold.daily_listening_summary") == [(GUTTERS + LIDS - SHORT,)]
    built = materialized(ada, report["run"]["run_id"])
    assert {"landing/exclusions", "silver/counted_plays", "gold/fct_plays", "gold/daily_listening_summary"} <= built
    assert not [key for key in built if key.startswith(("raw/", "bronze/", "synthetic/"))]
    assert not {"silver/play_records", "silver/plays", "silver/play_ledger", "landing/archives"} & built
    monkeypatch.setenv("TUNEGENIE_COUNTING", "all")
    ada.json("recount")
    assert fingerprints(ada) == before


def test_what_was_said_outlives_the_warehouse(ada: Home) -> None:
    before = ada.fingerprints("silver", "gold")
    ada.json("exclude", "--artist", "The Lids")
    (ada.path / "warehouse.duckdb").unlink()
    assert failed_checks(ada.json("rebuild")) == []
    assert counted_plays(ada) == GUTTERS
    take_back_unseen(ada)
    ada.json("recount")
    assert ada.fingerprints("silver", "gold") == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("exclude",), 2, "--take-back"),
        (("exclude", "--artist", "x", "--list"), 2, "--list"),
        (("exclude", "--artist", ""), 2, "expected a name"),
        (("exclude", "--artist", "x", "--listener", "Ada L"), 2, "expected 1 to 64"),
        (("exclude", "--since", "2020-01-02", "--until", "2020-01-01"), 2, "lies before"),
        (("exclude", "--take-back", "00000000"), 1, "exclude --list"),
        (("timezone",), 2, "give a zone"),
        (("timezone", "Mars/Olympus"), 2, "Mars/Olympus"),
        (("timezone", "UTC", "--listener", "sim-1"), 2, "simulated"),
        (("timezone", "--since", "2020-01-01", "--follow-travels"), 2, "--since"),
        (("timezone", "--take-back", "yesterday"), 2, "expected a date"),
        (("timezone", "--take-back", "beginning"), 1, "timezone --list"),
        (("recount",), 1, "nothing has been built yet"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_stored(
    tmp_path: Path, clean_environment: None, arguments: tuple[str, ...], code: int, said: str
) -> None:
    fresh = home_at(tmp_path / "home", TUNEGENIE_LISTENER="ada")
    result = fresh.run(*arguments)
    assert (result.exit_code, said in " ".join(result.stderr.split())) == (code, True), result.stderr
    assert not (fresh.path / "landing").exists()


def test_lists_are_for_people_and_machines(tmp_path: Path, clean_environment: None) -> None:
    fresh = home_at(tmp_path / "home", TUNEGENIE_LISTENER="ada")
    assert "Nothing is excluded" in fresh.run("exclude", "--list").stdout
    fresh.run("exclude", "--track", "Été [live]", "--since", "2020-01-01", "--listener", "bob")
    [exclusion] = fresh.json("exclude", "--list", "--listener", "bob")["exclusions"]
    assert (exclusion["track_name"], exclusion["first_date"]) == ("Été [live]", "2020-01-01")
    assert datetime.fromisoformat(exclusion["excluded_at"]).tzinfo is UTC
    assert fresh.json("exclude", "--list", "--listener", "ada")["exclusions"] == []
    shown = fresh.run("exclude", "--list").stdout
    assert exclusion["exclusion_id"] in shown
    assert 'track "Été [live]", since 2020-01-01' in shown
    fresh.run("timezone", "Europe/Zurich")
    fresh.run("timezone", "Asia/Tokyo", "--since", "2020-01-01")
    assert [zone["timezone"] for zone in fresh.json("timezone", "--list")["zones"]] == ["Europe/Zurich", "Asia/Tokyo"]
    assert "the beginning" in fresh.run("timezone", "--list").stdout
