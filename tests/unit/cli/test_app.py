from __future__ import annotations

import pytest
from typer.testing import CliRunner

from tunegenie_assets.cli.app import app
from tunegenie_assets.settings import CountingPolicy


def help_of(command: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "200")
    result = CliRunner().invoke(app, [*command.split(), "--help"])
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("import", "Archives: zips, folders or single files"),
        ("import", "exit code is 1 where a file was refused"),
        ("timezone", "IANA zone such as Asia/Tokyo"),
        ("timezone", "given here and with imports, and who follows their travels"),
        ("recount", "TUNEGENIE_COUNTING"),
        ("login", "TUNEGENIE_SPOTIFY_CLIENT_ID"),
        ("login", "paste the address that the browser ended at"),
        ("logout", "what was collected is kept"),
        ("run", "TUNEGENIE_UI_PORT"),
        ("backfill", "today among them"),
        ("backfill", "a second time changes nothing"),
        ("enrich-artists", "a name, Spotify id, URI or address"),
        ("doctor", "the exit code is then 1"),
        ("sandbox", "dev2026|extended"),
        ("playlist push", "one of ours with this name is replaced"),
        *(("recount", policy.value) for policy in CountingPolicy),
    ],
)
def test_help_tells_what_is_asked_for(command: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said in help_of(command, monkeypatch)
