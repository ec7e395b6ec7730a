from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.sources.samples import AUDIO, record, write_zip
from tunegenie_assets.sources.detect import FORMATS, PEEKED_RECORDS, detect_source
from tunegenie_assets.sources.errors import DamagedArchiveError, SourceError, UnknownFormatError


def test_names_count_for_nothing(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "photos.backup", {"notes": [record()], "Playlist1.json": {"playlists": []}})
    assert detect_source(path) == "spotify_extended_history"


def test_single_json_file(tmp_path: Path) -> None:
    path = tmp_path / "endsong_0.json"
    path.write_text('[{"ts": "2013-06-04T12:01:02Z", "username": "x", "ms_played": 1}]')
    assert detect_source(path) == "spotify_extended_history"


def test_damaged_first_records_do_not_hide_the_format(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {AUDIO: [1, {}, record(ts=...), record()]})
    assert detect_source(path) == "spotify_extended_history"


def test_records_before_damage_tell_the_format(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"ts": null, "ms_played": 1}, {"ts"')
    assert detect_source(path) == "spotify_extended_history"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"{}",
        b"[]",
        b"[1]",
        b'[{"endTime": "2020-01-01 10:00", "msPlayed": 1}]',
        b"[" * 1_000_000,
        b"\0" * 100,
    ],
)
def test_unknown_content_names_what_is_known(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "Streaming_History_Audio_2019_0.json"
    path.write_bytes(content)
    with pytest.raises(UnknownFormatError) as caught:
        detect_source(path)
    message = str(caught.value)
    assert message.startswith(path.name)
    assert all(known.description in message for known in FORMATS)
    assert "\n" not in message


def test_only_the_first_records_are_looked_at(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {AUDIO: [*[{}] * PEEKED_RECORDS, record()]})
    with pytest.raises(UnknownFormatError):
        detect_source(path)


def test_damage_is_named_when_nothing_else_tells_the_format(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {AUDIO: [record()]})
    data = bytearray(path.read_bytes())
    start = data.index(AUDIO.encode()) + len(AUDIO)
    data[start : start + 10] = b"\xff" * 10
    path.write_bytes(data)
    with pytest.raises(DamagedArchiveError, match="is damaged"):
        detect_source(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.binary(max_size=200), start=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"[", b'[{"ts": 1, ']))
def test_arbitrary_bytes_raise_source_errors_only(tmp_path: Path, data: bytes, start: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(start + data)
    try:
        assert detect_source(path) in {known.source for known in FORMATS}
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
        assert detect_source(path) == "spotify_extended_history"
    except SourceError as error:
        assert "\n" not in str(error)
