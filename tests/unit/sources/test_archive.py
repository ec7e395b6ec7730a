from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from tests.unit.sources.samples import AUDIO, record, write_zip, zip_bytes
from tunegenie_assets.sources.archive import Limits, Member, archive_members, open_members
from tunegenie_assets.sources.errors import DamagedArchiveError, RefusedArchiveError, SourceError, UnknownFormatError


def members_of(data: bytes, limits: Limits | None = None) -> list[Member]:
    return archive_members(io.BytesIO(data), "history.zip", limits or Limits())


def contents(member: Member) -> bytes:
    with member.open() as stream:
        return b"".join(iter(lambda: stream.read(1000), b""))


def test_all_files_are_listed_by_name_but_what_the_system_added() -> None:
    data = zip_bytes({
        "b.json": [], "a.JSON": [], "without_suffix": [1], "ReadMe.pdf": b"%PDF", "notes.txt": b"hello",
        "folder/": b"", "__MACOSX/a.json": [], "folder/._b.json": [],
    })  # fmt: skip
    assert [member.name for member in members_of(data)] == [
        *("ReadMe.pdf", "a.JSON", "b.json", "notes.txt", "without_suffix"),
    ]


def test_members_can_be_read_more_than_once() -> None:
    (member,) = members_of(zip_bytes({AUDIO: b"[1, 2]"}))
    assert contents(member) == contents(member) == b"[1, 2]"


def test_single_file_is_its_only_member(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_bytes(b"[1]")
    with open_members(path) as (member,):
        assert (member.name, contents(member), contents(member)) == ("history.json", b"[1]", b"[1]")


@pytest.mark.parametrize(
    "name", ["../a.json", "a/../../b.json", "/etc/a.json", "..\\a.json", "C:/a.json", "C:\\a.json"]
)
def test_paths_that_leave_the_archive_are_refused(name: str) -> None:
    with pytest.raises(RefusedArchiveError, match="points outside"):
        members_of(zip_bytes({name: []}))


def test_empty_name_is_refused() -> None:
    data = bytearray(zip_bytes({"a": []}))
    for signature, offset in ((b"PK\x03\x04", 30), (b"PK\x01\x02", 46)):
        data[data.index(signature) + offset] = 0
    with pytest.raises(RefusedArchiveError, match="points outside"):
        members_of(bytes(data))


def test_control_characters_in_names_are_refused() -> None:
    with pytest.raises(RefusedArchiveError, match="control characters"):
        members_of(zip_bytes({"a\n.json": []}))


@pytest.mark.parametrize("name", ["Écoutes 10:30.json", "a\u202fb\u3000c.json", "..a.json"])
def test_unusual_names_are_accepted(name: str) -> None:
    assert [member.name for member in members_of(zip_bytes({name: []}))] == [name]


def test_encrypted_members_are_refused() -> None:
    data = bytearray(zip_bytes({"a.json": []}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    with pytest.raises(RefusedArchiveError, match="encrypted"):
        members_of(bytes(data))


def test_methods_without_a_bound_on_memory_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.json", "[]")
    with pytest.raises(RefusedArchiveError, match="neither stored nor deflated"):
        members_of(buffer.getvalue())


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(total_bytes=99_999), "unpacks to 100000 bytes"),
        (Limits(ratio_from_bytes=1000), "over 200 times"),
        (Limits(members=0), "at most 0"),
    ],
)
def test_bombs_are_refused(limits: Limits, message: str) -> None:
    data = zip_bytes({"a.json": b" " * 100_000})
    assert len(members_of(data)) == 1
    with pytest.raises(RefusedArchiveError, match=message):
        members_of(data, limits)


def test_member_that_unpacks_to_more_than_it_declares_stops() -> None:
    data = bytearray(zip_bytes({"a.json": b"[" + b" " * 100_000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", data, data.index(signature) + offset, 10)
    (member,) = members_of(bytes(data))
    with pytest.raises(SourceError, match=r"a\.json"):
        contents(member)


def test_member_whose_bytes_changed_is_damaged() -> None:
    data = bytearray(zip_bytes({"a.json": [record()] * 50}))
    start = data.index(b"a.json") + len("a.json")
    data[start + 20 : start + 30] = bytes(10)
    (member,) = members_of(bytes(data))
    with pytest.raises(DamagedArchiveError, match=r"history\.zip: 'a\.json' is damaged"):
        contents(member)


def test_names_that_stand_twice_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a.json", "[]")
            archive.writestr("a.json", "[1]")
    with pytest.raises(DamagedArchiveError, match="twice"):
        members_of(buffer.getvalue())


def test_truncated_zip_is_damaged() -> None:
    with pytest.raises(DamagedArchiveError, match=r"history\.zip: the zip is damaged or incomplete"):
        members_of(zip_bytes({"a.json": [record()]})[:-30])


def test_empty_file_is_named() -> None:
    with pytest.raises(UnknownFormatError, match=r"history\.zip: the file is empty"):
        members_of(b"")


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nothing\.zip: cannot be read"), open_members(tmp_path / "nothing.zip"):
        pass


def test_zip_in_a_zip_is_one_file(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "outer.zip", {"inner.zip": zip_bytes({"a.json": []})})
    with open_members(path) as members:
        assert [member.name for member in members] == ["inner.zip"]


def test_member_listed_outside_the_file_is_damage() -> None:
    data = bytearray(zip_bytes({"a.json": []}))
    struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 42, 1_000_000)
    with pytest.raises(DamagedArchiveError, match="outside the file"):
        members_of(bytes(data))
