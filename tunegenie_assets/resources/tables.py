"""What the DuckDB and the Snowflake IO manager share: the schema guard, the slice of an output, its metadata.

A table is guarded before it is written: names, types and required values must be those of schemas/, and columns
are put into that order. The stock IO managers insert by position, so two columns of one type swap unnoticed.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tunegenie_assets.schemas.registry import TABLES, table_for
from tunegenie_assets.schemas.table import Column, Table


class SchemaMismatchError(Exception):
    """A table that is not what its schema says; nothing was written."""


@dataclass(frozen=True)
class Window:
    """The half-open range of UTC days that a write replaces or a read returns."""

    column: str
    start: date
    end: date


def guard(table: pa.Table, schema: Table) -> pa.Table:
    """`table` with the columns of `schema` in its order and types.

    Raises:
        SchemaMismatchError: a column is missing, unknown, of another type, or null where a value is required.
    """
    name = ".".join(schema.key)
    expected = schema.arrow_schema
    missing = [c for c in expected.names if c not in table.column_names]
    unknown = [c for c in table.column_names if c not in expected.names]
    repeated = sorted({c for c in table.column_names if table.column_names.count(c) > 1})
    if missing or unknown or repeated:
        raise SchemaMismatchError(
            f"{name}: missing columns {missing}, unknown columns {unknown}, repeated columns {repeated}"
        )
    columns = [_checked(name, table.column(column.name), column) for column in schema.columns]
    return pa.Table.from_arrays(columns, schema=expected)


def _checked(table: str, values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    """The values in the type of the column."""
    name = f"{table}.{column.name}"
    if not (values.type.equals(column.type) or _is_harmless(values.type, column.type)):
        raise SchemaMismatchError(f"{name}: type {values.type}, expected {column.type}")
    if column.required and values.null_count:
        raise SchemaMismatchError(f"{name}: {values.null_count} nulls in a required column")
    try:
        return values.cast(column.type)
    except pa.ArrowInvalid as error:
        raise SchemaMismatchError(f"{name}: {error}") from error


def _is_harmless(found: pa.DataType, expected: pa.DataType) -> bool:
    """Other spellings of the same values; a time too fine or too far away for the column fails in the cast."""
    if pa.types.is_null(found):
        return True
    if pa.types.is_string(expected):
        return pa.types.is_large_string(found) or pa.types.is_string_view(found)
    if pa.types.is_int64(expected):
        return pa.types.is_integer(found) and not pa.types.is_uint64(found)
    if pa.types.is_timestamp(expected):
        return pa.types.is_timestamp(found) and found.tz is None
    return False


def check_window(table: pa.Table, window: Window, name: str) -> None:
    """Stop a write that holds rows outside the days it replaces: they would be doubled on the next write.

    Raises:
        SchemaMismatchError: a row lies outside.
    """
    days = pc.min_max(table.column(window.column)).as_py()  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    if days["min"] is not None and (days["min"] < window.start or days["max"] >= window.end):
        raise SchemaMismatchError(
            f"{name}: rows from {days['min']} to {days['max']} outside the window {window.start} to {window.end}"
        )


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

    Outputs are guarded `pyarrow.Table`s, or None where the asset wrote nothing here. Inputs arrive as
    `pyarrow.Table` or, where annotated so, `pandas.DataFrame`.
    """

    @abstractmethod
    def write(self, schema: Table, rows: pa.Table, window: Window | None) -> None:
        """Replace the window, or the whole table, in one transaction."""

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

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002  # Dagster's signature
        """Called by Dagster before a run: models and checks find every table, though nothing has filled it yet."""
        self.create_all()

    def create_all(self) -> None:
        self.create_missing(TABLES)

    def handle_output(self, context: dg.OutputContext, obj: pa.Table | None) -> None:
        if obj is None:
            return
        schema = table_for(context.asset_key.path)
        window = _window(context, schema.partition_column)
        rows = guard(obj, schema)
        if window is not None:
            check_window(rows, window, ".".join(schema.key))
        self.write(schema, rows, window)
        count = "dagster/partition_row_count" if window else "dagster/row_count"
        context.add_output_metadata({count: rows.num_rows})

    def load_input(self, context: dg.InputContext) -> pa.Table | pd.DataFrame:
        key = context.asset_key.path
        window = _window(context, _partition_column(key)) if context.has_asset_partitions else None
        columns = context.definition_metadata.get("columns")
        rows = self.read((key[0], key[1]), window, columns)
        return rows.to_pandas() if context.dagster_type.typing_type is pd.DataFrame else rows


def selected(columns: Sequence[str] | None) -> str:
    """The select list of a read; names come from asset definitions."""
    return ", ".join(columns) if columns else "*"


def _window(context: dg.OutputContext | dg.InputContext, column: str | None) -> Window | None:
    if column is None or not context.has_asset_partitions:
        return None
    days = context.asset_partitions_time_window
    return Window(column, days.start.date(), days.end.date())


def _partition_column(key: Iterable[str]) -> str:
    """Tables that dbt builds by day name their partition column as the raw tables do."""
    for table in TABLES:
        if table.key == tuple(key) and table.partition_column:
            return table.partition_column
    return "play_date"
