"""The resource of the services: what it hands out, and that its secrets reach a run and nothing that anyone sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from tests.unit.sources.services.worlds import (
    LASTFM_KEY,
    LISTENBRAINZ_TOKEN,
    MBID,
    SECRET,
    URI,
    Connected,
    a_clock,
    a_world,
    agree,
)
from tunegenie_assets.resources.services import Services, build_services, user_agent
from tunegenie_assets.sandbox.limits import Limits
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.settings import Settings, SettingsError, load_settings
from tunegenie_assets.sources.services.errors import QuotaExceeded
from tunegenie_assets.sources.services.pages import SHARED, SIMULATED
from tunegenie_assets.sources.services.spotify import SCOPES
from tunegenie_assets.sources.services.state import CollectorState

SECRETS = (SECRET, LASTFM_KEY, LISTENBRAINZ_TOKEN)


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Connected]:
    with Sandbox(a_world(), clock=a_clock()) as sandbox:
        yield Connected(sandbox, tmp_path)


def settings_for(connected: Connected, **overrides: object) -> Settings:
    return load_settings(
        **{
            "home": connected.folder,
            "spotify_client_id": "id",
            "spotify_client_secret": SECRET,
            "spotify_redirect_uri": URI,
            "spotify_api_url": connected.sandbox.spotify_api_url,
            "spotify_accounts_url": connected.sandbox.accounts_url,
            "lastfm_api_key": LASTFM_KEY,
            "lastfm_names": "ada=fm-ada",
            "lastfm_url": connected.sandbox.lastfm_url,
            "musicbrainz_url": connected.sandbox.musicbrainz_url,
            "listenbrainz_token": LISTENBRAINZ_TOKEN,
            "listenbrainz_url": connected.sandbox.listenbrainz_url,
            "contact": "me@example.org",
            **overrides,
        }
    )


def state_of(settings: Settings) -> CollectorState:
    return CollectorState(settings.collector_path)


def log_in(connected: Connected, settings: Settings, *listeners: str) -> None:
    services = build_services(settings)
    for listener in listeners:
        login = services.login(services.caller(state_of(settings), connected.now, connected.sleep))
        pending = login.begin(listener, SCOPES)
        login.finish(pending, agree(pending.url, listener))


def test_clients_are_those_of_every_connected_listener(connected: Connected) -> None:
    settings = settings_for(connected)
    log_in(connected, settings, "ada", "bob")
    clients = build_services(settings).clients(state_of(settings), connected.now, connected.sleep)
    assert sorted(clients.spotify) == ["ada", "bob"]
    assert clients.spotify["bob"].me().fields()["account_id"] == "acc-bob"
    assert clients.lastfm is not None
    [page] = list(clients.lastfm.scrobbles("fm-ada", until=connected.now()))
    assert page.status == 200
    assert clients.lastfm_names == {"ada": "fm-ada"}
    assert clients.musicbrainz is not None
    assert clients.musicbrainz.artist(MBID).fields()["name"] == "Cher"
    assert clients.listenbrainz is not None
    assert clients.listenbrainz.lookup("Cher", "Song 3").fields()["recording_name"] == "Song 3"


def test_every_call_is_counted_against_the_budget(connected: Connected) -> None:
    settings = settings_for(connected)
    log_in(connected, settings, "ada")
    state = state_of(settings)
    build_services(settings).clients(state, connected.now, connected.sleep).spotify["ada"].me()
    counted = state.calls_since("spotify", connected.now() - timedelta(days=1))
    # All but the one in which the listener's browser agreed.
    assert len(counted) == connected.calls() - 1


def test_a_stand_in_spends_no_real_call_and_tells_nothing_that_counts(connected: Connected) -> None:
    settings = settings_for(connected)
    log_in(connected, settings, "ada")
    state = state_of(settings)
    before = state.calls_since("spotify", connected.now() - timedelta(days=1))
    services = build_services(settings)
    simulated = services.model_copy(update={"simulated": True})
    clients = simulated.clients(state, connected.now, connected.sleep)
    clients.spotify["ada"].me()
    assert state.calls_since("spotify", connected.now() - timedelta(days=1)) == before
    assert (clients.shared, services.clients(state, connected.now, connected.sleep).shared) == (SIMULATED, SHARED)


def test_the_clients_share_what_is_learned_of_a_service(tmp_path: Path) -> None:
    with Sandbox(a_world(), clock=a_clock(), limits=Limits(quota_per_day=2)) as sandbox:
        connected = Connected(sandbox, tmp_path)
        settings = settings_for(connected)
        log_in(connected, settings, "ada", "bob")
        clients = build_services(settings).clients(state_of(settings), connected.now, connected.sleep)
        with pytest.raises(QuotaExceeded):
            clients.spotify["ada"].me()
        before = connected.calls()
        with pytest.raises(QuotaExceeded):
            clients.spotify["bob"].me()
        assert connected.calls() == before


def test_what_is_not_set_is_absent_and_leaves_nothing_behind(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home")
    services = build_services(settings)
    clients = services.clients(state_of(settings), a_clock().now, print)
    assert (clients.spotify, clients.lastfm, services.tokens()) == ({}, None, [])
    assert (clients.musicbrainz, clients.listenbrainz) == (None, None)
    assert not settings.home.exists()
    with pytest.raises(SettingsError, match="TUNEGENIE_SPOTIFY_CLIENT_ID"):
        services.accounts(services.caller(state_of(settings), a_clock().now, print))


@pytest.mark.parametrize("name", ["Ada", "sim-00001", "../ada"])
def test_a_name_at_lastfm_needs_a_possible_listener(name: str) -> None:
    with pytest.raises(SettingsError, match="TUNEGENIE_LASTFM_NAMES"):
        build_services(load_settings(lastfm_names=f"{name}=x"))


def test_secrets_reach_a_run_and_nothing_that_dagster_shows(connected: Connected) -> None:
    found: list[str] = []

    @dg.asset
    def asked(services: Services) -> None:
        held = services.credentials
        secrets = (held.spotify_client_secret, held.lastfm_api_key, held.listenbrainz_token)
        found.extend(secret.get_secret_value() for secret in secrets if secret is not None)

    services = build_services(settings_for(connected))
    definitions = dg.Definitions(assets=[asked], resources={"services": services})
    job = definitions.resolve_implicit_global_asset_job_def()
    with dg.instance_for_test() as instance:
        result = job.execute_in_process(instance=instance)
        events = [str(entry) for entry in instance.all_logs(result.run_id)]
    assert found == list(SECRETS)
    resource = definitions.resolve_all_job_defs()[0].resource_defs["services"]
    shown = [repr(services), json.dumps(resource.config_schema.default_value, default=str), *events]
    assert not [secret for secret in SECRETS for text in shown if secret in text]
    assert URI in shown[1]
    assert not [text for text in shown if "me@example.org" in text]


def test_the_user_agent_names_who_runs_it() -> None:
    assert user_agent("me@example.org").endswith(" ( me@example.org )")
    assert user_agent("").startswith("TuneGenie/")
    assert "(" not in user_agent("")
