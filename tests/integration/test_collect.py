"""Live collection from the command to gold, by the real clients at the stand-in: once, again, after more was heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tests.integration.conftest import Home, failed_checks, home_at
from tests.integration.desk import own_environment
from tests.unit.sources.services.worlds import agree
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.resources.services import build_services
from tunegenie_assets.sandbox.build import world_from
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sources.services.spotify import SCOPES
from tunegenie_assets.wiring import build_collection

NOW = datetime.now(UTC).replace(microsecond=0)
LISTENER = "sim-000001"


@dataclass
class Live:
    """A home that is connected to a running stand-in."""

    home: Home
    sandbox: Sandbox


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[Live]:
    catalogue = generate_catalogue(7)
    today = NOW.date()
    spec = PopulationSpec(listeners=3, seed=7, first_day=today - timedelta(days=6), until=today + timedelta(days=1))
    listeners = simulate_listeners(spec, catalogue)
    plays = simulate_plays(listeners, catalogue, spec.first_day, spec.until)
    connected = listeners["listener_id"].to_pylist()[:1]
    world = world_from(catalogue, plays, listeners, connected=connected, now=NOW)
    # To us the account is that of a person.
    world.accounts["ada"] = world.accounts.pop(connected[0])
    world.accounts["ada"].listener_id = "ada"
    with own_environment(), Sandbox(world, clock=SandboxClock(NOW)) as sandbox:
        home = home_at(
            tmp_path_factory.mktemp("live") / "home",
            TUNEGENIE_LISTENER="ada",
            TUNEGENIE_SPOTIFY_CLIENT_ID=world.app.client_id,
            TUNEGENIE_SPOTIFY_CLIENT_SECRET=world.app.client_secret,
            TUNEGENIE_SPOTIFY_API_URL=sandbox.spotify_api_url,
            TUNEGENIE_SPOTIFY_ACCOUNTS_URL=sandbox.accounts_url,
            TUNEGENIE_LASTFM_URL=sandbox.lastfm_url,
            TUNEGENIE_LASTFM_API_KEY=next(iter(world.lastfm_api_keys)),
            TUNEGENIE_LASTFM_NAMES=f"ada={world.accounts['ada'].lastfm_name}",
        )
        log_in(home)
        yield Live(home, sandbox)


def log_in(home: Home) -> None:
    home.apply()
    platform = Platform.open()
    services = build_services(platform.settings)
    state = build_collection(platform.settings).state
    caller = services.caller(state, lambda: datetime.now(UTC).replace(tzinfo=None), lambda _: None)
    login = services.login(caller)
    pending = login.begin("ada", SCOPES)
    login.finish(pending, agree(pending.url, "ada"))


@pytest.fixture(scope="module")
def first(live: Live) -> dict[str, Any]:
    return live.home.json("run-once")


def known_plays(live: Live) -> int:
    [(plays,)] = live.home.rows("select count(*) from silver.plays where listener_id = 'ada'")
    return plays


def test_what_was_heard_lately_is_in_gold(live: Live, first: dict[str, Any]) -> None:
    assert {one["stream"]: one["problem"] for one in first["outcomes"] if one["problem"]} == {}
    assert failed_checks(first) in ([], ["landing/page_files: readable"])
    sources = dict(
        live.home.rows(
            "select source, count(*) from raw.spotify_recently_played, (values ('x')) as v(source) group by 1"
        )
    )
    assert sources == {"x": min(50, len(live.sandbox.world.accounts["ada"].visible_plays(NOW)))}
    assert known_plays(live) > 0
    [(facts,)] = live.home.rows("select count(*) from gold.fct_plays where listener_id = 'ada'")
    assert facts == known_plays(live)


def test_spotify_and_lastfm_meet(live: Live, first: dict[str, Any]) -> None:
    fates = dict(
        live.home.rows(
            "select source || ':' || fate, count(*) from silver.play_ledger where listener_id = 'ada' group by 1"
        )
    )
    assert fates["lastfm_scrobbles:merged_into"] > 0.9 * fates["spotify_recently_played:kept"] * 0.5
    assert not fates.get("spotify_recently_played:merged_into")


def test_a_second_pass_changes_nothing(live: Live, first: dict[str, Any]) -> None:
    before = live.home.fingerprints("silver", "gold")
    again = live.home.json("run-once", "plays")
    assert {one["stream"] for one in again["outcomes"]} == {"spotify_recently_played", "lastfm_scrobbles"}
    after = live.home.fingerprints("silver", "gold")
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"silver.listening_gaps"}


def test_no_api_data_trains_a_model(live: Live, first: dict[str, Any]) -> None:
    classes = dict(
        live.home.rows("select license_class, count(*) from silver.plays where listener_id = 'ada' group by 1")
    )
    assert set(classes) == {"spotify_api", "lastfm"} or set(classes) == {"spotify_api"}


def test_what_a_killed_build_left_is_built_by_the_next_pass(live: Live, first: dict[str, Any]) -> None:
    whole = live.home.fingerprints("silver", "gold")
    with duckdb.connect(str(live.home.path / "warehouse.duckdb")) as connection:
        connection.execute("delete from gold.fct_plays where play_date = (select min(play_date) from gold.fct_plays)")
        connection.execute("delete from silver.plays where play_date = (select min(play_date) from silver.plays)")
    live.home.json("run-once", "plays")
    after = live.home.fingerprints("silver", "gold")
    assert {name for name in whole if whole[name] != after[name]} <= {"silver.listening_gaps"}
    assert "run" in live.home.json("run-once", "plays")
    assert live.home.fingerprints("silver", "gold") == after


def test_warehouse_and_state_are_made_anew_from_landing(live: Live, first: dict[str, Any]) -> None:
    before = live.home.fingerprints("raw", "silver", "gold")
    for file in (live.home.path / "warehouse.duckdb", *live.home.path.glob("collector.sqlite*")):
        file.unlink()
    live.home.json("rebuild")
    after = live.home.fingerprints("raw", "silver", "gold")
    # The page of a pass that found nothing new waits for the next build, which this one is.
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed <= {"raw.spotify_recently_played_pages"}
