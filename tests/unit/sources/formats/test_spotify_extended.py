from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sources.samples import AUDIO, FOLDER, LANDED_AT, VIDEO, record, zip_bytes
from tunegenie_assets.schemas.histories import REJECTED_RECORDS, SPOTIFY_EXTENDED_HISTORY
from tunegenie_assets.sources.archive import Member, archive_members, open_members
from tunegenie_assets.sources.formats.spotify_extended import SPOTIFY_EXTENDED
from tunegenie_assets.sources.reader import Batch, Origin, read_member

ORIGIN = Origin("ada", "f" * 64, LANDED_AT)
BOUNDS = ORIGIN.bounds(date(2002, 1, 1))
REAL_ARCHIVE = Path(__file__).parents[4] / ".." / "shared" / "data" / "listener_a_spotify_extended.zip"


def read(data: bytes) -> Batch:
    return joined(archive_members(io.BytesIO(data), "history.json"))


def joined(members: Iterable[Member]) -> Batch:
    parts = [batch for member in members for batch in read_member(member, SPOTIFY_EXTENDED, ORIGIN, BOUNDS)]
    return Batch(
        records=pa.concat_tables([SPOTIFY_EXTENDED_HISTORY.empty(), *(part.records for part in parts)]),
        rejected=pa.concat_tables([REJECTED_RECORDS.empty(), *(part.rejected for part in parts)]),
    )


def read_records(*records: object) -> Batch:
    return read(json.dumps(records).encode())


def read_row(**changes: object) -> dict[str, object]:
    batch = read_records(record(**changes))
    assert batch.rejected.num_rows == 0
    return cast("dict[str, object]", batch.records.to_pylist()[0])


def rejection(batch: Batch) -> tuple[str, str]:
    (row,) = batch.rejected.to_pylist()
    return row["reason"], row["detail"]


def test_every_column_of_a_sound_record() -> None:
    row = read_row()
    assert row["ts"] == datetime(2019, 1, 1, 10)
    assert row["play_date"] == date(2019, 1, 1)
    assert (row["ms_played"], row["shuffle"], row["offline"]) == (180_000, False, None)
    assert (row["listener_id"], row["ingested_at"]) == ("ada", LANDED_AT)
    assert (row["source_file"], row["source_row"]) == (f"{'f' * 64}/0000", 0)
    assert row["other_fields"] is None
    source_fields = record()
    assert {name: row[name] for name in source_fields if name != "ts"} == {
        n: v for n, v in source_fields.items() if n != "ts"
    }


def test_tables_have_the_columns_of_the_contract() -> None:
    batch = read_records(record(), 1)
    assert batch.records.schema == SPOTIFY_EXTENDED_HISTORY.arrow_schema
    assert batch.rejected.schema == REJECTED_RECORDS.arrow_schema


def test_only_two_fields_are_needed() -> None:
    batch = read_records({"ts": "2019-01-01T10:00:00Z", "ms_played": 0})
    assert (batch.records.num_rows, batch.rejected.num_rows) == (1, 0)


def test_play_date_is_the_day_of_the_start() -> None:
    assert read_row(ts="2019-01-01T00:01:00Z", ms_played=60_000)["play_date"] == date(2019, 1, 1)
    assert read_row(ts="2019-01-01T00:01:00Z", ms_played=60_001)["play_date"] == date(2018, 12, 31)


def test_old_names_are_mapped_and_unknown_fields_kept() -> None:
    row = read_row(ip_addr=..., ip_addr_decrypted="198.51.100.7", zeta=[1, {"b": None}], alpha="ü")
    assert row["ip_addr"] == "198.51.100.7"
    assert row["other_fields"] == '{"alpha":"ü","zeta":[1,{"b":null}]}'


def test_old_name_beside_the_new_one_is_an_unknown_field() -> None:
    row = read_row(ip_addr="192.0.2.1", ip_addr_decrypted="198.51.100.7")
    assert (row["ip_addr"], row["other_fields"]) == ("192.0.2.1", '{"ip_addr_decrypted":"198.51.100.7"}')


@pytest.mark.parametrize("value", [1234, 1234.0, "1234", "1234.0"])
def test_integers_in_every_form(value: object) -> None:
    row = read_row(ms_played=value, offline_timestamp=value)
    assert (row["ms_played"], row["offline_timestamp"], row["other_fields"]) == (1234, 1234, None)


@pytest.mark.parametrize("value", ["soon", "", True, 0.5, [1], {}])
def test_an_offline_timestamp_that_is_no_number_costs_no_record(value: object) -> None:
    row = read_row(offline_timestamp=value, offline=True)
    assert (row["offline_timestamp"], row["started_from"]) == (None, "ts")
    assert row["other_fields"] == json.dumps({"offline_timestamp": value}, separators=(",", ":"))


