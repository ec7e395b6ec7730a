from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sources.samples import LANDED_AT, record, zip_bytes
from tunegenie_assets.schemas.histories import SPOTIFY_ACCOUNT_HISTORY, SPOTIFY_EXTENDED_HISTORY
from tunegenie_assets.sources.archive import Member, archive_members
from tunegenie_assets.sources.errors import DamagedArchiveError
from tunegenie_assets.sources.formats.spotify_account import SPOTIFY_ACCOUNT
from tunegenie_assets.sources.formats.spotify_extended import SPOTIFY_EXTENDED
from tunegenie_assets.sources.reader import Origin, damaged_member, read_member

ORIGIN = Origin("ada", "f" * 64, LANDED_AT)
BOUNDS = ORIGIN.bounds(date(2002, 1, 1))


def member_of(data: bytes) -> Member:
    (member,) = archive_members(io.BytesIO(data), "a.json")
    return member


def test_bounds_end_with_the_day_of_landing() -> None:
    landed = Origin("ada", "f" * 64, LANDED_AT + timedelta(hours=13))
    assert landed.bounds(date(2002, 1, 1)) == BOUNDS
    assert BOUNDS.latest == LANDED_AT + timedelta(days=1)


def test_batches_hold_at_most_the_size_asked_for() -> None:
    member = member_of(json.dumps([record(), 1, record(), record(), 2]).encode())
    batches = list(read_member(member, SPOTIFY_EXTENDED, ORIGIN, BOUNDS, batch_records=2))
    assert [(batch.records.num_rows, batch.rejected.num_rows) for batch in batches] == [(1, 1), (2, 0), (0, 1)]


def test_every_row_tells_where_it_stands() -> None:
    member = member_of(zip_bytes({"folder/a.json": [record(), 1]}))
    (batch,) = read_member(member, SPOTIFY_EXTENDED, ORIGIN, BOUNDS)
    (row,) = batch.records.to_pylist()
    (rejection,) = batch.rejected.to_pylist()
    for found, position in ((row, 0), (rejection, 1)):
        assert (found["listener_id"], found["ingested_at"]) == ("ada", LANDED_AT)
        assert (found["source_file"], found["source_row"]) == (f"{'f' * 64}/0000", position)
    assert rejection["source"] == "spotify_extended_history"
    assert batch.damage is None


def test_files_are_numbered_in_the_order_of_their_names() -> None:
    names = ["b/recenttracks-ada-1.csv", "a.json", *(f"c{number:02}" for number in range(10))]
    members = archive_members(io.BytesIO(zip_bytes(dict.fromkeys(names))), "a.zip")
    files = [ORIGIN.file(member) for member in members]
    assert [member.name for member in members] == sorted(names)
    assert files == sorted(files) == [f"{'f' * 64}/{number:04}" for number in range(12)]


def test_damage_is_one_rejection_after_what_came_before() -> None:
    member = member_of(json.dumps([record(), 1, record()]).encode()[:-9])
    batches = list(read_member(member, SPOTIFY_EXTENDED, ORIGIN, BOUNDS, batch_records=2))
    assert [batch.damage is None for batch in batches] == [True, False]
    (row,) = batches[-1].rejected.to_pylist()
    assert (row["reason"], row["source_row"], row["detail"]) == ("damaged_json", 2, batches[-1].damage)


def test_file_that_cannot_be_recognised_for_damage_is_one_rejection() -> None:
    error = DamagedArchiveError("a.zip: 'b-ada.json' is damaged")
    batch = damaged_member(member_of(b"x"), SPOTIFY_EXTENDED_HISTORY, ORIGIN, error)
    (row,) = batch.rejected.to_pylist()
    assert (row["reason"], row["source_row"], batch.damage) == ("damaged_member", 0, str(error))
    assert row["detail"] == "the file is damaged in its archive; download the archive again"
    assert batch.records.equals(SPOTIFY_EXTENDED_HISTORY.empty())


TIMES = st.datetimes(BOUNDS.earliest - timedelta(days=1), BOUNDS.latest + timedelta(days=1))
ACCOUNT_RECORDS = st.fixed_dictionaries(
    {
        "endTime": TIMES.map("{:%Y-%m-%d %H:%M}".format) | st.text(max_size=3) | st.none(),
        "msPlayed": st.integers(-1, 2**64) | st.floats() | st.none(),
    },
    optional={
        "artistName": st.text(),
        "trackName": st.text() | st.none(),
        "podcastName": st.text(),
        "chapterTitle": st.text() | st.lists(st.none()),
        "new": st.dictionaries(st.text(), st.integers()),
    },
)


@settings(max_examples=150)
@given(st.lists(ACCOUNT_RECORDS | st.integers() | st.none(), max_size=6))
def test_every_account_record_is_a_row_or_a_rejection(records: Sequence[object]) -> None:
    batches = list(read_member(member_of(json.dumps(records).encode()), SPOTIFY_ACCOUNT, ORIGIN, BOUNDS))
    rows = pa.concat_tables([SPOTIFY_ACCOUNT_HISTORY.empty(), *(batch.records for batch in batches)])
    rejected = [row for batch in batches for row in batch.rejected["source_row"].to_pylist()]
    assert sorted([*rows["source_row"].to_pylist(), *rejected]) == list(range(len(records)))
    assert all(rows[name].null_count == 0 for name in SPOTIFY_ACCOUNT_HISTORY.required_columns)
    for row in rows.to_pylist():
        assert is_soundly_begun(row["started_at"], row["end_time"], row["ms_played"])
        assert row["play_date"] == row["started_at"].date()


def is_soundly_begun(started_at: datetime, end_time: datetime, ms_played: int) -> bool:
    length = timedelta(milliseconds=min(ms_played, 4 * 3_600_000))
    return BOUNDS.earliest <= started_at < BOUNDS.latest and end_time - started_at == length
