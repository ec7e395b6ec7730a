"""Invented rows of the table synthetic.plays, for tests of the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.guard import Window
from tunegenie_assets.resources.parquet_files import ParquetFiles
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS

FIRST, SECOND, THIRD = date(2025, 3, 8), date(2025, 3, 9), date(2025, 3, 10)
"""New York changes its clocks on the second."""

PLAYS = dg.AssetKey(list(SYNTHETIC_PLAYS.key))


def warehouse_in(folder: Path) -> DuckDBTables:
    return DuckDBTables(
        warehouse_path=str(folder / "warehouse.duckdb"), lock_path=str(folder / "warehouse.duckdb.lock")
    )


def window(first: date, end: date) -> Window:
    return Window("play_date", first, end)


def plays(*days: date, listener: str = "sim-1", ms_played: int = 1000) -> pa.Table:
    """A play at midnight and one a minute before the next, on each of the days."""
    moments = [(day, at) for day in days for at in (time(0, 0), time(23, 59))]
    rows = [
        {
            "play_date": day,
            "listener_id": listener,
            "started_at": datetime.combine(day, at),
            "ended_at": datetime.combine(day, at),
            "ms_played": ms_played,
            "track_id": "t1",
            "track_name": "Tin Roof",
            "artist_name": "The Gutters",
            "album_name": None,
            "platform": "ios",
            "reason_start": "clickrow",
            "reason_end": "trackdone",
            "shuffle": False,
            "skipped": False,
        }
        for day, at in moments
    ]
    return pa.Table.from_pylist(rows, schema=SYNTHETIC_PLAYS.arrow_schema)


def stored(warehouse: DuckDBTables, columns: Sequence[str] = ("play_date", "ms_played")) -> list[tuple[object, ...]]:
    """The rows of synthetic.plays, in order."""
    rows = warehouse.query(f"select {', '.join(columns)} from synthetic.plays order by all")
    return [tuple(row.values()) for row in rows.to_pylist()]


def fill(folder: Path, *statements: str) -> None:
    """Run statements on the warehouse in `folder`."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        for statement in statements:
            connection.execute(statement)


def written(folder: Path, *tables: pa.Table, rows: int | None = None) -> ParquetFiles:
    """Tables as files of a folder, in that order; said to hold `rows`, which are those they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [UPath(folder / f"{number}.parquet") for number in range(len(tables))]
    for path, table in zip(paths, tables, strict=True):
        pq.write_table(table, str(path), compression="lz4")
    return ParquetFiles(tuple(paths), sum(table.num_rows for table in tables) if rows is None else rows)