@pytest.mark.parametrize(
    ("changes", "reason", "in_detail"),
    [
        ({"ts": ...}, "missing_field", "field ts: found no such field, expected a time such as"),
        ({"ms_played": None}, "missing_field", "field ms_played: found null"),
        ({"ms_played": "long"}, "wrong_type", "field ms_played: found a string, expected an integer"),
        ({"ms_played": "-1"}, "wrong_type", "found -1, expected an integer of 0 or more"),
        ({"ms_played": True}, "wrong_type", "found a boolean"),
        ({"ms_played": 0.5}, "wrong_type", "found a number"),
        ({"ms_played": 1e17}, "wrong_type", "found a number"),
        ({"ms_played": -1}, "wrong_type", "found -1, expected an integer of 0 or more"),
        ({"ms_played": 2**63}, "wrong_type", "found an integer over 64 bits"),
        ({"ms_played": float("nan")}, "wrong_type", "found NaN"),
        ({"ts": 1546336800}, "wrong_type", "field ts: found an integer"),
        ({"shuffle": 1}, "wrong_type", "field shuffle: found an integer, expected a boolean"),
        ({"platform": ["ios"]}, "wrong_type", "field platform: found an array, expected a string"),
        ({"episode_name": {}}, "wrong_type", "found an object"),
        ({"ts": "2019-01-01 10:00:00"}, "bad_timestamp", "found '2019-01-01 10:00:00', expected a time such as"),
        ({"ts": "2019-02-30T10:00:00Z"}, "bad_timestamp", "2019-02-30"),
        ({"ts": "2019-W01-1T10:00:00Z"}, "bad_timestamp", "2019-W01"),
        ({"ts": "2001-12-31T23:59:59Z", "ms_played": 0}, "implausible_timestamp", "2002-01-01"),
        ({"ts": "2002-01-01T00:00:00Z", "ms_played": 1}, "implausible_timestamp", "after 1 ms"),
        ({"ts": "2026-01-02T00:00:01Z"}, "implausible_timestamp", "2026-01-02"),
        ({"ts": "2026-01-02T00:00:00Z", "ms_played": 0}, "implausible_timestamp", "2026-01-02"),
        ({"ts": "0001-01-01T00:00:00Z"}, "implausible_timestamp", "0001"),
        ({"ms_played": 2**63 - 1}, "implausible_timestamp", str(2**63 - 1)),
        ({"platform": "a\0b"}, "bad_text", "field 'platform': found a NUL"),
        ({"a\0": 1}, "bad_text", "NUL"),
        ({"platform": "a\ud800"}, "bad_text", "field 'platform': not valid Unicode"),
        ({"extra": ["\udfff"]}, "bad_text", "field 'extra'"),
        ({"extra": [float("inf")]}, "wrong_type", "field 'extra': found Infinity"),
    ],
)
def test_what_is_wrong_is_rejected_with_the_reason(changes: dict[str, object], reason: str, in_detail: str) -> None:
    batch = read_records(record(**changes))
    assert batch.records.num_rows == 0
    found_reason, detail = rejection(batch)
    assert found_reason == reason
    assert in_detail in detail
    assert "\n" not in detail


@pytest.mark.parametrize(
    ("ts", "ms_played"),
    [("2002-01-01T00:00:00Z", 0), ("2026-01-02T00:00:00Z", 1), ("2020-02-29T23:59:59.999999Z", 0)],
)
def test_ends_of_the_plausible_time_are_kept(ts: str, ms_played: int) -> None:
    row = read_row(ts=ts, ms_played=ms_played)
    assert row["ts"] == datetime.fromisoformat(ts).replace(tzinfo=None)


@pytest.mark.parametrize("value", [1546300800, 1546300800000])
@pytest.mark.parametrize(
    ("changes", "started_from"),
    [
        ({"offline": True}, "offline_timestamp"),
        ({"reason_end": "unexpected-exit"}, "offline_timestamp"),
        ({"reason_end": "unexpected-exit-while-paused"}, "offline_timestamp"),
        ({"offline": False}, "ts"),
        ({"offline": None, "reason_end": None}, "ts"),
        ({"offline": True, "ts": "2019-02-15T00:00:00Z"}, "ts"),
    ],
)
def test_offline_timestamp_tells_the_begin_where_ts_is_late(
    changes: dict[str, object], started_from: str, value: int
) -> None:
    row = read_row(offline_timestamp=value, **changes)
    began = {"offline_timestamp": datetime(2019, 1, 1), "ts": cast("datetime", row["ts"]) - timedelta(minutes=3)}
    assert (row["started_from"], row["started_at"]) == (started_from, began[started_from])


