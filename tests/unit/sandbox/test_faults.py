from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import spotipy
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sandbox.worlds import TRACKS, fixed_clock, lastfm, sign_up, small_world, spotify, web
from tunegenie_assets.sandbox.faults import Fault, FaultPlan, FaultRule
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import Account

LONGER_THAN_A_CLIENT_WAITS_S = 30.0


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(small_world(), clock=fixed_clock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    yield running
    running.faults = FaultPlan()


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return sign_up(sandbox)


def once(**fault: Any) -> FaultPlan:
    return FaultPlan([FaultRule(Fault(**fault), path="/v1/*", calls=(1,))])


def test_a_status_with_its_wait_and_its_reason(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults = once(status=429, retry_after=48925, reason="QUOTA_EXCEEDED")
    client = spotify(sandbox, account)
    with pytest.raises(spotipy.SpotifyException) as refusal:
        client.me()
    assert (refusal.value.http_status, refusal.value.reason) == (429, "QUOTA_EXCEEDED")
    assert refusal.value.headers["Retry-After"] == "48925"
    assert client.me()["id"] == account.spotify_id


def test_a_body_of_any_kind(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults = once(status=502, body="<html>Bad gateway</html>")
    answer = web(sandbox, account).get("me")
    assert (answer.status_code, answer.text) == (502, "<html>Bad gateway</html>")
    sandbox.faults = once(body='{"error": "odd"}')
    assert web(sandbox, account).get("me").json() == {"error": "odd"}


def test_a_connection_that_breaks_in_the_middle(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults = once(disconnect_mid_body=True)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        web(sandbox, account).get("me")
    assert sandbox.journal[-1].status is None
    assert web(sandbox, account).get("me").status_code == 200


def test_half_of_the_json_and_nothing_at_all(sandbox: Sandbox, account: Account) -> None:
    client = spotify(sandbox, account)
    for fault in ({"truncate_json": True}, {"empty_200": True}):
        sandbox.faults = once(**fault)
        assert client.me() is None
        assert client.me()["id"] == account.spotify_id


def test_a_delay_that_is_longer_than_a_client_waits(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults = once(delay_s=LONGER_THAN_A_CLIENT_WAITS_S)
    token = sandbox.access_token(account.listener_id)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{sandbox.spotify_api_url}me", headers={"Authorization": f"Bearer {token}"}, timeout=0.05)


def test_a_server_ends_although_an_answer_is_delayed() -> None:
    with Sandbox(small_world(), clock=fixed_clock(), faults=once(delay_s=LONGER_THAN_A_CLIENT_WAITS_S)) as slow:
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{slow.spotify_api_url}me", timeout=0.05)
        address = slow.base_url
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=1)


def test_a_write_that_is_carried_out_and_denied(sandbox: Sandbox, account: Account) -> None:
    client = spotify(sandbox, account)
    playlist_id = client.current_user_playlist_create("Mine")["id"]
    sandbox.faults = FaultPlan([FaultRule(Fault(commit_then_status=502), method="POST", calls=(1,))])
    with pytest.raises(spotipy.SpotifyException, match="502"):
        client.playlist_add_items(playlist_id, [TRACKS[0].uri])
    assert client.playlist_items(playlist_id)["total"] == 1
    assert sandbox.journal[-2].status == 502
    assert sandbox.journal[-2].listener_id == account.listener_id


def test_a_status_alone_carries_nothing_out(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults = FaultPlan([FaultRule(Fault(status=502), method="POST")])
    assert web(sandbox, account)("POST", "me/playlists", json={"name": "Mine"}).status_code == 502
    assert spotify(sandbox, account).current_user_playlists()["total"] == 0


def test_the_journal_tells_the_fault(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults = once(status=503, retry_after=2)
    web(sandbox, account).get("me")
    assert (sandbox.journal[-1].status, sandbox.journal[-1].fault) == (503, "status=503, retry_after=2")


def test_tokens_and_other_services_fail_too(sandbox: Sandbox) -> None:
    sandbox.faults = FaultPlan([FaultRule(Fault(status=500), path="/api/token")])
    assert requests.post(f"{sandbox.accounts_url}/api/token", timeout=10).status_code == 500
    sandbox.faults = FaultPlan(
        [FaultRule(Fault(status=200, body='{"error":8,"message":"Operation failed"}'), path="/2.0/")]
    )
    assert lastfm(sandbox, "chart.getTopTracks")["error"] == 8


def test_rules_count_the_requests_that_they_match() -> None:
    plan = FaultPlan(
        [
            FaultRule(Fault(status=503), method="GET", path="/v1/me/*", calls=(2, 4)),
            FaultRule(Fault(status=500), path="/v1/*", calls=(5,)),
        ]
    )
    asked = [("GET", "/v1/me/tracks"), ("PUT", "/v1/me/library"), ("GET", "/v1/me/top/tracks"), ("GET", "/v1/search")]
    assert [plan.strike(*request) for request in asked] == [None, None, Fault(status=503), None]
    assert plan.strike("GET", "/v1/me/tracks") == Fault(status=500)
    assert plan.strike("GET", "/v1/me/tracks") == Fault(status=503)
    assert plan.strike("GET", "/2.0/") is None


@given(st.integers(0, 2**32), st.floats(0, 1))
def test_chance_is_the_same_for_the_same_seed(seed: int, probability: float) -> None:
    def struck() -> list[bool]:
        plan = FaultPlan([FaultRule(Fault(status=500), probability=probability)], seed)
        return [plan.strike("GET", "/v1/me") is not None for _ in range(50)]

    assert struck() == struck()
    assert probability not in (0, 1) or set(struck()) == {bool(probability)}


def test_about_as_many_faults_as_the_probability_says() -> None:
    plan = FaultPlan([FaultRule(Fault(status=500), probability=0.1)], seed=7)
    assert 60 <= sum(plan.strike("GET", "/v1/me") is not None for _ in range(1000)) <= 140


def test_a_plan_from_a_file(tmp_path: Path) -> None:
    rule = {"method": "GET", "path": "/v1/*", "calls": [1, 3], "fault": {"status": 429, "retry_after": 1}}
    (tmp_path / "plan.json").write_text(json.dumps({"seed": 3, "rules": [rule]}))
    plan = FaultPlan.from_file(tmp_path / "plan.json")
    assert plan == FaultPlan((FaultRule(Fault(status=429, retry_after=1), "GET", "/v1/*", (1, 3)),), 3)


@pytest.mark.parametrize(
    ("text", "place"),
    [("{", "the document"), ('{"rules": [{}]}', "rules.0.fault"), ('{"rules": [{"fault": {"stats": 1}}]}', "stats")],
)
def test_a_plan_that_is_none_says_where(text: str, place: str) -> None:
    with pytest.raises(ValueError, match=place) as refusal:
        FaultPlan.from_json(text)
    assert "\n" not in str(refusal.value)


def test_the_example_of_the_documentation_does_what_is_said_of_it() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "collecting.md").read_text(encoding="utf-8")
    plan = FaultPlan.from_json(text.split("```json\n")[1].split("```")[0])
    strikes = [plan.strike("GET", "/v1/me/player/recently-played") for _ in range(2)]
    assert strikes == [Fault(status=429, retry_after=7200, reason="QUOTA_EXCEEDED"), None]
    assert {plan.strike("GET", "/2.0/") for _ in range(100)} == {Fault(truncate_json=True), None}
