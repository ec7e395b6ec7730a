"""The commands that speak to services, against the stand-in on loopback: what a person is told, good or bad."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from benches.faults.commands import TUNEGENIE
from tests.integration.conftest import Home, home_at
from tests.integration.desk import Desk, last_line, open_desk, own_environment
from tests.unit.sources.services.worlds import LASTFM_KEY, SECRET, TRACK_IDS, TRACK_URIS
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.schemas.recommender import PLAYLIST
from tunegenie_assets.settings import PREFIX, load_settings
from tunegenie_assets.sources.services.spotify import SCOPES

BROWSER = """
import sys, urllib.parse, urllib.request
answer = dict(urllib.parse.parse_qsl(sys.argv[1]))
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[2] + "&" + urllib.parse.urlencode(answer))
"""
"""A listener who is logged in and agrees at once: it follows the redirect to the command's own server."""


@pytest.fixture
def desk(tmp_path: Path, clean_environment: None) -> Iterator[Desk]:
    with open_desk(tmp_path) as desk:
        yield desk


def test_login_with_a_browser_on_this_machine(desk: Desk, tmp_path: Path) -> None:
    script = tmp_path / "browser.py"
    script.write_text(BROWSER, encoding="utf-8")
    browser = f"{shlex.join([sys.executable, '-I', str(script), 'account=bob'])} %s"
    # A process looks for its browser once: another test may have opened a page in this one.
    result = subprocess.run(
        [*TUNEGENIE, "login", "--listener", "bob"],
        env={**os.environ, **desk.home.environment, "BROWSER": browser},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "bob is connected to Spotify until " in result.stdout
    assert f"{desk.sandbox.accounts_url}/authorize?" in result.stderr
    assert [token.account_id for token in desk.store.tokens()] == ["acc-bob"]


def test_login_and_logout_without_a_browser(desk: Desk) -> None:
    document = json.loads(desk.log_in("ada").stdout)
    assert (document["listener"], document["account_id"], document["missing_scopes"]) == ("ada", "acc-ada", [])
    assert document["scopes"] == sorted(SCOPES)
    again = json.loads(desk.log_in("ada").stdout)
    assert again["account_id"] == "acc-ada"
    assert len(desk.store.tokens()) == 1
    assert json.loads(desk.run("logout", "--listener", "ada", "--json").stdout)["accounts"] == 1
    assert desk.store.tokens() == []
    assert "tunegenie login --listener ada" in last_line(desk.run("logout", "--listener", "ada"))


def test_no_secret_is_shown_or_kept_in_the_clear(desk: Desk) -> None:
    login = desk.log_in("ada")
    doctor = desk.run("doctor")
    [token] = desk.store.tokens()
    secrets = (SECRET, LASTFM_KEY, token.access_token, token.refresh_token)
    kept = [path.read_bytes() for path in desk.home.path.rglob("*") if path.is_file()]
    shown = [text.encode() for text in (login.output, login.stderr, doctor.output, doctor.stderr)]
    assert not [secret for secret in secrets for text in (*kept, *shown) if secret.encode() in text]


def test_nothing_is_pasted(desk: Desk) -> None:
    result = desk.run("login", "--listener", "ada", "--headless", listener="")
    assert "no address was pasted" in last_line(result)


def test_a_listener_who_refuses(desk: Desk) -> None:
    assert "access_denied" in last_line(desk.log_in("ada", deny="1"))


def test_an_account_is_one_listeners_and_a_listener_has_one(desk: Desk) -> None:
    desk.log_in("ada")
    assert "is that of the listener ada" in last_line(desk.log_in("bob", account="ada"))
    line = last_line(desk.log_in("ada", account="bob"))
    assert "tunegenie logout --listener ada" in line
    assert [token.account_id for token in desk.store.tokens()] == ["acc-ada"]


def test_an_impossible_listener_is_bad_usage(desk: Desk) -> None:
    for command in (["login"], ["logout"], ["playlist", "push"]):
        assert desk.run(*command, "--listener", "sim-00001").exit_code == 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"spotify_client_id": ""}, "set TUNEGENIE_SPOTIFY_CLIENT_ID"),
        ({"spotify_client_id": "other"}, "copy it again from the app's page at Spotify to TUNEGENIE_SPOTIFY_CLIENT_ID"),
        ({"spotify_client_secret": "other"}, "does not accept the client id or client secret of the app"),
        ({"spotify_redirect_uri": "http://127.0.0.1:8888/back"}, "http://127.0.0.1:8888/back; add exactly this under"),
        ({"spotify_redirect_uri": "http://localhost:8888/callback"}, "http://127.0.0.1:8888/callback"),
    ],
    ids=["no app", "unknown app", "wrong secret", "other redirect address", "localhost"],
)
def test_an_app_that_spotify_does_not_take(desk: Desk, settings: dict[str, str], said: str) -> None:
    assert said in last_line(desk.with_settings(**settings).log_in("ada"))
    assert desk.store.tokens() == []