@pytest.mark.parametrize("item", [None, 1, "a", [], True, 1.5])
def test_items_that_are_no_objects(item: object) -> None:
    assert rejection(read_records(item))[0] == "not_an_object"


def test_backslash_before_u0000_is_ordinary_text() -> None:
    assert read_row(platform="a\\u0000")["platform"] == "a\\u0000"


def test_repeated_keys_are_rejected() -> None:
    batch = read(b'[{"ts": "2019-01-01T10:00:00Z", "ms_played": 1, "ms_played": 2}]')
    assert rejection(batch) == ("duplicate_field", "found field 'ms_played' more than once")


@pytest.mark.parametrize("levels", [17, 300, 100_000])
def test_deep_nesting_costs_one_record(levels: int) -> None:
    good = json.dumps(record())
    deep = good[:-1] + ', "extra": ' + "[" * levels + "]" * levels + "}"
    batch = read(f"[{good},{deep},{good}]".encode())
    assert rejection(batch)[0] == "too_deep"
    assert batch.records["source_row"].to_pylist() == [0, 2]


def test_rejections_show_no_personal_values() -> None:
    reason, detail = rejection(read_records(record(ip_addr=["192.0.2.77"])))
    assert reason == "wrong_type"
    assert "192.0.2.77" not in detail


def test_equal_records_have_equal_hashes_wherever_they_stand() -> None:
    reordered = dict(reversed(list(record().items())))
    data = zip_bytes(
        {AUDIO: [record(), record(), record(ms_played=1)], VIDEO: json.dumps([reordered], indent=2).encode()}
    )
    first, twin, other, elsewhere = read(data).records["record_hash"].to_pylist()
    assert first == twin == elsewhere != other
    assert len(first) == 32


def test_audio_video_and_old_files_are_read_together() -> None:
    names = [AUDIO, f"{FOLDER}/endsong_0.json", VIDEO]
    files = read(zip_bytes({name: [record()] for name in names})).records["source_file"].to_pylist()
    assert files == [f"{'f' * 64}/{number:04}" for number in range(3)]


def test_records_before_and_files_after_damage_arrive() -> None:
    damaged = json.dumps([record(), record()]).encode()[:-40]
    batch = read(zip_bytes({AUDIO: damaged, VIDEO: [record()]}))
    assert batch.records["source_row"].to_pylist() == [0, 0]
    (row,) = batch.rejected.to_pylist()
    assert (row["reason"], row["source_row"], row["source"]) == ("damaged_json", 1, "spotify_extended_history")
    assert "the rest of the file was not read" in row["detail"]


def test_corrupt_member_does_not_stop_the_others() -> None:
    data = bytearray(zip_bytes({AUDIO: [record()], VIDEO: [record()]}))
    start = data.index(AUDIO.encode()) + len(AUDIO)
    data[start : start + 10] = b"\xff" * 10
    batch = read(bytes(data))
    assert batch.records["source_file"].to_pylist() == [f"{'f' * 64}/0001"]
    assert rejection(batch) == ("damaged_member", "the file is damaged in its archive; download the archive again")


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.just("2019-01-01T10:00:00Z"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
CHANGES = st.dictionaries(st.sampled_from(list(record())) | st.text(max_size=5), JSON_VALUES | st.just(...), max_size=4)


@settings(max_examples=150)
@given(st.lists(JSON_VALUES | CHANGES.map(lambda changes: record(**changes)), max_size=6))
def test_every_record_is_a_row_or_a_rejection(records: Sequence[object]) -> None:
    batch = read_records(*records)
    rows = batch.records["source_row"].to_pylist() + batch.rejected["source_row"].to_pylist()
    assert sorted(rows) == list(range(len(records)))
    required = SPOTIFY_EXTENDED_HISTORY.required_columns
    assert all(batch.records[name].null_count == 0 for name in required)
    for row in batch.records.to_pylist():
        assert row["play_date"] == row["started_at"].date()
        assert BOUNDS.earliest <= row["started_at"] < BOUNDS.latest


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_rejections(data: bytes) -> None:
    batch = read(b"[" + data)
    assert batch.records.num_rows == 0


@pytest.mark.skipif(not REAL_ARCHIVE.exists(), reason="the real archive is not beside the project")
def test_real_archive_is_read_whole() -> None:
    with open_members(REAL_ARCHIVE) as members:
        batch = joined(members)
    frame = batch.records.select(["source_file", "master_metadata_track_name"]).to_pandas()
    audio = frame[frame["source_file"].isin({ORIGIN.file(member) for member in members if "Audio" in member.name})]
    assert batch.rejected.num_rows == 0
    assert (len(audio), len(frame) - len(audio)) == (36_224, 133)
    assert int(audio["master_metadata_track_name"].isna().sum()) == 824
