"""What `tunegenie run` says and starts; how Dagster is started is held with `tunegenie ui`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.cli.test_ui import python
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.running import connected, run
from tunegenie_assets.locking import hold_for_life
from tunegenie_assets.resources.services import build_services
from tunegenie_assets.settings import PREFIX, load_settings
from tunegenie_assets.sources.services.tokens import Token, TokenStore

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 3, 1, 12)
ADA = Token("spotify", "ada", "acc-ada", "a", "r", frozenset(), NOW, NOW)
STAND_IN = """\
import json, os, sys
json.dump([sys.argv[1:], {n: v for n, v in os.environ.items() if n.startswith("TUNEGENIE_")}], sys.stdout)
"""
START = """\
import sys
from tunegenie_assets.cli import running
sys.executable = sys.argv[1]
running.run(port=4321, as_json=sys.argv[2] == "json")
"""


def start(tmp_path: Path, form: str, **settings: str) -> list[str]:
    """What `run` printed, and at last what the program printed that took its place."""
    stand_in = tmp_path / "python"
    stand_in.write_text(f"#!{sys.executable}\n{STAND_IN}", encoding="utf-8")
    stand_in.chmod(0o755)
    environment = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
    environment |= {f"{PREFIX}HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    answer = python(START, str(stand_in), form, **environment)
    return answer.stdout.splitlines()


def test_dagster_is_started_with_collection_on(tmp_path: Path) -> None:
    document, started = start(tmp_path, "json", lastfm_api_key="key", lastfm_names="ada=fm-ada", collecting="off")
    said = json.loads(document)
    assert (said["command"], said["listeners"], said["ui"]) == ("run", {"ada": ["lastfm"]}, "http://127.0.0.1:4321")
    assert [one["name"] for one in said["schedules"]] == [
        *("daily_build", "poll_plays", "collect_library", "collect_charts", "weekly_training")
    ]
    assert all(datetime.fromisoformat(one["next"]).tzinfo for one in said["schedules"])
    arguments, environment = json.loads(started)
    assert arguments[:3] == ["-m", "dagster", "dev"]
    assert arguments[-4:] == ["--port", "4321", "--log-level", "warning"]
    assert environment["TUNEGENIE_COLLECTING"] == "on"


def test_a_person_is_told_what_runs_when_for_whom_and_where(tmp_path: Path) -> None:
    TokenStore(tmp_path / "home" / "tokens").save(replace(ADA, needs_reauth_since=NOW))
    *lines, _ = start(
        tmp_path, "words", lastfm_api_key="key", lastfm_names="bob=b", poll="7 * * * *", timezone="Asia/Tokyo"
    )
    said = "\n".join(lines)
    for part in ("poll plays", "7 * * * *", "(Asia/Tokyo)", "For bob (lastfm).", "http://127.0.0.1:4321"):
        assert part in said
    assert "ada: the authorization of spotify has ended; run `tunegenie login --listener ada`" in said


@pytest.mark.parametrize("settings", [{}, {"lastfm_api_key": "key"}, {"lastfm_names": "ada=fm-ada"}])
def test_nobody_connected_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: dict[str, str]
) -> None:
    for name, value in {"home": str(tmp_path), **settings}.items():
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)
    with pytest.raises(CommandError, match=r"^nobody is connected; run tunegenie login, or set TUNEGENIE_LASTFM"):
        run(port=None, as_json=False)


def test_a_home_that_is_served_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"home": str(tmp_path), "lastfm_api_key": "key", "lastfm_names": "ada=a"}.items():
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)
    assert hold_for_life(tmp_path / "dagster.lock")
    with pytest.raises(CommandError, match=r"works on .* already; end it first$"):
        run(port=None, as_json=False)
    assert capsys.readouterr().out == ""


def test_who_can_be_asked(tmp_path: Path) -> None:
    for token in (ADA, replace(ADA, listener_id="bob", account_id="acc-bob", needs_reauth_since=NOW)):
        TokenStore(tmp_path / "tokens").save(token)
    lastfm = {"lastfm_api_key": "key", "lastfm_names": "ada=a,carol=c"}
    services = build_services(load_settings(home=tmp_path, spotify_client_id="id", **lastfm))
    assert connected(services, NOW) == {"ada": ["spotify", "lastfm"], "carol": ["lastfm"]}
    assert connected(services, NOW + timedelta(days=190)) == {"ada": ["lastfm"], "carol": ["lastfm"]}
    # Without an app nobody is asked at Spotify.
    assert connected(build_services(load_settings(home=tmp_path, **lastfm)), NOW)["ada"] == ["lastfm"]
