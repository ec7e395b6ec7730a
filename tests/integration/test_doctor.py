"""`tunegenie doctor` against the stand-in on loopback: what works, what waits, and what to do about the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.conftest import Home, home_at
from tests.integration.desk import Desk, open_desk, own_environment
from tunegenie_assets.sandbox.faults import Fault, FaultPlan, FaultRule
from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sources.services.state import CollectorState, ParkedWork


@pytest.fixture
def desk(tmp_path: Path, clean_environment: None) -> Iterator[Desk]:
    with open_desk(tmp_path) as desk:
        yield desk


def test_doctor_says_what_works(desk: Desk) -> None:
    desk.log_in("ada")
    code, found = desk.doctor()
    assert code == 0
    assert {what: state for what, (state, _) in found.items()} == {
        "settings": "works",
        "warehouse": "not set",
        "privacy": "works",
        "alerts": "not set",
        "Spotify app": "works",
        "Spotify of ada": "works",
        "Spotify audio features": "not given",
        "Spotify batches": "not given",
        "Last.fm key": "works",
        "Last.fm of ada": "works",
        "MusicBrainz": "works",
        "ListenBrainz": "works",
        "Spotify calls": "works",
    }
    [token] = desk.store.tokens()
    assert found["Spotify of ada"][1] == f"connected until {token.reauth_due_at:%Y-%m-%d}"
    # The browser's call for consent is not ours.
    calls = desk.sandbox.journal.calls("/v1") + desk.sandbox.journal.calls("/a")
    assert found["Spotify calls"][1].startswith(f"{len(calls) - 1} of 800 ")


def test_doctor_finds_what_an_older_app_still_has(tmp_path: Path, clean_environment: None) -> None:
    with open_desk(tmp_path, Profile.EXTENDED) as desk:
        desk.log_in("ada")
        _, found = desk.doctor()
    assert (found["Spotify audio features"][0], found["Spotify batches"][0]) == ("works", "works")


def test_doctor_without_anything_set(tmp_path: Path, clean_environment: None) -> None:
    with own_environment():
        result = home_at(tmp_path / "home").run("doctor")
    assert result.exit_code == 0
    for said in ("TUNEGENIE_SPOTIFY_CLIENT_ID", "TUNEGENIE_LASTFM_API_KEY", "run-once or demo"):
        assert said in result.stdout
    assert not (tmp_path / "home").exists()


def test_doctor_in_production_names_the_key_that_is_not_there(tmp_path: Path, clean_environment: None) -> None:
    key = tmp_path / "absent.p8"
    given = {"TUNEGENIE_ENV": "production", "TUNEGENIE_SNOWFLAKE_PRIVATE_KEY_PATH": str(key)}
    with own_environment():
        result = Home(tmp_path / "home", given).run("doctor")
    assert result.exit_code == 1
    said = f"tunegenie: TUNEGENIE_SNOWFLAKE_PRIVATE_KEY_PATH='{key}': expected the path of a file that holds"
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1


def test_doctor_names_what_does_not_work(desk: Desk) -> None:
    desk.log_in("ada")
    desk.log_in("bob")
    world = desk.sandbox.world
    world.grants.revoke("ada")
    world.accounts["bob"].on_allow_list = False
    world.accounts["bob"].lastfm_private = True
    other = desk.with_settings(lastfm_names="ada=nobody_at_all,bob=fm-bob")
    code, found = other.doctor()
    assert code == 1
    fails = {what: says for what, (state, says) in found.items() if state == "fails"}
    assert {
        what: said in fails.pop(what, "")
        for what, said in (
            ("Spotify of ada", "run `tunegenie login` again"),
            ("Spotify of bob", "User Management"),
            ("Last.fm of ada", "correct TUNEGENIE_LASTFM_NAMES"),
            ("Last.fm of bob", "Hide recent listening information"),
        )
    } == dict.fromkeys(("Spotify of ada", "Spotify of bob", "Last.fm of ada", "Last.fm of bob"), True)
    assert fails == {}
    # It was marked as ended, so it is not asked again.
    before = len(desk.sandbox.journal.calls("/api/token"))
    assert other.doctor()[1]["Spotify of ada"][0] == "fails"
    assert len(desk.sandbox.journal.calls("/api/token")) == before + 1


@pytest.mark.parametrize(
    ("settings", "what", "said"),
    [
        ({"spotify_client_secret": "other"}, "Spotify of ada", "to TUNEGENIE_SPOTIFY_CLIENT_ID and"),
        ({"spotify_client_id": "other"}, "Spotify app", "to TUNEGENIE_SPOTIFY_CLIENT_ID and"),
        ({"spotify_client_id": ""}, "Spotify app", "connected: ada"),
        ({"spotify_redirect_uri": "http://127.0.0.1/other"}, "Spotify app", "add exactly this under Redirect URIs"),
        ({"token_key": "A" * 43 + "="}, "Spotify tokens", "restore the key"),
        ({"lastfm_api_key": "other"}, "Last.fm key", "to TUNEGENIE_LASTFM_API_KEY"),
        ({"lastfm_api_key": ""}, "Last.fm", "set TUNEGENIE_LASTFM_API_KEY"),
    ],
)
def test_doctor_names_the_setting(desk: Desk, settings: dict[str, str], what: str, said: str) -> None:
    desk.log_in("ada")
    code, found = desk.with_settings(**settings).doctor()
    assert code == 1
    assert [name for name, (state, _) in found.items() if state == "fails"] == [what]
    assert said in found[what][1]


def test_doctor_tells_what_waits(desk: Desk) -> None:
    desk.log_in("ada")
    fault = Fault(status=429, retry_after=7200, reason="QUOTA_EXCEEDED")
    desk.sandbox.faults = FaultPlan([FaultRule(fault, path="/v1/*")])
    now = datetime.now(UTC).replace(tzinfo=None)
    later = now + timedelta(hours=2)
    state = CollectorState(desk.home.path / "collector.sqlite")
    state.park(ParkedWork("spotify", "spotify_tracks", "_shared", later, "QUOTA_EXCEEDED", now))
    code, found = desk.doctor()
    assert code == 0
    assert (found["Spotify of ada"][0], found["parked work"][0]) == ("waits", "waits")
    assert f"spotify_tracks: QUOTA_EXCEEDED; it goes on after {later:%Y-%m-%d %H:%M}" in found["parked work"][1]


def test_doctor_finds_a_warehouse_that_cannot_be_read(desk: Desk) -> None:
    desk.home.path.mkdir(parents=True, exist_ok=True)
    (desk.home.path / "warehouse.duckdb").write_bytes(b"no database at all" * 1000)
    code, found = desk.doctor()
    assert (code, found["warehouse"][0]) == (1, "fails")
    assert "warehouse.duckdb" in found["warehouse"][1]
