"""A service that repeats a key where it refuses it: what is raised, and then told in logs, does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.unit.sources.services.worlds import LASTFM_KEY, LISTENBRAINZ_TOKEN, SECRET, Connected, a_clock, a_world
from tunegenie_assets.sandbox.faults import Fault, FaultPlan, FaultRule
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sources.services.errors import ServiceError
from tunegenie_assets.sources.services.lastfm import LastfmClient
from tunegenie_assets.sources.services.listenbrainz import ListenBrainzClient

AGENT = "TuneGenie/1"


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Connected]:
    with Sandbox(a_world(), clock=a_clock()) as sandbox:
        yield Connected(sandbox, tmp_path)


def refusing(connected: Connected, secret: str, status: int = 403) -> None:
    body = f'{{"error": 10, "message": "not accepted: {secret}"}}'
    connected.sandbox.faults = FaultPlan([FaultRule(Fault(status=status, body=body))])


@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_the_key_of_lastfm(connected: Connected, status: int) -> None:
    refusing(connected, LASTFM_KEY, status)
    client = LastfmClient(
        connected.caller, SecretStr(LASTFM_KEY), user_agent=AGENT, base_url=connected.sandbox.lastfm_url
    )
    with pytest.raises(ServiceError) as error:
        client.chart_artists()
    assert LASTFM_KEY not in str(error.value)


def test_the_token_of_listenbrainz(connected: Connected) -> None:
    refusing(connected, LISTENBRAINZ_TOKEN)
    token = SecretStr(LISTENBRAINZ_TOKEN)
    client = ListenBrainzClient(
        connected.caller, user_agent=AGENT, token=token, base_url=connected.sandbox.listenbrainz_url
    )
    with pytest.raises(ServiceError) as error:
        client.lookup("Cher", "Believe")
    assert LISTENBRAINZ_TOKEN not in str(error.value)


def test_tokens_and_the_secret_of_spotify(connected: Connected) -> None:
    token = connected.log_in("ada")
    refusing(connected, token.access_token)
    with pytest.raises(ServiceError) as error:
        connected.client().me()
    assert token.access_token not in str(error.value)
    for secret in (SECRET, token.refresh_token):
        refusing(connected, secret)
        with pytest.raises(ServiceError) as error:
            connected.accounts().refresh(token.refresh_token)
        assert secret not in str(error.value)
