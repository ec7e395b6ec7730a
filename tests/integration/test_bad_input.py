"""What a person is told of a file that cannot be imported: one line that names it, and what was expected."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.conftest import Home, failed_checks, home_at
from tests.unit.sources.samples import AUDIO, record, write_zip, zip_bytes


@pytest.fixture
def fresh(tmp_path: Path, clean_environment: None) -> Home:
    return home_at(tmp_path / "home")


def truncated() -> bytes:
    return zip_bytes({AUDIO: [record()] * 50})[:-60]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK but no zip at all", "known: Spotify extended streaming history"),
        (truncated(), "zip"),
        (b"", "empty"),
        (json.dumps({"a": 1}).encode(), "is no JSON array of records"),
        (json.dumps([{"mystery": 1}]).encode(), "row 1 of history.dat has the fields mystery"),
        (json.dumps([{"unknown": 1}]).encode(), "Last.fm"),
        (json.dumps([record(ts=...), record(ms_played=None)]).encode(), "row 1"),
    ],
    ids=["no zip", "truncated zip", "empty", "no array", "unknown fields", "unknown format", "only unreadable rows"],
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
        (("--listener", ""), "1 to 64"),
    ],
)
def test_options_that_cannot_be_used_are_named(fresh: Home, archive: Path, options: tuple[str, ...], said: str) -> None:
    result = fresh.run("import", str(archive), *options)
    assert result.exit_code == 2
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--until", "2002-01-02"), "2002-01-01"),
        (("--until", "2999-01-01"), "yesterday"),
    ],
)
def test_days_that_cannot_be_simulated_leave_nothing_behind(fresh: Home, arguments: tuple[str, ...], said: str) -> None:
    result = fresh.run("demo", "--listeners", "2", "--days", "5", *arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert not (fresh.path / "landing").exists()


def test_names_that_simulated_listeners_have_are_refused(fresh: Home, archive: Path) -> None:
    result = fresh.run("import", str(archive), "--listener", "sim-00001")
    assert result.exit_code == 2
    assert "sim-" in result.stderr


def test_an_import_that_died_is_finished_by_the_next_one(fresh: Home, tmp_path: Path, archive: Path) -> None:
    """What a kill leaves: an archive in landing and raw, of which gold knows nothing; another file comes next."""
    import duckdb

    assert fresh.run("import", str(archive), "--listener", "ada").exit_code == 0
    before = fresh.fingerprints("silver", "gold")
    with duckdb.connect(str(fresh.path / "warehouse.duckdb")) as connection:
        for table in ("silver.plays", "silver.play_records", "gold.fct_plays", "gold.daily_listening_summary"):
            connection.execute(f"delete from {table}")
    later = write_zip(tmp_path / "caf\udce9 [live].zip", {AUDIO: [record(ts="2021-05-01T08:00:00Z")]})
    report = fresh.json("import", str(later), "--listener", "bob")
    assert failed_checks(report) == []
    assert fresh.rows("select listener_id, count(*) from gold.fct_plays group by 1 order by 1") == [
        ("ada", 60),
        ("bob", 1),
    ]
    assert before["gold.fct_plays"][0] == 60


def test_one_archive_of_two_listeners_is_each_ones_own(fresh: Home, tmp_path: Path) -> None:
    shared = write_zip(tmp_path / "family.zip", {AUDIO: [record()]})
    for listener in ("ada", "bob"):
        assert failed_checks(fresh.json("import", str(shared), "--listener", listener)) == []
    assert fresh.rows("select count(*) from gold.fct_plays") == [(2,)]


def test_the_command_itself_ends_with_one_line(tmp_path: Path) -> None:
    """The real entry point in a process of its own: no traceback, exit code 1."""
    (tmp_path / "home").write_text("a file, not a folder", encoding="utf-8")
    environment = {**os.environ, "TUNEGENIE_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "tunegenie_assets.cli.app", "import", "nowhere.zip"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("tunegenie: ")
    assert len(ended.stderr.splitlines()) == 1
