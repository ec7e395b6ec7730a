"""The manifest of a tiny dbt project; that of the real one is read in test_definitions.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tunegenie_assets.dbt_support.project import PROJECT_DIR, DbtError, DbtProjectFiles

PROJECT = """
name: tiny
profile: tiny
config-version: 2
flags: {send_anonymous_usage_stats: false}
"""
PROFILES = """
tiny:
  target: local
  outputs:
    local: {type: duckdb, path: ':memory:'}
"""


@pytest.fixture
def files(tmp_path: Path) -> DbtProjectFiles:
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    (project / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    write(project / "models" / "plays.sql", "select 1 as play_id")
    return DbtProjectFiles(target="local", target_path=tmp_path / "target", project_dir=project)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def pretend_parsed(files: DbtProjectFiles) -> None:
    files.target_path.mkdir(exist_ok=True)
    write(files.manifest_path, "{}")
    files.note_parsed(files.fingerprint())


def test_project_lies_beside_the_packages() -> None:
    assert (PROJECT_DIR / "dbt_project.yml").is_file()


def test_every_call_is_told_where_and_for_whom(files: DbtProjectFiles) -> None:
    arguments = files.global_arguments
    for flag, value in [
        ("--target", "local"),
        ("--project-dir", str(files.project_dir)),
        ("--profiles-dir", str(files.project_dir)),
        ("--target-path", str(files.target_path)),
    ]:
        assert arguments[arguments.index(flag) + 1] == value


def test_manifest_is_current_until_something_changes(files: DbtProjectFiles) -> None:
    assert not files.is_current()
    pretend_parsed(files)
    assert files.is_current()


@pytest.mark.parametrize("name", ["models/plays.sql", "dbt_project.yml", "profiles.yml"])
def test_changed_file_makes_it_old(files: DbtProjectFiles, name: str) -> None:
    pretend_parsed(files)
    path = files.project_dir / name
    before = path.stat()
    write(path, path.read_text(encoding="utf-8").replace("1", "2").replace("local", "other").replace("tiny", "huge"))
    # A checkout may give its files any time.
    os.utime(path, (before.st_mtime, before.st_mtime))
    assert not files.is_current()


@pytest.mark.parametrize("change", ["added", "removed", "renamed"])
def test_other_set_of_files_makes_it_old(files: DbtProjectFiles, change: str) -> None:
    models = files.project_dir / "models"
    write(models / "artists.sql", "select 1 as artist_id")
    pretend_parsed(files)
    if change == "added":
        write(models / "albums.sql", "select 1 as album_id")
    elif change == "removed":
        (models / "artists.sql").unlink()
    else:
        (models / "artists.sql").rename(models / "albums.sql")
    assert not files.is_current()


@pytest.mark.parametrize("folder", ["target", "logs"])
def test_what_dbt_writes_into_the_project_changes_nothing(files: DbtProjectFiles, folder: str) -> None:
    pretend_parsed(files)
    (files.project_dir / folder).mkdir()
    write(files.project_dir / folder / "compiled.sql", "select 1 as play_id")
    assert files.is_current()


def test_manifest_follows_the_files(files: DbtProjectFiles) -> None:
    assert set(files.manifest()["nodes"]) == {"model.tiny.plays"}
    parsed = files.manifest_path.stat().st_mtime_ns
    assert set(files.manifest()["nodes"]) == {"model.tiny.plays"}
    assert files.manifest_path.stat().st_mtime_ns == parsed, "nothing changed, nothing is parsed"

    added = files.project_dir / "models" / "artists.sql"
    write(added, "select play_id as artist_id from {{ ref('plays') }}")
    assert set(files.manifest()["nodes"]) == {"model.tiny.plays", "model.tiny.artists"}

    write(added, "select * from {{ ref('nowhere') }}")
    with pytest.raises(DbtError, match=r"does not parse: .*nowhere") as caught:
        files.manifest()
    assert len(str(caught.value).splitlines()) == 1
