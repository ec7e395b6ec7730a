from __future__ import annotations

import hashlib
import json
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from upath import UPath

from tests.unit.sources.samples import AUDIO, LANDED_AT, VIDEO, record, write_zip
from tunegenie_assets.sources.errors import (
    InvalidRequestError,
    LandingError,
    SourceError,
    UnknownFormatError,
)
from tunegenie_assets.sources.landing import LandedArchive, Landing

LATER = LANDED_AT + timedelta(days=1)


@pytest.fixture(params=["local", "file", "memory"])
def landing(request: pytest.FixtureRequest, tmp_path: Path) -> Landing:
    roots = {
        "local": tmp_path / "landing",
        "file": f"file://{tmp_path}/landing",
        "memory": f"memory://{uuid4().hex}/landing",
    }
    return Landing(roots[request.param])


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return write_zip(tmp_path / "my history (1).zip", {AUDIO: [record()], VIDEO: []})


def land(landing: Landing, path: Path, listener_id: str = "ada", timezone: str | None = None) -> LandedArchive:
    return landing.land_archive(path, listener_id=listener_id, timezone=timezone, now=LANDED_AT)


def stored_files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_lands_byte_for_byte_with_a_manifest(landing: Landing, history: Path) -> None:
    archive = land(landing, history, timezone="America/Denver")
    content = history.read_bytes()
    assert archive == LandedArchive(
        archive_id=hashlib.sha256(content).hexdigest(),
        listener_id="ada",
        timezone="America/Denver",
        timezone_given_at=LANDED_AT,
        source="spotify_extended_history",
        original_name="my history (1).zip",
        file_name="my_history_1_.zip",
        size_bytes=len(content),
        members=2,
        landed_at=LANDED_AT,
    )
    with landing.open(archive) as stream:
        assert stream.read() == content
    assert landing.archives() == [archive]


def test_landing_again_changes_nothing(tmp_path: Path, history: Path) -> None:
    landing = Landing(tmp_path / "landing")
    first = land(landing, history)
    before = stored_files(tmp_path / "landing")
    renamed = history.rename(tmp_path / "renamed.zip")
    again = landing.land_archive(renamed, listener_id="ada", timezone=None, now=LATER)
    assert again.already_landed
    assert (again.landed_at, again.original_name) == (first.landed_at, first.original_name)
    assert stored_files(tmp_path / "landing") == before


def test_latest_timezone_wins_and_nothing_is_overwritten(landing: Landing, history: Path) -> None:
    land(landing, history, timezone="Europe/Zurich")
    for zone in ("Asia/Tokyo", "America/Denver", "Europe/Zurich", "Asia/Tokyo"):
        assert land(landing, history, timezone=zone).timezone == zone
        assert [archive.timezone for archive in landing.archives()] == [zone]
    assert land(landing, history).timezone == "Asia/Tokyo"


def test_same_bytes_of_two_listeners_are_two_archives(landing: Landing, history: Path) -> None:
    land(landing, history, "ada")
    assert not land(landing, history, "bob").already_landed
    assert [archive.listener_id for archive in landing.archives()] == ["ada", "bob"]


def test_archives_are_in_order_of_listener_and_time(landing: Landing, tmp_path: Path) -> None:
    for day, (listener, ms_played) in enumerate([("bob", 1), ("ada", 2), ("bob", 3), ("ada", 4)]):
        path = write_zip(tmp_path / "a.zip", {AUDIO: [record(ms_played=ms_played)]})
        landing.land_archive(path, listener_id=listener, timezone=None, now=LANDED_AT - timedelta(days=day))
    archives = landing.archives()
    assert [archive.listener_id for archive in archives] == ["ada", "ada", "bob", "bob"]
    assert [archive.landed_at for archive in archives] == sorted(a.landed_at for a in archives[:2]) + sorted(
        a.landed_at for a in archives[2:]
    )


