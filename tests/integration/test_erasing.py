"""A listener who is erased: nothing of them stays, and what stays is as if they had never been."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from upath import UPath

from tests.integration.conftest import Home, home_at
from tests.unit.sources.samples import AUDIO, record, write_zip
from tunegenie_assets.cli import erasing
from tunegenie_assets.erasing.scanning import scan_home
from tunegenie_assets.erasing.traces import Traces
from tunegenie_assets.sources.services.pages import Page, PageStore
from tunegenie_assets.sources.services.tokens import Token, TokenStore

NOW = datetime(2026, 1, 2)
ACCOUNT, AT_LASTFM = "accountofada", "fm-of-ada"
ADDRESS = "203.0.113.77"
SHARED_ADDRESS = "203.0.113.78"
"""Of the household of both."""


def history(folder: Path, name: str, user: str, addresses: list[str], first_song: int) -> Path:
    plays = [
        record(
            ts=f"2019-03-{day:02d}T{hour:02d}:30:00Z",
            master_metadata_track_name=f"Song {number} for ada",
            spotify_track_uri=f"spotify:track:{number:022d}",
            username=user,
            ip_addr=addresses[number % len(addresses)],
            ms_played=150_000 + number,
        )
        for number, (day, hour) in enumerate(((d, h) for d in range(1, 8) for h in (7, 12, 18)), start=first_song)
    ]
    return write_zip(folder / name, {AUDIO: plays})


def give_everything_else(home: Home) -> None:
    """A token, pages of Last.fm, a file that waits in the inbox, and preferences."""
    token = Token("spotify", "ada", ACCOUNT, "access", "refresh", frozenset(), NOW, NOW)
    TokenStore(home.path / "tokens").save(token)
    page = Page("lastfm", "lastfm_scrobbles", "ada", {"path": "", "user": AT_LASTFM}, NOW, 200, '{"recenttracks": {}}')
    PageStore(UPath(home.path / "landing")).write([page])
    (home.path / "inbox" / "ada").mkdir(parents=True)
    (home.path / "inbox" / "ada" / "more.zip").write_bytes(b"no zip")
    (home.path / "warehouse.duckdb.damaged").write_bytes(b"........DUCK of ada")
    home.json("exclude", "--listener", "ada", "--artist", "Somebody")
    home.json("timezone", "Asia/Tokyo", "--listener", "ada", "--since", "2019-03-04")


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> dict[str, Any]:
    """A home in which two were, whose names begin alike, and one in which the other alone ever was."""
    folder = tmp_path_factory.mktemp("erased")
    of_ada = history(folder, "secret_of_ada.zip", "usernameofada", [ADDRESS, SHARED_ADDRESS], 0)
    of_adam = history(folder, "adams.zip", "usernameofadam", [SHARED_ADDRESS], 10)
    # What a setting says of ada must not stay in what runs remember of their settings.
    both = home_at(folder / "both", TUNEGENIE_LASTFM_NAMES=f"ada={AT_LASTFM}")
    alone = home_at(folder / "alone")
    both.json("import", str(of_ada), "--listener", "ada", "--timezone", "Europe/Zurich")
    for home in (both, alone):
        home.json("import", str(of_adam), "--listener", "adam", "--timezone", "Asia/Kolkata")
    give_everything_else(both)
    return {"home": both, "alone": alone}


def test_erasing(homes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    home, alone = homes["home"], homes["alone"]
    # Nothing is deleted by looking, nor where the answer is no.
    found = home.json("erase", "--listener", "ada", "--dry-run")["found"]
    assert {"archives", "preferences", "pages", "parsed", "inbox", "tokens", "silver.plays"} <= found.keys()
    home.apply()
    assert home.run("erase", "--listener", "ada").exit_code == 1  # nobody answers
    assert home.json("erase", "--listener", "ada", "--dry-run")["found"] == found

    traces = Traces("ada", (ADDRESS, ACCOUNT, AT_LASTFM, "usernameofada"))
    before = scan_home(home.path, traces).hits
    for place in ("landing/archives/ada", "landing/pages", "parsed", "dagster/history/runs.db", "inbox/ada"):
        assert any(hit.startswith(place) for hit in before), f"the scan does not see {place}"

    # A process that is killed while it deletes is followed by another.
    def killed(*_: object, **__: object) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "delete_runs", killed)
        assert home.run("erase", "--listener", "ada", "--yes").exit_code == 137
    assert (home.path / "erasing" / "ada.json").exists()

    said = home.json("erase", "--listener", "ada", "--yes")
    assert said["scan"]["hits"] == []
    assert said["scan"]["files"] > 20
    assert said["rebuilt"]
    assert not (home.path / "erasing").exists()
    assert scan_home(home.path, traces).hits == []

    # The other has all that they had, as if nobody else had been.
    layers = ("gold", "enrichment")
    assert home.fingerprints(*layers) == alone.fingerprints(*layers)
    # They were imported at another time.
    plays = "select * exclude (ingested_at) from silver.plays order by play_id"
    assert home.rows(plays) == alone.rows(plays) != []
    assert [row[0] for row in home.rows("select distinct listener_id from raw.spotify_extended_history")] == ["adam"]
    unknown = home.run("erase", "--listener", "ada", "--yes")
    assert unknown.exit_code == 1
    assert unknown.stderr.splitlines()[-1] == f"tunegenie: there is nothing of ada in {home.path}"

    # The last one leaves an empty home.
    last = json.loads(home.run("erase", "--listener", "adam", "--yes", "--json").stdout)
    assert last["scan"]["hits"] == []
    assert last["rebuilt"] is None
    assert not (home.path / "warehouse.duckdb").exists()


def test_simulated_listeners_are_not_erased(homes: dict[str, Any]) -> None:
    said = homes["alone"].run("erase", "--listener", "sim-00001", "--yes")
    assert said.exit_code == 1
    assert "sim-00001 is simulated" in said.stderr


def test_a_home_that_is_served_is_left_alone(homes: dict[str, Any]) -> None:
    with FileLock(homes["alone"].path / "dagster.lock"):
        said = homes["alone"].run("erase", "--listener", "adam", "--yes")
    assert said.exit_code == 1
    assert "tunegenie run or tunegenie ui works on" in said.stderr
    assert homes["alone"].rows("select count(*) from silver.plays")[0][0] > 0
