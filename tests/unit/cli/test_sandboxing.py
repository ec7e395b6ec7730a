from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.sandboxing import Request, run, simulated_world
from tunegenie_assets.sandbox.profile import Profile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def a_request(**changes: object) -> Request:
    return Request(**{"listeners": 2, "days": 2, "profile": Profile.EXTENDED, "port": 0, "faults": None, **changes})  # pyright: ignore[reportArgumentType]  # by name


def test_accounts_have_played_and_go_on_playing() -> None:
    world = simulated_world(6, 3, 42, NOW)
    assert list(world.accounts) == [f"listener-{number}" for number in range(1, 7)]
    assert [account.on_allow_list for account in world.accounts.values()] == [True] * 5 + [False]
    ended = [play.ended_at for account in world.accounts.values() for play in account.plays]
    assert min(ended) < NOW - timedelta(days=2)
    assert max(ended) > NOW + timedelta(days=2)


def test_what_it_prints_is_enough_to_speak_to_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text('{"rules": [{"path": "/v1/me", "fault": {"status": 503}}]}', encoding="utf-8")
    said: list[str] = []

    def visit() -> None:
        said.append(capsys.readouterr().out)
        lines = [line.removeprefix("export ") for line in said[0].splitlines() if line.startswith("export ")]
        settings = dict(line.split("=", 1) for line in lines)
        scrobbles = requests.get(
            settings["TUNEGENIE_LASTFM_URL"],
            params={
                "method": "user.getRecentTracks",
                "user": settings["TUNEGENIE_LASTFM_NAMES"].split(",")[1].split("=")[1],
                "api_key": settings["TUNEGENIE_LASTFM_API_KEY"],
                "format": "json",
            },
            timeout=30,
        )
        assert "recenttracks" in scrobbles.json()
        assert requests.get(f"{settings['TUNEGENIE_SPOTIFY_API_URL']}me", timeout=30).status_code == 503

    run(a_request(faults=faults), as_json=False, wait=visit)
    assert "tunegenie login --listener listener-1" in said[0]
    assert "(extended)" in said[0]


def test_machines_get_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    run(a_request(listeners=1), as_json=True, wait=lambda: None)
    document = json.loads(capsys.readouterr().out)
    assert (document["command"], document["profile"]) == ("sandbox", "extended")
    assert document["settings"]["TUNEGENIE_SPOTIFY_ACCOUNTS_URL"] == document["url"]


def test_the_redirect_address_of_the_settings_is_one_of_the_app(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNEGENIE_SPOTIFY_REDIRECT_URI", "https://example.org/back")
    statuses: list[int] = []

    def visit() -> None:
        document = json.loads(capsys.readouterr().out)
        for address in ("https://example.org/back", "https://example.org/elsewhere"):
            query = {
                "client_id": document["settings"]["TUNEGENIE_SPOTIFY_CLIENT_ID"],
                "redirect_uri": address,
                "response_type": "code",
            }
            url = f"{document['url']}/authorize"
            statuses.append(requests.get(url, params=query, allow_redirects=False, timeout=30).status_code)

    run(a_request(listeners=1), as_json=True, wait=visit)
    assert statuses == [302, 400]


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port} cannot be used"):
            run(a_request(listeners=1, port=port), as_json=True, wait=lambda: None)


@pytest.mark.parametrize("text", ["no json", '{"rules": [{"path": "/v1/me"}]}', None])
def test_faults_that_cannot_be_read_are_named(tmp_path: Path, text: str | None) -> None:
    faults = tmp_path / "faults.json"
    if text is not None:
        faults.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=r"faults\.json"):
        run(a_request(faults=faults), as_json=True, wait=lambda: None)
