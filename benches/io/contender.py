"""`python -m benches.io.contender NAME PARQUET DAYS FOLDER`: one way into DuckDB and out, timed in its own process.

The rows are in memory before a write is timed, but for those that come from files: DuckDB's own reads the file PARQUET,
`files` those of the folder DAYS. Each write includes opening and closing the warehouse, after which the rows are on the
disk.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg
import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from benches.io.plays import AFTER, FIRST_DAY
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.parquet_files import ParquetFiles
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS

MEMORY = "1GB"
LAST_DAY = AFTER.toordinal() - 1
RANGE = {
    "dagster/asset_partition_range_start": FIRST_DAY.isoformat(),
    "dagster/asset_partition_range_end": FIRST_DAY.fromordinal(LAST_DAY).isoformat(),
}
Figures = dict[str, float]
Rows = pa.Table | pd.DataFrame | ParquetFiles
Result = TypeVar("Result")


class Timed(dg.IOManager):
    """Another IO manager, and how long it took each time."""

    def __init__(self) -> None:
        self.inner: Any = None
        self.writes: list[float] = []
        self.reads: list[float] = []

    def handle_output(self, context: dg.OutputContext, obj: Rows) -> None:
        begin = time.monotonic()
        self.inner.handle_output(context, obj)
        self.writes.append(time.monotonic() - begin)

    def load_input(self, context: dg.InputContext) -> pa.Table | pd.DataFrame:
        begin = time.monotonic()
        rows = self.inner.load_input(context)
        self.reads.append(time.monotonic() - begin)
        return rows


def through_dagster(manager: object, timed: Timed, rows: Rows) -> Figures:
    """Write a range of partitions in one run, write it again, and read it in a step that follows.

    What is handed on as files is not read: the rows would be in memory, where they have not been before.
    """
    partitions = dg.DailyPartitionsDefinition(FIRST_DAY.isoformat(), end_date=AFTER.isoformat())
    counts: list[int] = []

    def plays() -> Rows:
        return rows

    def counted(rows: pa.Table | pd.DataFrame) -> None:
        counts.append(len(rows))

    plays.__annotations__["return"] = counted.__annotations__["rows"] = type(rows)
    single_run = dg.BackfillPolicy.single_run()
    written = dg.asset(
        key=list(SYNTHETIC_PLAYS.key),
        metadata={"partition_expr": SYNTHETIC_PLAYS.partition_column},
        partitions_def=partitions,
        backfill_policy=single_run,
    )(plays)
    read = dg.asset(
        ins={"rows": dg.AssetIn(list(SYNTHETIC_PLAYS.key))},
        io_manager_key="nothing",
        partitions_def=partitions,
        backfill_policy=single_run,
    )(counted)
    resources = {"io_manager": manager, "nothing": dg.InMemoryIOManager()}
    selections = [[written], [written], *([] if isinstance(rows, ParquetFiles) else [[read]])]
    with dg.DagsterInstance.ephemeral() as instance:
        for selection in selections:
            dg.materialize([written, read], resources=resources, tags=RANGE, selection=selection, instance=instance)
    figures = {"write": timed.writes[0], "overwrite": timed.writes[1]}
    return figures | ({"read": timed.reads[0], "rows": counts[0]} if counts else {})


def ours(parquet: Path, _days: Path, folder: Path) -> Figures:
    timed = Timed()
    timed.inner = _warehouse(folder)
    return through_dagster(timed, timed, pq.read_table(parquet))


def files(parquet: Path, days: Path, folder: Path) -> Figures:
    timed = Timed()
    timed.inner = warehouse = _warehouse(folder)
    landed = ParquetFiles(tuple(UPath(path) for path in sorted(days.iterdir())), pq.read_metadata(parquet).num_rows)
    figures = through_dagster(timed, timed, landed)
    [stored] = warehouse.query("select count(*) as plays from synthetic.plays").to_pylist()
    return figures | {"rows": stored["plays"]}


def _warehouse(folder: Path) -> DuckDBTables:
    return DuckDBTables(warehouse_path=str(folder / "w.duckdb"), lock_path=str(folder / "w.lock"), memory=MEMORY)


def stock(parquet: Path, _days: Path, folder: Path) -> Figures:
    from dagster_duckdb_pandas import DuckDBPandasIOManager  # noqa: PLC0415  # for development only

    timed = Timed()

    class TimedStock(DuckDBPandasIOManager):
        """It takes its database from the configuration that Dagster hands to the resource, so it is made there."""

        def create_io_manager(self, context: dg.InitResourceContext) -> Timed:  # pyright: ignore[reportIncompatibleMethodOverride]
            timed.inner = super().create_io_manager(context)
            return timed

    manager = TimedStock(database=str(folder / "w.duckdb"))
    return through_dagster(manager, timed, pq.read_table(parquet).to_pandas(date_as_object=False))


def duckdb_itself(parquet: Path, _days: Path, folder: Path) -> Figures:
    def create() -> None:
        with duckdb.connect(str(folder / "w.duckdb")) as connection:
            connection.execute(f"set memory_limit = '{MEMORY}'")
            connection.execute("create or replace table plays as select * from read_parquet(?)", [str(parquet)])

    def select() -> int:
        with duckdb.connect(str(folder / "w.duckdb")) as connection:
            connection.execute(f"set memory_limit = '{MEMORY}'")
            return connection.sql("select * from plays").to_arrow_table().num_rows

    write, _ = _timed(create)
    overwrite, _ = _timed(create)
    read, rows = _timed(select)
    return {"write": write, "overwrite": overwrite, "read": read, "rows": rows}


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    begin = time.monotonic()
    result = work()
    return time.monotonic() - begin, result


CONTENDERS: dict[str, Callable[[Path, Path, Path], Figures]] = {
    "ours": ours,
    "files": files,
    "duckdb": duckdb_itself,
    "stock": stock,
}

if __name__ == "__main__":
    figures = CONTENDERS[sys.argv[1]](*map(Path, sys.argv[2:]))
    sys.stdout.write(json.dumps(figures) + "\n")