def test_empty_landing_has_no_archives(landing: Landing) -> None:
    assert landing.archives() == []


def test_aware_time_becomes_naive_utc(landing: Landing, history: Path) -> None:
    now = datetime(2026, 1, 1, 2, tzinfo=UTC).astimezone(timezone(timedelta(hours=5)))
    archive = landing.land_archive(history, listener_id="ada", timezone=None, now=now)
    assert archive.landed_at == now.astimezone(UTC).replace(tzinfo=None)
    assert landing.archives()[0].landed_at == archive.landed_at


def test_archive_without_manifest_does_not_count(tmp_path: Path, history: Path) -> None:
    landing = Landing(tmp_path / "landing")
    archive = land(landing, history)
    folder = tmp_path / "landing" / "archives" / "ada" / archive.archive_id
    (folder / "manifest.json").unlink()
    (folder / archive.file_name).write_bytes(b"half")
    assert landing.archives() == []
    assert not land(landing, history).already_landed
    with landing.open(archive) as stream:
        assert stream.read() == history.read_bytes()


def test_only_the_owner_can_read(tmp_path: Path, history: Path) -> None:
    land(Landing(tmp_path / "home" / "landing"), history)
    for path in [tmp_path / "home", *(tmp_path / "home").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_nothing_is_stored_of_what_cannot_be_read(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "landing")
    unknown = tmp_path / "notes.txt"
    unknown.write_text("hello")
    with pytest.raises(UnknownFormatError):
        land(landing, unknown)
    with pytest.raises(SourceError, match="cannot be read"):
        land(landing, tmp_path / "missing.zip")
    assert not (tmp_path / "landing").exists()


def test_failed_copy_leaves_no_file(tmp_path: Path, history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    landing = Landing(tmp_path / "landing")
    with pytest.raises(OSError, match="No space"):
        land(landing, history)
    assert stored_files(tmp_path / "landing") == {}


@pytest.mark.parametrize("listener_id", ["", "Ada", "../ada", "a/b", ".ada", "ada\n", "a" * 65, "ä"])
def test_listener_ids_that_are_unsafe_are_refused(tmp_path: Path, history: Path, listener_id: str) -> None:
    with pytest.raises(InvalidRequestError, match="1 to 64 of a-z"):
        land(Landing(tmp_path / "landing"), history, listener_id)


@pytest.mark.parametrize("listener_id", ["a", "9", "sim", "ada.l_2", "a" * 64])
def test_listener_ids_that_are_safe_are_accepted(tmp_path: Path, history: Path, listener_id: str) -> None:
    assert land(Landing(tmp_path / "landing"), history, listener_id).listener_id == listener_id


@pytest.mark.parametrize("zone", ["", "Denver", "Mountain Time", "../etc/passwd", "/etc/passwd", "America", "a\0b"])
def test_unknown_time_zones_are_refused(tmp_path: Path, history: Path, zone: str) -> None:
    with pytest.raises(InvalidRequestError, match="America/Denver"):
        land(Landing(tmp_path / "landing"), history, timezone=zone)


def test_manifest_that_landing_did_not_write_is_named(tmp_path: Path, history: Path) -> None:
    landing = Landing(tmp_path / "landing")
    archive = land(landing, history)
    manifest = tmp_path / "landing" / "archives" / "ada" / archive.archive_id / "manifest.json"
    manifest.write_text(json.dumps({"archive_id": 1}))
    with pytest.raises(LandingError, match=r"manifest\.json"):
        landing.archives()


def test_archive_that_is_gone_is_named(tmp_path: Path, history: Path) -> None:
    landing = Landing(tmp_path / "landing")
    archive = land(landing, history)
    (tmp_path / "landing" / "archives" / "ada" / archive.archive_id / archive.file_name).unlink()
    with pytest.raises(LandingError, match="import it again"):
        landing.open(archive)


def test_archive_that_was_changed_is_named_and_importing_it_again_puts_it_right(tmp_path: Path, history: Path) -> None:
    landing = Landing(tmp_path / "landing")
    archive = land(landing, history, timezone="America/Denver")
    file = tmp_path / "landing" / "archives" / "ada" / archive.archive_id / archive.file_name
    content = history.read_bytes()
    for damaged in (content[:-1], content[:50] + b"x" + content[51:], b""):
        file.write_bytes(damaged)
        with pytest.raises(LandingError, match=f"is damaged: its {len(damaged)} bytes .* import that file again"):
            landing.open(archive)
        [problem] = landing.problems()
        assert archive.file_name in problem
        again = land(landing, history)
        assert (again.restored, again.already_landed, again.timezone) == (True, True, "America/Denver")
        with landing.open(archive) as stream:
            assert stream.read() == content
        assert landing.problems() == []
    assert not land(landing, history).restored


def test_half_a_manifest_is_written_anew_when_the_archive_is_imported_again(tmp_path: Path, history: Path) -> None:
    landing = Landing(tmp_path / "landing")
    archive = land(landing, history)
    manifest = tmp_path / "landing" / "archives" / "ada" / archive.archive_id / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:40])
    [problem] = landing.problems()
    assert problem.endswith("not a manifest that landing wrote; import the archive again")
    land(landing, history)
    assert landing.archives() == [archive]


