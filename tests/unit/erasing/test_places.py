from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.unit.sources.samples import AUDIO, record, write_zip
from tunegenie_assets.erasing.places import Places
from tunegenie_assets.resources.aside import all_aside
from tunegenie_assets.settings import Settings, load_settings
from tunegenie_assets.sources.landing import Landing

NOW = datetime(2026, 1, 2)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(home=tmp_path / "home")


def land(settings: Settings, folder: Path, file_name: str, listener_id: str, song: str) -> None:
    export = write_zip(folder / file_name, {AUDIO: [record(master_metadata_track_name=song)]})
    Landing(settings.landing_root).land_archive(export, listener_id=listener_id, timezone=None, now=NOW)


def test_what_others_landed_stays_whatever_it_is_called(settings: Settings, tmp_path: Path) -> None:
    land(settings, tmp_path, "mine.zip", "ada", "One")
    others = {"adam": "my_export.damaged.zip", "eve.damaged": "eves.zip", "warehouse.duckdb.damaged": "ada.zip"}
    for number, (listener_id, file_name) in enumerate(others.items()):
        land(settings, tmp_path, file_name, listener_id, f"Song {number}")
    waits = settings.inbox_path / "eve.damaged" / "collector.sqlite.damaged"
    waits.parent.mkdir(parents=True)
    waits.write_text("not landed yet")
    before = {path for path in settings.home.rglob("*") if path.is_file()}
    assert len(before) == 9

    Places(settings).erase("ada")

    gone = {path.relative_to(settings.home).parts[:3] for path in before if not path.exists()}
    assert gone == {("landing", "archives", "ada")}
    assert Landing(settings.landing_root).problems() == []


def test_what_was_put_aside_as_damaged_goes(settings: Settings) -> None:
    aside = all_aside(settings)
    names = {path.relative_to(settings.home).as_posix() for path in aside}
    assert names == {
        "warehouse.duckdb.damaged",
        "collector.sqlite.damaged",
        "dagster/history.damaged",
        "dagster/schedules.damaged",
    }
    for path in aside:
        if path.parent == settings.home:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"of ada")
        else:
            path.mkdir(parents=True)
            (path / "runs.db").write_bytes(b"of ada")
    Places(settings).erase("ada")
    assert [path for path in aside if path.exists()] == []
