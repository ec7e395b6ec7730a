"""What is checked before a write of a table in memory: names, types, required values, days. The writes are elsewhere.

Names, types and required values must be those of schemas/, and columns are put into that order: the stock IO managers
insert by position, so two columns of one type swap unnoticed. Rows that lie in files are checked in parquet_files.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

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
    check_names(table.column_names, schema, name)
    columns = [_checked(name, table.column(column.name), column) for column in schema.columns]
    return pa.Table.from_arrays(columns, schema=schema.arrow_schema)


def check_names(found: Sequence[str], schema: Table, name: str) -> None:
    """Stop a write of other columns than those of `schema`, in whatever order.

    Raises:
        SchemaMismatchError: a column is missing, unknown, or there twice.
    """
    expected = schema.arrow_schema.names
    missing = [c for c in expected if c not in found]
    unknown = [c for c in found if c not in expected]
    repeated = sorted({c for c in found if found.count(c) > 1})
    if missing or unknown or repeated:
        raise SchemaMismatchError(
            f"{name}: missing columns {missing}, unknown columns {unknown}, repeated columns {repeated}"
        )


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
    if days["min"] is not None:
        check_days(days["min"], days["max"], window, name)


def check_days(first: date, last: date, window: Window, name: str) -> None:
    """Stop a write of rows from `first` to `last` where one of the two lies outside the days that it replaces.

    Raises:
        SchemaMismatchError: it does.
    """
    if first < window.start or last >= window.end:
        raise SchemaMismatchError(
            f"{name}: rows from {first} to {last} outside the window {window.start} to {window.end}"
        )
