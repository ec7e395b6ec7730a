"""What `tunegenie run-once` says before and after a pass; the pass itself is held by integration tests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tunegenie_assets.cli.collecting import run, stop_where_something_failed, what_waits
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.settings import PREFIX
from tunegenie_assets.sources.services.state import ParkedWork

NOON = datetime(2026, 3, 1, 12)


@pytest.mark.parametrize(
    "settings", [{}, {"spotify_client_id": "id"}, {"lastfm_names": "ada=fm-ada"}, {"contact": "me@example.org"}]
)
def test_nobody_connected_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: dict[str, str]
) -> None:
    home = tmp_path / "home"
    for name, value in {"home": str(home), **settings}.items():
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)
    with pytest.raises(CommandError, match=r"^nobody is connected; run tunegenie login, or set TUNEGENIE_LASTFM"):
        run([], as_json=False)
    assert not home.exists()


def test_what_waits_is_one_line() -> None:
    works = [
        ParkedWork("spotify", stream, "ada", NOON.replace(hour=hour), "the quota is spent", NOON)
        for hour, stream in ((13, "spotify_top_tracks"), (14, "spotify_artists"))
    ]
    assert what_waits(works) == (
        "Work waits (spotify_top_tracks, spotify_artists) until 2026-03-01 13:00 UTC or later: the quota is spent. "
        "It goes on by itself while `tunegenie run` runs, or with the next `tunegenie run-once` after that."
    )


def outcome(problem: str | None = None, parked_until: str | None = None) -> dict[str, str | None]:
    return {"problem": problem, "parked_until": parked_until}


def test_what_did_not_come_to_its_end_is_told_by_the_exit_code() -> None:
    stop_where_something_failed([outcome(), outcome("the quota is spent", "2026-03-01T13:00:00Z")])
    with pytest.raises(CommandError, match=r"^2 of 3 works did not come to their end: the authorization has ended$"):
        stop_where_something_failed([outcome(), *[outcome("the authorization has ended")] * 2])
