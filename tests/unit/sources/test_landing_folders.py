"""Folders and zips within zips on their way into landing: what is packed, what is told and what is left."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.sources.samples import AUDIO, LANDED_AT, record, write_zip, zip_bytes
from tests.unit.sources.test_landing import land
from tunegenie_assets.sources.archive import archive_members
from tunegenie_assets.sources.errors import (
    RefusedArchiveError,
    UnknownFormatError,
)
from tunegenie_assets.sources.landing import Landing

LATER = LANDED_AT + timedelta(days=1)


def make_folder(root: Path) -> Path:
    (root / "more").mkdir(parents=True)
    (root / "endsong_0.json").write_text(json.dumps([record()]))
    (root / "more" / "endsong_1.json").write_text(json.dumps([record(ms_played=1)]))
    (root / "more" / "export.zip").write_bytes(zip_bytes({AUDIO: [record(ms_played=2)], "ReadMe.json": {}}))
    (root / "package.json").write_text("{}")
    (root / "empty.txt").touch()
    (root / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    return root


def test_folder_is_landed_as_a_zip_of_what_is_recognised(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "landing")
    archive = land(landing, make_folder(tmp_path / "export"))
    assert (archive.original_name, archive.file_name, archive.members) == ("export", "export.zip", 3)
    with landing.open(archive) as stream:
        names = [member.name for member in archive_members(stream, "export.zip")]
    assert names == ["endsong_0.json", "more/endsong_1.json", f"more/export.zip/{AUDIO}"]


def test_equal_folders_are_one_archive(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "landing")
    first = land(landing, make_folder(tmp_path / "one"))
    again = land(landing, make_folder(tmp_path / "two"))
    assert again.already_landed
    assert again.archive_id == first.archive_id


def test_folder_without_history_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    with pytest.raises(UnknownFormatError, match="photos: holds no file"):
        land(Landing(tmp_path / "landing"), tmp_path / "photos")


def test_broken_files_in_a_folder_are_told_and_the_others_arrive(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "export")
    (folder / "cut.zip").write_bytes(zip_bytes({AUDIO: [record()]})[:-30])
    (folder / "more" / "unsafe.zip").write_bytes(zip_bytes({"../a.json": [record()]}))
    archive = land(Landing(tmp_path / "landing"), folder)
    assert archive.members == 3
    cut, unsafe, unknown = archive.skipped
    assert cut.startswith("cut.zip: the zip is damaged or incomplete")
    assert unsafe == "more/unsafe.zip: '../a.json' points outside the archive"
    assert unknown == "empty.txt, package.json, photo.jpg: no listening history in a known format"


def test_what_a_damaged_member_still_holds_is_packed(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "export")
    records = [record(ts=f"2019-01-01T10:{n // 60:02}:{n % 60:02}Z", ms_played=n) for n in range(3000)]
    content = bytearray(zip_bytes({AUDIO: records}))
    content[len(content) // 2] ^= 255
    (folder / "worn.zip").write_bytes(content)
    archive = land(Landing(tmp_path / "landing"), folder)
    assert archive.members == 4
    assert [line for line in archive.skipped if line.startswith(f"worn.zip/{AUDIO}: worn.zip: ")]


def test_many_unknown_files_are_one_line(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "export")
    for n in range(10):
        (folder / f"notes_{n}.txt").write_text("hello")
    (line,) = land(Landing(tmp_path / "landing"), folder).skipped
    assert "and 8 more: no listening history" in line


def test_folder_with_broken_files_alone_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "cut.zip").write_bytes(zip_bytes({AUDIO: [record()]})[:-30])
    with pytest.raises(UnknownFormatError, match=r"export: holds no file .* \(cut\.zip: the zip is damaged"):
        land(Landing(tmp_path / "landing"), folder)


def test_a_zip_inside_a_zip_is_told(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "landing")
    inner = zip_bytes({AUDIO: [record()]})
    path = write_zip(tmp_path / "all.zip", {"a.json": [record()], "b.zip": inner, "c/d.zip": inner, "e.pdf": b"%PDF"})
    line = "all.zip, b.zip, c/d.zip: a zip inside a zip is not opened; unpack the archive and import the folder"
    first, again = land(landing, path), land(landing, path)
    assert (first.skipped, again.skipped, again.already_landed) == ((line,), (line,), True)
    (folder := tmp_path / "export").mkdir()
    path.rename(folder / "all.zip")
    assert land(landing, folder).skipped == (line,)
    assert landing.archives()[0].skipped == ()


def test_a_zip_that_holds_zips_alone_says_so(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "all.zip", {"b.zip": zip_bytes({AUDIO: [record()]})})
    with pytest.raises(UnknownFormatError, match=r"^all\.zip, b\.zip: a zip inside a zip is not opened; unpack"):
        land(Landing(tmp_path / "landing"), path)


def test_a_folder_tells_of_files_in_another_encoding(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "export")
    (folder / "more" / "old.csv").write_text("uts,artist,track", encoding="utf-16")
    wide, unknown = land(Landing(tmp_path / "landing"), folder).skipped
    assert wide == "more/old.csv: text in UTF-16, expected UTF-8; save it as UTF-8 and import it again"
    assert unknown.startswith("empty.txt, package.json, photo.jpg: ")


def test_messages_on_a_folder_name_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps([record()] * 50_000))
    with pytest.raises(RefusedArchiveError, match=r"^export: 'a\.json' unpacks to over"):
        land(Landing(tmp_path / "landing"), folder)


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps([record()]))
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "link.json").symlink_to(outside)
    with pytest.raises(UnknownFormatError):
        land(Landing(tmp_path / "landing"), tmp_path / "export")
