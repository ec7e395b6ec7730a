"""Rows that lie in Parquet files, and what is checked before a load. The loads are in the warehouses' modules.

Nothing is cast on the way from a file to a table, and no row is read here: a file tells its columns, their types, its
nulls and its first and last day by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from tunegenie_assets.resources.guard import SchemaMismatchError, Window, check_days, check_names
from tunegenie_assets.schemas.table import STRING, Column, Table


@dataclass(frozen=True)
class ParquetFiles:
    """Rows of one table as files, loaded in this order: by day, so that a reader of one day skips the others."""

    paths: tuple[UPath, ...]
    """Local files, or addresses of one file system."""
    rows: int
    """In all of them."""


def guard_files(files: ParquetFiles, schema: Table, window: Window | None) -> None:
    """Stop a load of files that are not what `schema` says, or hold rows outside the days that they replace.

    Raises:
        SchemaMismatchError: a file is no Parquet or not what it was when it was named; a column is missing, unknown, of
            another type or null where a value is required; a row lies outside; a day stands in two files; or a file
            does not tell.
    """
    rows, last_day = 0, date.min
    for path in files.paths:
        name = f"{'.'.join(schema.key)}: {path.name}"
        told = _footer(path, name)
        _check_columns(told, schema, name)
        for column in schema.columns:
            if column.required:
                _check_required(told, column, name)
        if window is not None and told.num_rows:
            first, last = _days(told, window, name)
            if first <= last_day:
                raise SchemaMismatchError(
                    f"{name}: {first} stands in a file before it, or files are not in order of day"
                )
            last_day = last
        rows += told.num_rows
    if rows != files.rows:
        raise SchemaMismatchError(f"{'.'.join(schema.key)}: {rows} rows in files that are said to hold {files.rows}")


def _footer(path: UPath, name: str) -> pq.FileMetaData:
    try:
        with path.open("rb") as file:
            return pq.read_metadata(file)
    except pa.ArrowInvalid as error:
        raise SchemaMismatchError(f"{name}: not a Parquet file: {error}") from error


def _check_columns(told: pq.FileMetaData, schema: Table, name: str) -> None:
    found = told.schema.to_arrow_schema()
    check_names(found.names, schema, name)
    for column in schema.columns:
        kind = _stored(found.field(column.name).type)
        if not kind.equals(column.type):
            raise SchemaMismatchError(f"{name}.{column.name}: type {kind}, expected {column.type}")


def _stored(kind: pa.DataType) -> pa.DataType:
    """The type as a warehouse reads it: how the values lay in memory before they were written is Arrow's own matter."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return STRING if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else kind


def _check_required(told: pq.FileMetaData, column: Column, name: str) -> None:
    if not told.schema.to_arrow_schema().field(column.name).nullable:
        return
    for statistics in _statistics(told, column.name, name):
        if not statistics.has_null_count:
            raise _silent(column.name, name)
        if statistics.null_count:
            raise SchemaMismatchError(f"{name}.{column.name}: {statistics.null_count} nulls in a required column")


def _days(told: pq.FileMetaData, window: Window, name: str) -> tuple[date, date]:
    """The first and the last day of a file that has rows."""
    statistics = _statistics(told, window.column, name)
    if not all(group.has_min_max for group in statistics):
        raise _silent(window.column, name)
    first, last = min(group.min for group in statistics), max(group.max for group in statistics)
    check_days(first, last, window, name)
    return first, last


def _statistics(told: pq.FileMetaData, column: str, name: str) -> list[pq.Statistics]:
    """What each group of rows tells of a column."""
    position = told.schema.to_arrow_schema().names.index(column)
    groups = (told.row_group(number) for number in range(told.num_row_groups))
    found = [group.column(position).statistics for group in groups if group.num_rows]
    # Statistics compared with `==` to None end the process (pyarrow 26).
    if any(statistics is None for statistics in found):
        raise _silent(column, name)
    return found


def _silent(column: str, name: str) -> SchemaMismatchError:
    return SchemaMismatchError(f"{name}.{column}: the file has no statistics that tell its nulls and its range")
