from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.unit.sandbox.worlds import LASTFM_KEY, NOW, fixed_clock, lastfm, sign_up, small_world, web
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.journal import HIDDEN
from tunegenie_assets.sandbox.server import Sandbox


def test_addresses_of_the_services() -> None:
    with Sandbox(small_world(), clock=fixed_clock()) as sandbox:
        assert sandbox.base_url.startswith("http://127.0.0.1:")
        assert sandbox.spotify_api_url == f"{sandbox.base_url}/v1/"
        assert sandbox.lastfm_url == f"{sandbox.base_url}/2.0/"
        assert sandbox.musicbrainz_url == f"{sandbox.base_url}/ws/2/"
        assert sandbox.listenbrainz_url == f"{sandbox.base_url}/1/"


def test_a_port_can_be_chosen_and_is_free_again_afterwards() -> None:
    with Sandbox(small_world()) as first:
        port = int(first.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Sandbox(small_world(), port=port)
    with Sandbox(small_world(), port=port) as second:
        assert second.base_url == first.base_url
        assert web(second, sign_up(second)).get("me").status_code == 200


def test_the_journal_has_every_request_in_order() -> None:
    with Sandbox(small_world(), clock=fixed_clock()) as sandbox:
        account = sign_up(sandbox)
        web(sandbox, account).get("me/tracks", limit=3)
        lastfm(sandbox, "chart.getTopTracks")
        requests.post(f"{sandbox.accounts_url}/api/token", data={"grant_type": "refresh_token"}, timeout=10)
        seen = [(entry.number, entry.method, entry.path, entry.status) for entry in sandbox.journal]
        assert seen == [(1, "GET", "/v1/me/tracks", 200), (2, "GET", "/2.0/", 200), (3, "POST", "/api/token", 400)]
        first, second, third = sandbox.journal
        assert (first.listener_id, first.time, first.params) == (account.listener_id, NOW, {"limit": "3"})
        assert second.params["api_key"] == HIDDEN
        assert third.params == {"grant_type": "refresh_token"}
        answer = requests.get(f"{sandbox.base_url}/__admin/journal", params={"path": "/v1/"}, timeout=10)
        assert [entry["number"] for entry in answer.json()["requests"]] == [1]
        assert LASTFM_KEY not in requests.get(f"{sandbox.base_url}/__admin/journal", timeout=10).text
        assert len(sandbox.journal) == 3


def test_the_clock_is_moved_from_outside() -> None:
    with Sandbox(small_world(), clock=fixed_clock()) as sandbox:
        address = f"{sandbox.base_url}/__admin/clock"
        assert requests.post(address, json={"advance_seconds": 90}, timeout=10).status_code == 200
        assert sandbox.clock.now() == NOW + timedelta(seconds=90)
        requests.post(address, json={"set": "2027-01-01T00:00:00+01:00"}, timeout=10)
        assert sandbox.clock.now() == datetime(2026, 12, 31, 23, tzinfo=UTC)
        for wrong in ({}, {"set": "2027-01-01T00:00:00"}, {"advance_seconds": "soon"}):
            assert requests.post(address, json=wrong, timeout=10).status_code == 400
        assert sandbox.clock.now() == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_no_answer_tells_the_real_time() -> None:
    with Sandbox(small_world(), clock=fixed_clock()) as sandbox:
        assert "Date" not in web(sandbox, sign_up(sandbox)).get("me").headers


def test_faults_are_planned_from_outside() -> None:
    with Sandbox(small_world(), clock=fixed_clock()) as sandbox:
        address = f"{sandbox.base_url}/__admin/faults"
        plan = {"rules": [{"path": "/v1/me", "fault": {"status": 503}}]}
        assert requests.post(address, json=plan, timeout=10).json() == {"rules": 1}
        assert web(sandbox, sign_up(sandbox)).get("me").status_code == 503
        assert requests.post(address, json={"rules": 1}, timeout=10).status_code == 400


def test_only_those_who_have_an_account_can_revoke() -> None:
    with Sandbox(small_world(), clock=fixed_clock()) as sandbox:
        address = f"{sandbox.base_url}/__admin/revoke"
        assert requests.post(address, json={"listener_id": "nobody"}, timeout=10).status_code == 404
        assert requests.post(address, json=[], timeout=10).status_code == 400


def test_a_clock_runs_or_stands_still() -> None:
    running, before = SandboxClock(), datetime.now(UTC)
    assert before <= running.now() <= datetime.now(UTC)
    running.advance(timedelta(days=200))
    assert running.now() >= before + timedelta(days=200)
    running.set(NOW)
    assert running.now() == running.now() == NOW
    with pytest.raises(ValueError, match="zone"):
        running.set(NOW.replace(tzinfo=None))


def test_importing_the_package_loads_no_server() -> None:
    program = (
        "import sys, tunegenie_assets.sandbox, tunegenie_assets.sandbox.world, tunegenie_assets.sandbox.build;"
        "print(sorted({'uvicorn', 'starlette', 'spotipy', 'dagster', 'duckdb'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
