from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tunegenie_assets.private_home import keep_private, warning_of


@pytest.fixture(params=[0o000, 0o022], ids=["umask 000", "umask 022"], autouse=True)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    entries = [folder, *folder.rglob("*")]
    return [str(entry) for entry in entries if not entry.is_symlink() and stat.S_IMODE(entry.stat().st_mode) & 0o077]


def older_home(folder: Path) -> Path:
    """As a version that left modes to the umask made it."""
    home = folder / "home"
    (home / "dagster" / "history").mkdir(parents=True)
    (home / "warehouse.duckdb").touch()
    (home / "dagster" / "history" / "runs.db").touch()
    script = home / "script"
    script.touch()
    script.chmod(0o755)
    return home


def test_a_home_of_an_older_version_is_closed(tmp_path: Path) -> None:
    home = older_home(tmp_path)
    assert open_to_others(home)
    assert keep_private(home) is None
    assert open_to_others(home) == []
    assert stat.S_IMODE((home / "script").stat().st_mode) == 0o700


def test_what_is_written_afterwards_is_the_owners(tmp_path: Path) -> None:
    assert keep_private(tmp_path / "new") is None
    (tmp_path / "new" / "tokens").mkdir(parents=True)
    (tmp_path / "new" / "warehouse.duckdb").touch()
    assert open_to_others(tmp_path / "new") == []


def test_a_process_that_was_killed_before_the_end_is_followed_by_one_that_closes_the_rest(tmp_path: Path) -> None:
    home = older_home(tmp_path)
    (home / "warehouse.duckdb").chmod(0o600)
    assert keep_private(home) is None
    assert open_to_others(home) == []


def test_what_lies_elsewhere_is_left_alone(tmp_path: Path) -> None:
    home, elsewhere = older_home(tmp_path), tmp_path / "elsewhere"
    elsewhere.touch()
    elsewhere.chmod(0o644)
    (home / "link").symlink_to(elsewhere)
    (home / "broken").symlink_to(tmp_path / "nowhere")
    assert keep_private(home) is None
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644


def test_a_folder_of_everybody_is_not_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = tmp_path / "tmp"
    everybody.mkdir()
    everybody.chmod(0o1777)
    assert "a folder of its own" in str(keep_private(everybody))
    assert stat.S_IMODE(everybody.stat().st_mode) == 0o1777
    persons = tmp_path / "person"
    persons.mkdir(mode=0o755)
    persons.chmod(0o755)
    monkeypatch.setenv("HOME", str(persons))
    assert "a folder of its own" in str(keep_private(persons))
    assert stat.S_IMODE(persons.stat().st_mode) == 0o755


def test_a_home_of_another_account_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = older_home(tmp_path)
    home.chmod(0o755)
    monkeypatch.setattr(os, "getuid", lambda: home.stat().st_uid + 1)
    told = str(keep_private(home))
    assert told.startswith(f"{home} belongs to another account")
    assert "\n" not in told


def test_a_home_that_cannot_be_closed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = older_home(tmp_path)
    home.chmod(0o755)

    def read_only(_self: Path, _mode: int) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "chmod", read_only)
    assert keep_private(home) == (
        f"others may read {home} and it cannot be closed (Read-only file system); run `chmod -R go= {home}`"
    )


def test_settings_that_others_can_read_are_told(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    assert warning_of(dotenv) is None
    dotenv.touch()
    dotenv.chmod(0o640)
    assert warning_of(dotenv) == f"others may read {dotenv}, which may hold secrets; run `chmod 600 {dotenv}`"
    dotenv.chmod(0o600)
    assert warning_of(dotenv) is None
