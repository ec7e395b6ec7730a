"""What doctor says as time passes, on the clock of the stand-in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.sources.services.worlds import LISTENBRAINZ_TOKEN, SECRET, URI, Connected, a_clock, a_world, agree
from tunegenie_assets.cli.connecting import Connections
from tunegenie_assets.cli.examining import Finding, State, examine_services
from tunegenie_assets.resources.services import build_services
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.settings import load_settings
from tunegenie_assets.sources.services.spotify import SCOPES


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Connected]:
    with Sandbox(a_world(), clock=a_clock()) as sandbox:
        yield Connected(sandbox, tmp_path)


def connections_of(connected: Connected, **settings: object) -> Connections:
    loaded = load_settings(
        home=connected.folder,
        spotify_client_id="id",
        spotify_client_secret=SECRET,
        spotify_redirect_uri=URI,
        spotify_api_url=connected.sandbox.spotify_api_url,
        spotify_accounts_url=connected.sandbox.accounts_url,
        **settings,
    )
    return Connections(loaded, build_services(loaded), connected.now, connected.sleep)


def log_in(connections: Connections, scopes: Collection[str] = SCOPES) -> None:
    login = connections.services.login(connections.caller)
    pending = login.begin("ada", scopes)
    login.finish(pending, agree(pending.url, "ada"))


def found(connected: Connected, **settings: object) -> dict[str, Finding]:
    findings = examine_services(connections_of(connected, **settings))
    return {finding.what: finding for finding in findings}


@pytest.mark.parametrize(
    ("days", "state", "said"),
    [
        (0, State.WORKS, "connected until 2026-09-01"),
        (160, State.WARNS, "within 30 days"),
        (180, State.WARNS, "within 7 days"),
        (185, State.FAILS, "has ended"),
    ],
)
def test_an_authorization_comes_to_its_end(connected: Connected, days: int, state: State, said: str) -> None:
    log_in(connections_of(connected))
    connected.sandbox.clock.advance(timedelta(days=days))
    finding = found(connected)["Spotify of ada"]
    assert finding.state is state
    assert said in finding.says


def test_what_the_listener_did_not_allow_is_named(connected: Connected) -> None:
    log_in(connections_of(connected), SCOPES - {"user-top-read"})
    finding = found(connected)["Spotify of ada"]
    assert (finding.state, "user-top-read" in finding.says) == (State.WARNS, True)


def test_a_budget_that_is_spent_waits(connected: Connected) -> None:
    log_in(connections_of(connected))
    findings = found(connected, spotify_daily_calls=3)
    assert {what: finding.state for what, finding in findings.items() if finding.state is State.WAITS} == dict.fromkeys(
        ("Spotify app", "Spotify of ada", "Spotify calls"), State.WAITS
    )
    assert findings["Spotify calls"].says.startswith("3 of 3 ")


def test_a_service_that_is_down_fails_and_is_asked_again(connected: Connected) -> None:
    log_in(connections_of(connected))
    connections = connections_of(connected, lastfm_api_key="k", lastfm_url="http://127.0.0.1:9/2.0/")
    findings = {finding.what: finding for finding in examine_services(connections)}
    assert findings["Last.fm key"].state is State.FAILS
    assert "could not be reached" in findings["Last.fm key"].says
    assert connected.sleeps


def test_each_service_that_is_set_is_asked_once(connected: Connected) -> None:
    sandbox = connected.sandbox
    set_up = {"musicbrainz_url": sandbox.musicbrainz_url, "listenbrainz_url": sandbox.listenbrainz_url}
    findings = found(connected, **set_up, contact="me@example.org", listenbrainz_token=LISTENBRAINZ_TOKEN)
    assert [findings[what].state for what in ("MusicBrainz", "ListenBrainz")] == [State.WORKS] * 2
    assert (connected.calls(path="/ws/2/"), connected.calls(path="/1/")) == (1, 1)
    refused = found(connected, **set_up, listenbrainz_token="another")  # noqa: S106 - nobody's
    assert [refused[what].state for what in ("MusicBrainz", "ListenBrainz")] == [State.ABSENT, State.FAILS]
    assert refused["ListenBrainz"].says.endswith("TUNEGENIE_LISTENBRAINZ_TOKEN")
    assert "another" not in refused["ListenBrainz"].says


def test_without_credentials_nothing_is_asked_and_nothing_is_made(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home")
    connections = Connections(settings, build_services(settings), a_clock().now, print)
    assert {finding.state for finding in examine_services(connections)} == {State.ABSENT}
    assert not settings.home.exists()


def test_names_at_lastfm_need_a_key(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", lastfm_names="ada=fm-ada")
    connections = Connections(settings, build_services(settings), a_clock().now, print)
    [finding] = [f for f in examine_services(connections) if f.what == "Last.fm"]
    assert finding.state is State.FAILS
    assert "TUNEGENIE_LASTFM_API_KEY" in finding.says