def test_half_a_change_of_zone_is_forgotten_when_the_archive_is_imported_again(tmp_path: Path, history: Path) -> None:
    landing = Landing(tmp_path / "landing")
    land(landing, history)
    land(landing, history, timezone="America/Denver")
    [change] = (tmp_path / "landing").glob("archives/*/*/timezones/*.json")
    change.write_bytes(change.read_bytes()[:10])
    with pytest.raises(LandingError, match="import the archive again"):
        landing.archives()
    land(landing, history, timezone="Asia/Tokyo")
    assert [archive.timezone for archive in landing.archives()] == ["Asia/Tokyo"]


def test_what_a_killed_import_began_to_write_is_removed(tmp_path: Path, history: Path) -> None:
    landing = Landing(tmp_path / "landing")
    killed = f"""
import os, signal, sys
from datetime import datetime
from pathlib import Path
from tunegenie_assets.sources import storage
from tunegenie_assets.sources.landing import Landing
storage._copy = lambda source, target: os.kill(os.getpid(), signal.SIGKILL)
Landing({str(tmp_path / "landing")!r}).land_archive(
    Path({str(history)!r}), listener_id="ada", timezone=None, now=datetime(2024, 1, 1)
)
"""
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == -signal.SIGKILL
    assert [file for file in stored_files(tmp_path / "landing") if ".partial-" in file]
    land(landing, history)
    assert not [file for file in stored_files(tmp_path / "landing") if ".partial-" in file]


@pytest.mark.parametrize(
    ("name", "stored"),
    [("manifest.json", "archive-manifest.json"), ("...", "archive-"), ("über tüv.json", "_ber_t_v.json")],
)
def test_file_names_are_made_safe(tmp_path: Path, name: str, stored: str) -> None:
    path = tmp_path / "in" / name
    path.parent.mkdir()
    path.write_text(json.dumps([record()]))
    archive = land(Landing(tmp_path / "landing"), path)
    assert (archive.original_name, archive.file_name) == (name, stored)
    assert [a.archive_id for a in Landing(UPath(tmp_path / "landing")).archives()] == [archive.archive_id]


def test_sources_of_an_archive_are_joined(landing: Landing, tmp_path: Path) -> None:
    account = {"endTime": "2020-01-01 10:00", "msPlayed": 1}
    path = write_zip(tmp_path / "a.zip", {"a.json": [record()], "b.json": [account], "c.pdf": b"%PDF"})
    archive = land(landing, path)
    assert (archive.source, archive.members) == ("spotify_account_history,spotify_extended_history", 3)
    assert landing.archives() == [archive]
