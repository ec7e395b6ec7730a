from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest

from benches.merge.export_files import write_exports
from tests.unit.benches.merge.conftest import World
from tests.unit.sources.samples import detect_sources


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    path = tmp_path_factory.mktemp("exports")
    write_exports(world.files.values(), path)
    return path


def test_every_file_is_recognised_as_what_it_is(folder: Path, world: World) -> None:
    assert {name: detect_sources(folder / name) for name in world.files} == {
        name: (file.source,) for name, file in world.files.items()
    }


def test_rows_stand_in_the_files_in_their_order(folder: Path, world: World) -> None:
    with zipfile.ZipFile(folder / "listenbrainz.zip") as archive:
        for name, records in world.files["listenbrainz.zip"].members:
            lines = archive.read(name).decode().splitlines()
            assert [json.loads(line)["listened_at"] for line in lines] == records.stamp.tolist()
    with (folder / "recenttracks-1.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    records = world.files["recenttracks-1.csv"].members[0][1]
    assert [int(row["uts"]) for row in rows] == records.stamp.tolist()
    assert [row["artist"] for row in rows] == records.artist.to_pylist()
    scrobbles = json.loads((folder / "maloja_export.json").read_text(encoding="utf-8"))["scrobbles"]
    maloja = world.files["maloja_export.json"].members[0][1]
    assert [scrobble["track"]["title"] for scrobble in scrobbles] == maloja.title.to_pylist()


def test_the_same_records_give_the_same_bytes(folder: Path, world: World, tmp_path: Path) -> None:
    again = {written.path.name: written.archive_id for written in write_exports(world.files.values(), tmp_path)}
    first = {path.name: path for path in folder.iterdir()}
    assert again.keys() == first.keys()
    assert all((tmp_path / name).read_bytes() == path.read_bytes() for name, path in first.items())


def test_the_truth_is_in_no_file(folder: Path) -> None:
    with zipfile.ZipFile(folder / "spotify_2018.zip") as archive:
        rows = json.loads(archive.read(archive.namelist()[0]))
    assert not {"play", "true_play", "position"} & rows[0].keys()