def test_an_account_that_is_not_on_the_allow_list(desk: Desk) -> None:
    desk.sandbox.world.accounts["ada"].on_allow_list = False
    assert "add it under User Management of the app" in last_line(desk.log_in("ada"))


def test_an_owner_without_premium(desk: Desk) -> None:
    desk.sandbox.world.app.has_premium_owner = False
    assert "only while its owner has Premium" in last_line(desk.log_in("ada"))


def recommend(home: Home, listener: str, track_ids: list[str]) -> None:
    """As the asset does."""
    home.apply()
    rows = [
        {
            "week": date(2026, 3, 2),
            "listener_id": listener,
            "position": position,
            "spotify_track_id": track_id,
            "track_id": track_id,
            "track_name": f"Song {position}",
            "artist_name": "Cher",
            "reason": "more of Cher",
        }
        for position, track_id in enumerate(track_ids, start=1)
    ]
    warehouse_for(load_settings()).write(PLAYLIST, pa.Table.from_pylist(rows, PLAYLIST.arrow_schema), None)


def held(desk: Desk, playlist_id: str) -> list[str]:
    items = desk.sandbox.world.playlists[playlist_id].items
    return [item.item.uri for item in items if item.item is not None]


def test_recommendations_become_a_playlist_once(desk: Desk) -> None:
    desk.log_in("ada")
    recommend(desk.home, "ada", TRACK_IDS[:5])
    push = ["playlist", "push", "--listener", "ada", "--name", "Next up", "--count", "4", "--json"]
    first = json.loads(desk.run(*push).stdout)
    assert (first["outcome"], first["items"]) == ("created", 4)
    assert held(desk, first["playlist_id"]) == TRACK_URIS[:4]
    assert desk.sandbox.world.playlists[first["playlist_id"]].public is False
    assert json.loads(desk.run(*push).stdout) == {**first, "outcome": "unchanged"}
    recommend(desk.home, "ada", TRACK_IDS[5:8])
    third = json.loads(desk.run(*push).stdout)
    assert third == {**first, "outcome": "replaced", "items": 3}
    assert held(desk, first["playlist_id"]) == TRACK_URIS[5:8]


def test_a_push_needs_recommendations_and_an_account(desk: Desk) -> None:
    push = ["playlist", "push", "--listener", "ada"]
    assert "tunegenie login --listener ada" in last_line(desk.run(*push))
    desk.log_in("ada")
    assert "set TUNEGENIE_CATALOGUE" in last_line(desk.run(*push))
    recommend(desk.home, "bob", TRACK_IDS[:5])
    assert "nothing is recommended to ada" in last_line(desk.run(*push))
    assert not [entry for entry in desk.sandbox.journal if entry.path.startswith("/v1/me/playlists")]


def test_the_stand_in_by_hand(tmp_path: Path, clean_environment: None) -> None:
    home = home_at(tmp_path / "home")
    command = [sys.executable, "-m", "tunegenie_assets.cli.app", "sandbox", "--days", "3", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            document = json.loads(line)
            settings = {**document["settings"], f"{PREFIX}HOME": str(home.path)}
            connected = home_at(home.path, **settings)
            with own_environment():
                found = {f["what"]: f["state"] for f in connected.json("doctor")["findings"]}
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
    assert document["listeners"] == ["listener-1", "listener-2"]
    assert (found["Spotify app"], found["Last.fm key"], found["Last.fm of listener-2"]) == ("works",) * 3
    assert (process.returncode, errors) == (0, "")
