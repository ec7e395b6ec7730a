"""The account that the demo connects: its plays meet, and nothing of it is mixed up with real accounts."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.integration.conftest import UNTIL, Home
from tests.integration.desk import open_desk
from tunegenie_assets.sources.services.state import CollectorState

CONNECTED = "sim-connected"
LONG_AGO = datetime(2000, 1, 1)


def test_what_spotify_and_lastfm_tell_is_one_play(home: Home) -> None:
    fates = dict(
        home.rows(
            "select source || ': ' || fate, count(*) from silver.play_ledger "
            f"where listener_id = '{CONNECTED}' group by 1"
        )
    )
    assert set(fates) == {"spotify_recently_played: kept", "lastfm_scrobbles: kept", "lastfm_scrobbles: merged_into"}
    assert fates["spotify_recently_played: kept"] == 50
    [(in_both, facts)] = home.rows(
        f"select count(*) filter (where sources = 2), count(*) from silver.plays where listener_id = '{CONNECTED}'"
    )
    assert 30 < in_both == fates["lastfm_scrobbles: merged_into"]
    assert home.rows(f"select count(*) from gold.fct_plays where listener_id = '{CONNECTED}'") == [(facts,)]


def test_the_account_is_simulated_and_what_was_told_of_it_is_marked(home: Home) -> None:
    assert home.rows(f"select is_simulated from gold.dim_listener where listener_id = '{CONNECTED}'") == [(True,)]
    subjects = dict(home.rows("select stream, min(subject) || max(subject) from landing.page_files group by stream"))
    assert subjects["lastfm_charts"] == "_simulated" * 2
    assert set(subjects.values()) == {"_simulated" * 2, CONNECTED * 2}


def test_no_token_no_call_and_no_waiting_work_stays(built: dict[str, Any]) -> None:
    home: Home = built["home"]
    assert not (home.path / "tokens").exists()
    state = CollectorState(home.path / "collector.sqlite")
    assert (state.calls_since("spotify", LONG_AGO), state.parked()) == ([], [])
    connected = built["demo"]["connected"]
    assert connected["listener"] == CONNECTED
    assert {one["problem"] for one in connected["outcomes"]} == {None}
    assert connected["calls"]["spotify"] > 10


def test_simulate_writes_the_plays_of_the_demo(home: Home, tmp_path: Path) -> None:
    population = ("--listeners", "30", "--days", "10", "--until", UNTIL)
    home.json("simulate", *population, "--format", "lastfm", "--to", str(tmp_path / "out"))
    columns = ("listener_id", "started_at", "ms_played", "track_id", "reason_end")
    expected = home.rows(
        "select listener_id, strftime(started_at, '%Y-%m-%dT%H:%M:%S.%gZ'), cast(ms_played as text), track_id, "
        "reason_end from synthetic.plays"
    )
    truth: list[tuple[str, ...]] = []
    for path in (tmp_path / "out").glob("truth/*/truth.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            truth += [tuple(row[name] for name in columns) for row in csv.DictReader(stream)]
    assert sorted(truth) == sorted(expected)
    assert truth


def test_real_accounts_are_not_asked_and_another_population_has_another_account(
    tmp_path: Path, clean_environment: None
) -> None:
    heard = f"select started_at, track_name from silver.plays where listener_id = '{CONNECTED}'"
    with open_desk(tmp_path) as desk:
        assert desk.log_in("ada").exit_code == 0
        calls, state = len(desk.sandbox.journal), CollectorState(desk.home.path / "collector.sqlite")
        spent = state.calls_since("spotify", LONG_AGO)
        plays: list[set[tuple[Any, ...]]] = []
        for seed in ("3", "4"):
            demo = desk.run("demo", *("--listeners", "2", "--days", "5", "--until", UNTIL, "--seed", seed), "--json")
            assert demo.exit_code == 0, demo.stderr
            assert {one["subject"] for one in json.loads(demo.stdout)["connected"]["outcomes"]} <= {
                CONNECTED,
                "_simulated",
            }
            plays.append(set(desk.home.rows(heard)))
        assert len(desk.sandbox.journal) == calls
        assert state.calls_since("spotify", LONG_AGO) == spent
        assert [token.listener_id for token in desk.store.tokens()] == ["ada"]
    assert min(len(of_seed) for of_seed in plays) > 10
    assert not plays[0] & plays[1]
