from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.sources.samples import AUDIO, detect_sources, record, write_zip
from tunegenie_assets.sources.archive import open_members
from tunegenie_assets.sources.detect import FORMATS, PEEKED_RECORDS, detect_members
from tunegenie_assets.sources.errors import DamagedArchiveError, SourceError, UnknownFormatError

EXTENDED = ("spotify_extended_history",)
ACCOUNT_RECORD = {"endTime": "2020-01-01 10:00", "msPlayed": 1, "artistName": "Tin", "trackName": "Roof"}
LISTEN = {"listened_at": 1612345678, "track_metadata": {"artist_name": "Tin", "track_name": "Roof"}}


def test_names_count_for_nothing(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "photos.backup", {"notes": [record()], "Playlist1.json": {"playlists": []}})
    assert detect_sources(path) == EXTENDED


def test_single_json_file(tmp_path: Path) -> None:
    path = tmp_path / "endsong_0.json"
    path.write_text('[{"ts": "2013-06-04T12:01:02Z", "username": "x", "ms_played": 1}]')
    assert detect_sources(path) == EXTENDED


def test_files_of_several_sources_in_one_archive_are_told_apart(tmp_path: Path) -> None:
    members = {
        "a": [record()],
        "b": [ACCOUNT_RECORD],
        "c": json.dumps(LISTEN).encode(),
        "d": {"scrobbles": [{"time": 1612345678, "track": {"title": "Roof"}}]},
        "e": b"uts,artist,track\n1612345678,Tin,Roof\n",
        "f": b"%PDF-1.7",
        "g": {"playlists": []},
        "h": b"",
    }
    path = write_zip(tmp_path / "a.zip", members)
    with open_members(path) as opened:
        found = [one.format and one.format.source for one in detect_members(opened, "a.zip")]
    assert found == [
        "spotify_extended_history",
        "spotify_account_history",
        "listenbrainz_listens",
        "maloja_scrobbles",
        "lastfm_scrobbles",
        *(None, None, None),
    ]
    assert detect_sources(path) == tuple(sorted(source for source in found if source))


def test_damaged_file_beside_a_sound_one_is_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.json": [ACCOUNT_RECORD], AUDIO: [record()]})
    data = bytearray(path.read_bytes())
    start = data.index(AUDIO.encode()) + len(AUDIO)
    data[start : start + 10] = b"\xff" * 10
    path.write_bytes(data)
    with open_members(path) as opened:
        damaged, sound = detect_members(opened, "a.zip")
    assert damaged.format is None
    assert damaged.damage is not None
    assert sound.format is not None


def test_damaged_first_records_do_not_hide_the_format(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {AUDIO: [1, {}, record(ts=...), record()]})
    assert detect_sources(path) == EXTENDED


def test_records_before_damage_tell_the_format(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"ts": null, "ms_played": 1}, {"ts"')
    assert detect_sources(path) == EXTENDED


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"{}",
        b"[]",
        b"[1]",
        b'[{"endTime": "2020-01-01 10:00", "ms": 1}]',
        b'{"playlists": [{"name": "x"}]}',
        b"artist,title\nTin,Roof\n",
        b'{"created": 1, "feedback": 1}\n{"created": 2, "feedback": 0}\n',
        b"[" * 1_000_000,
        b"\0" * 100,
    ],
)
def test_unknown_content_names_what_is_known(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "Streaming_History_Audio_2019_0.json"
    path.write_bytes(content)
    with pytest.raises(UnknownFormatError) as caught:
        detect_sources(path)
    message = str(caught.value)
    assert message.startswith(path.name)
    assert all(known.description in message for known in FORMATS)
    assert "\n" not in message


def test_byte_order_mark_does_not_hide_the_layout(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbf \n" + json.dumps([record()]).encode())
    assert detect_sources(path) == EXTENDED


@pytest.mark.parametrize("content", [json.dumps([record()]), '{"scrobbles": []}', "uts,artist,track\n1,a,b\n"])
@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
    ],
)
def test_another_encoding_is_named(tmp_path: Path, content: str, codec: str, encoding: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content.encode(codec))
    with pytest.raises(UnknownFormatError) as caught:
        detect_sources(path)
    assert str(caught.value) == f"a.json: text in {encoding}, expected UTF-8; save it as UTF-8 and import it again"


def test_only_the_first_records_are_looked_at(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {AUDIO: [*[{}] * PEEKED_RECORDS, record()]})
    with pytest.raises(UnknownFormatError):
        detect_sources(path)


def test_damage_is_named_when_nothing_else_tells_the_format(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {AUDIO: [record()]})
    data = bytearray(path.read_bytes())
    start = data.index(AUDIO.encode()) + len(AUDIO)
    data[start : start + 10] = b"\xff" * 10
    path.write_bytes(data)
    with pytest.raises(DamagedArchiveError, match="is damaged"):
        detect_sources(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.binary(max_size=200), start=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"[", b'[{"ts": 1, ']))
def test_arbitrary_bytes_raise_source_errors_only(tmp_path: Path, data: bytes, start: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(start + data)
    try:
        assert set(detect_sources(path)) <= {known.source for known in FORMATS}
    except SourceError as error:
        assert "\n" not in str(error)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(position=st.integers(0, 10_000), value=st.integers(0, 255))
def test_zip_with_a_changed_byte_raises_source_errors_only(tmp_path: Path, position: int, value: int) -> None:
    path = write_zip(tmp_path / "a.zip", {AUDIO: [record()], "b.json": {}})
    data = bytearray(path.read_bytes())
    data[position % len(data)] = value
    path.write_bytes(data)
    try:
        assert detect_sources(path) == EXTENDED
    except SourceError as error:
        assert "\n" not in str(error)


def test_an_array_cut_within_its_first_record_is_damaged_and_not_unknown(tmp_path: Path) -> None:
    archive = write_zip(
        tmp_path / "two.zip", {"cut.json": b'[{"ts": "2019-', "sound.json": [record()], "a.ini": b"[a]"}
    )
    with open_members(archive) as members:
        found = {
            one.member.name: (one.format is not None, one.damage is not None)
            for one in detect_members(members, "two.zip")
        }
    assert found == {"cut.json": (False, True), "sound.json": (True, False), "a.ini": (False, False)}
