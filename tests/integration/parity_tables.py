"""Two warehouses compared, table by table: names, types, and rows. Which tables there are they say themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tests.integration.parity import Pair, Pipeline

LAYERS = ("landing", "raw", "synthetic", "bronze", "silver", "enrichment", "gold", "recommender")

EXCEPTIONS: Mapping[str, str] = {}
"""Columns that need not be equal, as `layer.table.column`, each with its reason."""

CLOSE = 1e-9
"""Relative difference of two doubles that count as equal: the order in which doubles are added is nobody's promise."""

SNOWFLAKE_TYPES = {
    "NUMBER": "BIGINT",
    "FLOAT": "DOUBLE",
    "TEXT": "VARCHAR",
    "TIMESTAMP_NTZ": "TIMESTAMP",
}
"""What Snowflake calls the types of the contracts; a NUMBER with a scale is none of them."""

Columns = dict[str, str]


def columns_by_table(pipeline: Pipeline) -> dict[str, Columns]:
    """The columns and types of each table and view, in the words of DuckDB, by `layer.table`."""
    rows = pipeline.query("""
        select table_schema, table_name, column_name, data_type, numeric_scale
        from information_schema.columns
        order by table_schema, table_name, ordinal_position
    """).to_pylist()
    tables: dict[str, Columns] = {}
    for row in rows:
        layer = row["table_schema"].lower()
        if layer in LAYERS:
            name = f"{layer}.{row['table_name'].lower()}"
            tables.setdefault(name, {})[row["column_name"].lower()] = _type(row["data_type"], row["numeric_scale"])
    return tables


def differences(pair: Pair, *layers: str) -> list[str]:
    """What is not equal in these layers, in words; empty where everything is."""
    ours, theirs = (_of(layers, columns_by_table(pipeline)) for pipeline in (pair.duckdb, pair.snowflake))
    found = [f"{table}: only on one of the two" for table in sorted(ours.keys() ^ theirs.keys())]
    for table in sorted(ours.keys() & theirs.keys()):
        if ours[table] != theirs[table]:
            found.append(f"{table}: {_only_in(ours[table], theirs[table])} but {_only_in(theirs[table], ours[table])}")
        else:
            found += _row_differences(table, *(rows_of(pipeline, table) for pipeline in (pair.duckdb, pair.snowflake)))
    return found


def rows_of(pipeline: Pipeline, table: str) -> list[dict[str, Any]]:
    """The rows in an order that both warehouses agree on: by all that is no double, then by the doubles."""
    return sorted(pipeline.query(f"select * from {table}").to_pylist(), key=_place)


def rows_by_table(pipeline: Pipeline, *layers: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of the layers, to see that a run changes none."""
    return {table: rows_of(pipeline, table) for table in _of(layers, columns_by_table(pipeline))}


def _of(layers: Sequence[str], tables: Mapping[str, Columns]) -> dict[str, Columns]:
    return {table: columns for table, columns in tables.items() if table.split(".")[0] in layers}


def _type(name: str, scale: int | None) -> str:
    if name == "NUMBER" and scale:
        return f"NUMBER with scale {scale}"
    return SNOWFLAKE_TYPES.get(name, name)


def _only_in(these: Columns, others: Columns) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in these.items() if others.get(name) != kind) or "another order"


def _place(row: Mapping[str, Any]) -> tuple[list[str], list[float]]:
    exact = [repr(value) for value in row.values() if not isinstance(value, float)]
    return exact, [value for value in row.values() if isinstance(value, float)]


def _row_differences(table: str, ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> list[str]:
    if len(ours) != len(theirs):
        return [f"{table}: {len(ours)} rows on DuckDB, {len(theirs)} on Snowflake"]
    found: dict[str, str] = {}
    for one, other in zip(ours, theirs, strict=True):
        for column, value in one.items():
            name = f"{table}.{column}"
            if not _equal(value, other[column]) and name not in EXCEPTIONS:
                found.setdefault(name, f"{name}: {value!r} on DuckDB, {other[column]!r} on Snowflake")
    return list(found.values())


def _equal(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
    return type(one) is type(other) and one == other
