"""The guard before a load of files: it reads what they tell of themselves, and stops what the guard of tables stops."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upath import UPath

from tests.unit.resources.samples import FIRST, SECOND, THIRD, plays, window, written
from tunegenie_assets.resources.guard import SchemaMismatchError
from tunegenie_assets.resources.parquet_files import ParquetFiles, guard_files
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS

ROWS = plays(FIRST)
DAY = window(FIRST, SECOND)


def with_column(name: str, values: pa.Array) -> pa.Table:
    return ROWS.set_column(ROWS.column_names.index(name), name, values)


def refused(files: ParquetFiles, match: str) -> None:
    with pytest.raises(SchemaMismatchError, match=match):
        guard_files(files, SYNTHETIC_PLAYS, DAY)


def test_files_of_days_of_the_window_pass(tmp_path: Path) -> None:
    files = written(tmp_path, plays(FIRST), SYNTHETIC_PLAYS.empty(), plays(SECOND))
    guard_files(files, SYNTHETIC_PLAYS, window(FIRST, THIRD))
    guard_files(files, SYNTHETIC_PLAYS, None)


def test_no_files_pass(tmp_path: Path) -> None:
    guard_files(written(tmp_path), SYNTHETIC_PLAYS, DAY)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    guard_files(written(tmp_path, ROWS.select(sorted(ROWS.column_names))), SYNTHETIC_PLAYS, window(FIRST, SECOND))


def test_a_day_stands_in_one_file(tmp_path: Path) -> None:
    refused(written(tmp_path, ROWS, ROWS), r"synthetic\.plays: 1\.parquet: .* stands in a file before it")


@pytest.mark.parametrize("values", [pa.array(["a", "b"], pa.large_string()), pa.array(["a", "b"]).dictionary_encode()])
def test_text_may_have_been_laid_out_otherwise(tmp_path: Path, values: pa.Array) -> None:
    guard_files(written(tmp_path, with_column("track_id", values)), SYNTHETIC_PLAYS, DAY)


def test_missing_and_unknown_columns_are_named(tmp_path: Path) -> None:
    wrong = ROWS.drop_columns(["skipped"]).append_column("was_skipped", pa.array([True, False]))
    refused(
        written(tmp_path, ROWS, wrong), r"synthetic\.plays: 1\.parquet: missing columns \['skipped'\], .*was_skipped"
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ms_played", pa.array([1.0, 2.0])),
        ("ms_played", pa.array(["1", "2"])),
        ("ms_played", pa.array([1, 2], pa.int32())),
        ("skipped", pa.array([0, 1])),
        ("play_date", pa.array([FIRST, FIRST]).cast(pa.timestamp("us"))),
        ("started_at", pa.array([0, 1], pa.timestamp("us", tz="UTC"))),
        ("started_at", pa.array([0, 1000], pa.timestamp("ns"))),
        ("album_name", pa.nulls(2)),
        ("track_id", pa.array([b"a", b"b"])),
        ("track_id", pa.array([["a"], ["b"]])),
    ],
)
def test_other_types_are_refused(tmp_path: Path, name: str, values: pa.Array) -> None:
    refused(written(tmp_path, with_column(name, values)), rf"0\.parquet\.{name}: type .*, expected ")


@pytest.mark.parametrize("name", SYNTHETIC_PLAYS.required_columns)
def test_null_in_a_required_column_is_refused(tmp_path: Path, name: str) -> None:
    values = pa.array([ROWS.column(name)[0].as_py(), None], SYNTHETIC_PLAYS.arrow_schema.field(name).type)
    refused(written(tmp_path, ROWS, with_column(name, values)), rf"1\.parquet\.{name}: 1 nulls in a required column")


def test_null_in_a_later_group_of_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "day.parquet"
    pq.write_table(with_column("track_id", pa.array(["a", None])), path, row_group_size=1)
    refused(ParquetFiles((UPath(path),), 2), "track_id: 1 nulls")


@pytest.mark.parametrize("day", [date(2025, 3, 7), SECOND])
def test_rows_outside_the_window_are_refused(tmp_path: Path, day: date) -> None:
    rows = plays(*sorted([day, FIRST]))
    refused(written(tmp_path, ROWS, rows), "rows from .* outside the window 2025-03-08 to 2025-03-09")


def test_file_that_does_not_tell_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "day.parquet"
    pq.write_table(ROWS, path, write_statistics=False)
    refused(ParquetFiles((UPath(path),), 2), r"day\.parquet\.play_date: the file has no statistics")


def test_files_with_other_rows_than_said_are_refused(tmp_path: Path) -> None:
    refused(written(tmp_path, ROWS, rows=3), "2 rows in files that are said to hold 3")


def test_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "day.parquet"
    path.write_text("play_date,listener_id")
    refused(ParquetFiles((UPath(path),), 1), r"day\.parquet: not a Parquet file")
