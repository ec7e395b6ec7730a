from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benches.io.__main__ import FLOORS, Measured, figures_of
from benches.io.plays import AFTER, FIRST_DAY, write_days, write_plays
from benches.report import missed
from tunegenie_assets.resources.guard import Window, check_window, guard
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS


def test_the_same_plays_are_written_each_time_and_are_those_of_the_schema(tmp_path: Path) -> None:
    first, second = tmp_path / "first.parquet", tmp_path / "second.parquet"
    for path in (first, second):
        write_plays(path, 3_000)
    rows = guard(pq.read_table(first), SYNTHETIC_PLAYS)
    assert rows.equals(guard(pq.read_table(second), SYNTHETIC_PLAYS))
    assert rows.num_rows == 3_000
    check_window(rows, Window("play_date", FIRST_DAY, AFTER), "plays")
    days = pc.count_distinct(rows.column("play_date"))  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    assert days == pa.scalar((AFTER - FIRST_DAY).days)
    write_days(first, tmp_path / "days")
    files = sorted((tmp_path / "days").iterdir())
    assert guard(pa.concat_tables([pq.read_table(file) for file in files]), SYNTHETIC_PLAYS).equals(rows)


def test_ratios_are_above_one_where_ours_is_faster() -> None:
    measured = {
        "ours": Measured(write=2.0, overwrite=4.0, read=1.0, peak_mb=500, rows=99),
        "files": Measured(write=0.5, overwrite=1.0, read=None, peak_mb=300, rows=100),
        "duckdb": Measured(write=1.0, overwrite=2.0, read=1.0, peak_mb=400, rows=100),
        "stock": Measured(write=6.0, overwrite=8.0, read=4.0, peak_mb=900, rows=100),
    }
    figures = figures_of(measured, 100)
    assert (figures["rows_per_second"], figures["ratio_to_duckdb"], figures["ratio_to_stock"]) == (50, 0.5, 3.0)
    assert (figures["files_rows_per_second"], figures["files_ratio_to_duckdb"]) == (200, 2.0)
    assert missed(FLOORS, figures, "full") == ["rows_lost is 1, at most 0 is required"]
