"""What the DuckDB and the Snowflake IO manager share: the slice of an output, the guard before it, its metadata.

What the guard asks of rows in memory is in guard.py, of rows in files in parquet_files.py.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pyarrow as pa

from tunegenie_assets.resources.guard import Window, check_window, guard
from tunegenie_assets.resources.parquet_files import ParquetFiles, guard_files
from tunegenie_assets.resources.row_days import day_column, days_in
from tunegenie_assets.resources.transient import again_where_transient
from tunegenie_assets.schemas.registry import TABLES, table_for
from tunegenie_assets.schemas.table import Table

Rows = pa.Table | ParquetFiles
"""What an asset hands on: a table in memory, or the names of files that hold its rows."""


def column_schema(table: Table) -> dg.TableSchema:
    """What the Dagster UI shows as the table's columns."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                c.name,
                str(c.type),
                description=c.description,
                constraints=dg.TableColumnConstraints(nullable=not c.required),
            )
            for c in table.columns
        ]
    )


class WarehouseIOManager(dg.ConfigurableIOManager):
    """Arrow between assets and a warehouse; `[layer, name]` is schema and table.

    Outputs are guarded `pyarrow.Table`s, `ParquetFiles` whose rows never pass through this process, or None where the
    asset wrote nothing here. Inputs arrive as `pyarrow.Table` or, where annotated so, `pandas.DataFrame`.
    """

    @abstractmethod
    def write(self, schema: Table, rows: Rows, window: Window | None) -> None:
        """Replace the window, or the whole table, in one transaction; columns are matched by name."""

    @abstractmethod
    def read(self, key: tuple[str, str], window: Window | None, columns: Sequence[str] | None = None) -> pa.Table:
        """The table's rows, of the window where one is given; all columns or those named."""

    @abstractmethod
    def create_missing(self, tables: Iterable[Table]) -> None:
        """Create those of the tables that do not exist, so that dbt finds every source."""

    @abstractmethod
    def query(self, sql: str, parameters: list[Any] | None = None) -> pa.Table:
        """The rows of one read-only statement, whose names are written in lower case and come back so.

        `parameters` take the place of the `?` in `sql`, in order; values are never put into the text. A `?` may stand
        where an expression may, so not after `limit`, where Snowflake wants a number.
        """

    @abstractmethod
    def erase(self, tables: Mapping[tuple[str, str], str | None], listener_id: str) -> None:
        """Delete the listener's rows of each table, by the column that says whose a row is; all rows without one."""

    def hand_over(self, file: Path) -> str | None:  # noqa: ARG002  # of the warehouses that have such a place
        """Put a file where the warehouse's own services read it; returns where, None where there is no such place."""
        return None

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002  # Dagster's signature
        """Called by Dagster before a run: models and checks find every table, though nothing has filled it yet."""
        self.create_all()

    def create_all(self) -> None:
        self.create_missing(TABLES)

    @again_where_transient()
    def handle_output(self, context: dg.OutputContext, obj: Rows | None) -> None:
        if obj is None:
            return
        schema = table_for(context.asset_key.path)
        window = _window(context, schema.partition_column)
        self.write(schema, _guarded(obj, schema, window), window)
        count = "dagster/partition_row_count" if window else "dagster/row_count"
        rows = obj.rows if isinstance(obj, ParquetFiles) else obj.num_rows
        context.add_output_metadata({count: rows, **_days(obj, schema)})

    @again_where_transient()
    def load_input(self, context: dg.InputContext) -> pa.Table | pd.DataFrame:
        key = context.asset_key.path
        window = _window(context, _partition_column(key)) if context.has_asset_partitions else None
        columns = context.definition_metadata.get("columns")
        rows = self.read((key[0], key[1]), window, columns)
        return rows.to_pandas() if context.dagster_type.typing_type is pd.DataFrame else rows


def _guarded(rows: Rows, schema: Table, window: Window | None) -> Rows:
    if isinstance(rows, ParquetFiles):
        guard_files(rows, schema, window)
        return rows
    table = guard(rows, schema)
    if window is not None:
        check_window(table, window, ".".join(schema.key))
    return table


def _days(rows: Rows, schema: Table) -> dict[str, Any]:
    """What files hold their asset has counted."""
    if isinstance(rows, ParquetFiles):
        return {}
    return days_in(rows, day_column({c.name: str(c.type) for c in schema.columns}, schema.partition_column))


def selected(columns: Sequence[str] | None) -> str:
    """The select list of a read; names come from asset definitions."""
    return ", ".join(columns) if columns else "*"


def _window(context: dg.OutputContext | dg.InputContext, column: str | None) -> Window | None:
    if column is None or not context.has_asset_partitions:
        return None
    days = context.asset_partitions_time_window
    return Window(column, days.start.date(), days.end.date())


def _partition_column(key: Iterable[str]) -> str | None:
    """Tables that dbt builds by day name their partition column as the raw tables do; None for those kept whole."""
    for table in TABLES:
        if table.key == tuple(key):
            return table.partition_column
    return "play_date"
