"""`python -m benches.io.contender NAME PARQUET FOLDER`: one way into DuckDB and out again, timed in its own process.

The rows are in memory before a write is timed, but for DuckDB's own, which reads the Parquet file. Each write includes
opening and closing the warehouse, after which the rows are on the disk.
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

from benches.io.plays import AFTER, FIRST_DAY
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS

MEMORY = "1GB"
LAST_DAY = AFTER.toordinal() - 1
RANGE = {
    "dagster/asset_partition_range_start": FIRST_DAY.isoformat(),
    "dagster/asset_partition_range_end": FIRST_DAY.fromordinal(LAST_DAY).isoformat(),
}
Figures = dict[str, float]
Rows = pa.Table | pd.DataFrame
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

    def load_input(self, context: dg.InputContext) -> Rows:
        begin = time.monotonic()
        rows = self.inner.load_input(context)
        self.reads.append(time.monotonic() - begin)
        return rows


def through_dagster(manager: object, timed: Timed, rows: Rows) -> Figures:
    """Write a range of partitions in one run, write it again, and read it in a step that follows."""
    partitions = dg.DailyPartitionsDefinition(FIRST_DAY.isoformat(), end_date=AFTER.isoformat())
    kind = type(rows)
    counts: list[int] = []

    def plays() -> Rows:
        return rows

    def counted(rows: Rows) -> None:
        counts.append(len(rows))

    plays.__annotations__["return"] = counted.__annotations__["rows"] = kind
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
    with dg.DagsterInstance.ephemeral() as instance:
        for selection in ([written], [written], [read]):
            dg.materialize([written, read], resources=resources, tags=RANGE, selection=selection, instance=instance)
    return {"write": timed.writes[0], "overwrite": timed.writes[1], "read": timed.reads[0], "rows": counts[0]}


def ours(parquet: Path, folder: Path) -> Figures:
    timed = Timed()
    timed.inner = DuckDBTables(warehouse_path=str(folder / "w.duckdb"), lock_path=str(folder / "w.lock"), memory=MEMORY)
    return through_dagster(timed, timed, pq.read_table(parquet))


def stock(parquet: Path, folder: Path) -> Figures:
    from dagster_duckdb_pandas import DuckDBPandasIOManager  # noqa: PLC0415  # for development only

    timed = Timed()

    class TimedStock(DuckDBPandasIOManager):
        """It takes its database from the configuration that Dagster hands to the resource, so it is made there."""

        def create_io_manager(self, context: dg.InitResourceContext) -> Timed:  # pyright: ignore[reportIncompatibleMethodOverride]
            timed.inner = super().create_io_manager(context)
            return timed

    manager = TimedStock(database=str(folder / "w.duckdb"))
    return through_dagster(manager, timed, pq.read_table(parquet).to_pandas(date_as_object=False))


def duckdb_itself(parquet: Path, folder: Path) -> Figures:
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


CONTENDERS: dict[str, Callable[[Path, Path], Figures]] = {"ours": ours, "duckdb": duckdb_itself, "stock": stock}

if __name__ == "__main__":
    figures = CONTENDERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(json.dumps(figures) + "\n")
