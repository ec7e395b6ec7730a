from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benches.report import missed
from benches.simulate import peers
from benches.simulate.__main__ import FLOORS
from benches.simulate.measuring import PLANS, Measured, Written, figures_of
from benches.simulate.step import FIRST_DAY, UNTIL, days_for, loop, write_again, write_range
from ml.listeners.plays import PLAYS_SCHEMA


@pytest.mark.parametrize("action", ["faker", "thrifty"])
def test_a_loop_fills_every_column_of_the_plays(tmp_path: Path, action: str) -> None:
    assert loop(action, tmp_path, 50)["plays"] == 50
    rows = pq.read_table(tmp_path / action / "plays.parquet")
    assert (rows.column_names, rows.num_rows) == (PLAYS_SCHEMA.names, 50)
    assert not any(column.null_count for column in rows.columns)


def test_names_of_the_common_loop_are_all_asked_of_faker(tmp_path: Path) -> None:
    peers.faker_loop(200, tmp_path / "faker.parquet", 1)
    assert len(set(pq.read_table(tmp_path / "faker.parquet")["track_id"].to_pylist())) == 200


def test_a_range_holds_about_the_plays_that_were_asked_for_and_pyarrow_writes_the_same(tmp_path: Path) -> None:
    days = tmp_path / "days"
    written = write_range(days, listeners=60, plays=3_000)
    assert 2_000 < written["plays"] < 5_000
    assert written["rows_lost"] == 0
    loop("faker", days, 5)
    assert write_again(days, 3_000_000)["plays"] == written["plays"]
    copies, originals = (
        sum((pq.read_table(file).to_pylist() for file in sorted(folder.glob("*.parquet"))), list[object]())
        for folder in (days / "again", days)
    )
    assert sorted(map(str, copies)) == sorted(map(str, originals))


def test_only_the_first_days_are_written_again(tmp_path: Path) -> None:
    days = tmp_path / "days"
    written = write_range(days, listeners=60, plays=3_000)
    assert 0 < write_again(days, 1)["plays"] < written["plays"]


def test_days_are_as_many_as_the_plays_take_and_no_more_than_the_population_plays() -> None:
    assert days_for(100_000, 1_000) == 103
    assert days_for(1, 1_000_000) == 1
    with pytest.raises(SystemExit, match="more listeners are needed"):
        days_for(((UNTIL - FIRST_DAY).days + 1) * 1_000, 1_000)


def written(plays: int, seconds: float, peak_mb: float = 100) -> Written:
    return Written(plays, seconds, peak_mb, days=2, bytes=plays * 10)


def test_ratios_are_of_medians_and_above_one_where_ours_is_faster() -> None:
    measured = Measured(
        plan=PLANS["full"],
        ranges=[written(30_000_000, seconds) for seconds in (10.0, 15.0, 100.0)],
        peers={
            "faker": [written(20_000, seconds) for seconds in (2.0, 1.0, 2.0)],
            "thrifty": [written(20_000, 0.1)],
            "pyarrow": [written(4_000_000, 1.0)],
        },
        few=written(3_000_000, 2.0, 1000),
        many=written(15_000_000, 10.0, 1600),
    )
    figures = figures_of(measured)
    assert figures["plays_per_second"] == 2_000_000
    assert figures["seconds_of_30_million"] == 15
    assert [figures[f"ratio_to_{peer}"] for peer in ("faker", "thrifty_loop", "pyarrow")] == [200, 10, 0.5]
    assert (figures["memory_ratio"], figures["bytes_per_play"]) == (1.6, 10)
    assert missed(FLOORS, figures, "full") == [
        "peak_mb is 1600, at most 1536 is required",
        "memory_ratio is 1.6, at most 1.2 is required",
    ]
