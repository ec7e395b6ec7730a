"""What fakesnow lacks for dbt-snowflake: each repair is as narrow as it can be and says why it is there.

Nothing here makes SQL right that Snowflake would refuse: that is judged in tests/snowflake_sql.py.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import duckdb
import pyarrow as pa
from fakesnow import arrow, transforms
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.server import shared_fs
from snowflake.connector.errors import ProgrammingError
from sqlglot import exp

UNSUPPORTED = 9999
TEMPORARY = re.compile(
    r"^(\s*(?:/\*.*?\*/\s*)?create\s+(?:or\s+replace\s+)?)temporary(\s+(?:table|view)\s)", re.IGNORECASE | re.DOTALL
)
_PARAMETERS = "|".join(
    ["timezone = 'UTC'", "timestamp_type_mapping = 'TIMESTAMP_NTZ'", "week_start = 1", "query_tag = '[^']*'"]
)
SETTING = re.compile(rf"\s*alter\s+session\s+set\s+(({_PARAMETERS})(,\s*|\s*$))+", re.IGNORECASE)
"""What the server does anyway, and the tag that it does not keep."""
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DONE = "select 'Statement executed successfully.' as status"

_execute = FakeSnowflakeCursor.execute
_create_table_as = transforms.create_table_as
_to_timestamp = transforms.to_timestamp
_without_nulls = arrow.timestamp_to_sf_struct


@contextmanager
def repaired(statements: list[str]) -> Generator[None]:
    """Repair fakesnow while the block runs; every statement that a client sends is added to `statements`."""

    def execute(cursor: FakeSnowflakeCursor, command: str, *arguments: Any, **named: Any) -> FakeSnowflakeCursor:
        if named.get("server"):
            statements.append(command)
        return _executed(cursor, command, *arguments, **named)

    # The server's DuckDB meets the defect that `common_tables_as_written` is for; Snowflake does not have it.
    shared_fs.duck_conn.execute("set global disabled_optimizers = 'cte_inlining'")
    with (
        patch.object(FakeSnowflakeCursor, "execute", execute),
        patch.object(transforms, "create_table_as", _with_columns_named),
        patch.object(transforms, "to_timestamp", _casts_left_alone),
        patch.object(arrow, "timestamp_to_sf_struct", _with_nulls),
    ):
        yield


def _executed(cursor: FakeSnowflakeCursor, command: str, *arguments: Any, **named: Any) -> FakeSnowflakeCursor:
    # DuckDB's temporary tables are in no schema of a database; dbt drops its own, so they can be lasting ones.
    command = TEMPORARY.sub(r"\1\2", command)
    # Of other parameters fakesnow says that it does not know them.
    if SETTING.fullmatch(COMMENT.sub("", command).rstrip(";\n ")):
        command = DONE
    try:
        return _execute(cursor, command, *arguments, **named)
    except ProgrammingError:
        raise
    except Exception as error:
        # The server answers what it did not expect with status 500, which the connector repeats until its time is up.
        raise ProgrammingError(msg=str(error), errno=UNSUPPORTED, sqlstate="99999") from error


def _with_columns_named(expression: exp.Expr, connection: duckdb.DuckDBPyConnection) -> exp.Expr:
    """fakesnow asks DuckDB for the columns of `create table (...) as select *` in a dialect that is neither's."""
    if isinstance(expression, exp.Create) and expression.expression and isinstance(expression.this, exp.Schema):
        select = expression.expression.unnest()
        if any(isinstance(column, exp.Star) for column in select.expressions):
            connection.execute(f"describe {select.sql(dialect='duckdb')}")
            select.set("expressions", [exp.column(name, quoted=True) for name, *_ in connection.fetchall()])
    return _create_table_as(expression, connection)


def _casts_left_alone(expression: exp.Expr) -> exp.Expr:
    """fakesnow casts to a timestamp by way of a number, which a date is not."""
    return expression if isinstance(expression, exp.Cast) else _to_timestamp(expression)


def _with_nulls(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """fakesnow sends a null timestamp as the first second of 1970."""
    column = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    parts = _without_nulls(column)
    return pa.StructArray.from_arrays(parts.flatten(), fields=list(parts.type), mask=column.is_null())
