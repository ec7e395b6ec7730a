"""What a person is told of a file that cannot be imported: one line that names it, and what was expected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.conftest import Home, home_at
from tests.unit.sources.samples import AUDIO, record, zip_bytes


@pytest.fixture
def fresh(tmp_path: Path, clean_environment: None) -> Home:
    return home_at(tmp_path / "home")


def truncated() -> bytes:
    return zip_bytes({AUDIO: [record()] * 50})[:-60]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK but no zip at all", "Spotify extended streaming history (zip"),
        (truncated(), "zip"),
        (b"", "empty"),
        (json.dumps({"a": 1}).encode(), "Spotify extended streaming history (zip"),
        (json.dumps([{"unknown": 1}]).encode(), "Spotify extended streaming history (zip"),
        (json.dumps([record(ts=...), record(ms_played=None)]).encode(), "row 1"),
    ],
    ids=["no zip", "truncated zip", "empty", "no array", "unknown format", "only unreadable rows"],
)
def test_a_file_without_anything_to_import_ends_with_one_line(
    fresh: Home, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "history.dat"
    file.write_bytes(content)
    result = fresh.run("import", str(file))
    assert result.exit_code == 1
    [line] = result.stderr.splitlines()
    assert "history.dat" in line
    assert said in line
    assert "Traceback" not in result.output


def test_a_missing_file_is_named(fresh: Home, tmp_path: Path) -> None:
    result = fresh.run("import", str(tmp_path / "nowhere.zip"))
    assert result.exit_code == 1
    assert "nowhere.zip" in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--timezone", "Mars/Olympus"), "Mars/Olympus"),
        (("--listener", "../../etc"), "../../etc"),
    ],
)
def test_options_that_cannot_be_used_are_named(fresh: Home, archive: Path, options: tuple[str, ...], said: str) -> None:
    result = fresh.run("import", str(archive), *options)
    assert result.exit_code == 1
    assert said in result.stderr


def test_an_unknown_setting_stops_with_the_known_ones(fresh: Home) -> None:
    wrong = Home(fresh.path, {**fresh.environment, "TUNEGENIE_ENV": "prod"})
    result = wrong.run("stats")
    assert result.exit_code == 1
    assert all(word in result.stderr for word in ("TUNEGENIE_ENV", "prod", "local", "ci", "production"))


def test_stats_of_an_empty_home_say_what_to_do(fresh: Home) -> None:
    result = fresh.run("stats")
    assert result.exit_code == 1
    assert "tunegenie demo" in result.stderr
