"""Rows that tests write to both warehouses, and how they look at them. The warehouses themselves are in conftest.py."""

from datetime import date, datetime, timedelta
from importlib.util import find_spec

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upath import UPath

from tunegenie_assets.resources.guard import Window
from tunegenie_assets.resources.parquet_files import ParquetFiles
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS
from tunegenie_assets.schemas.recommender import EVALUATION
from tunegenie_assets.schemas.table import Column, Table

ON_BOTH = [
    pytest.mark.skipif(
        find_spec("dagster_snowflake") is None or find_spec("fakesnow") is None,
        reason="needs the snowflake extra and fakesnow",
    ),
    # The server's own way of reading DuckDB.
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result makes an extra copy"),
]
"""Marks of tests that write to Snowflake's clients too."""

FIRST = date(2025, 1, 1)
FAR = datetime(9999, 12, 31, 23, 59, 59, 999_999)
KEY = SYNTHETIC_PLAYS.key


def days(first: int, after: int) -> Window:
    """The days from FIRST + `first` until before FIRST + `after`."""
    return Window("play_date", FIRST + timedelta(days=first), FIRST + timedelta(days=after))


def plays(day: int, count: int, *, name: str = "Sommer") -> pa.Table:
    """Plays of one day, an hour apart, with nulls and with microseconds that matter."""
    start = datetime.combine(FIRST, datetime.min.time()) + timedelta(days=day, microseconds=1)
    rows = [
        {
            "play_date": FIRST + timedelta(days=day),
            "listener_id": "sim-1",
            "started_at": start + timedelta(hours=hour),
            "ended_at": start + timedelta(hours=hour, minutes=3),
            "ms_played": 180_000 + hour,
            "track_id": f"{day}-{hour}",
            "track_name": name,
            "artist_name": "Die Gassenhauer",
            "album_name": None if hour % 2 else "Regen",
            "platform": "ios",
            "reason_start": "clickrow",
            "reason_end": "trackdone",
            "shuffle": bool(hour % 2),
            "skipped": False,
        }
        for hour in range(count)
    ]
    return pa.Table.from_pylist(rows, schema=SYNTHETIC_PLAYS.arrow_schema)


def evaluation(*values: float) -> pa.Table:
    rows = [
        {
            "week": FIRST,
            "model": "popularity",
            "metric": f"m{number}",
            "value": value,
            "half_width": None,
            "listeners": 2**40,
            "split_at": FAR,
        }
        for number, value in enumerate(values)
    ]
    return pa.Table.from_pylist(rows, schema=EVALUATION.arrow_schema)


def stored(warehouse: WarehouseIOManager, window: Window | None = None) -> pa.Table:
    return warehouse.read(KEY, window).sort_by("started_at")


def without(table: Table, column: str) -> Table:
    """The table as an earlier version of the project knew it."""
    columns: tuple[Column, ...] = tuple(c for c in table.columns if c.name != column)
    return Table(table.layer, table.name, table.row, columns, table.partition_column)


def unloadable(rows: pa.Table) -> pa.Table:
    """Rows whose last value the warehouse cannot read as a number."""
    position = rows.column_names.index("ms_played")
    values = [*(str(value) for value in rows.column("ms_played").to_pylist()[:-1]), "three minutes"]
    return rows.set_column(position, "ms_played", pa.array(values))


def moved(folder: UPath, *tables: pa.Table) -> ParquetFiles:
    """Tables as files of an object store."""
    paths = [folder / f"{number}.parquet" for number in range(len(tables))]
    for path, table in zip(paths, tables, strict=True):
        with path.open("wb") as file:
            pq.write_table(table, file)
    return ParquetFiles(tuple(paths), sum(table.num_rows for table in tables))
