"""Tables in Snowflake: staged Parquet, then delete and copy in one transaction. The shared part is tables.py.

Imported in production only: `dagster_snowflake` costs nine seconds of processor time and is an optional extra.
Names are written without quotes, so they are upper-case there and lower-case everywhere else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
from dagster_snowflake import SnowflakeResource
from pydantic import Field
from snowflake.connector.cursor import SnowflakeCursor

from tunegenie_assets.resources.tables import WarehouseIOManager, Window, selected
from tunegenie_assets.schemas.table import BOOLEAN, DATE, FLOAT, INTEGER, STRING, TIMESTAMP, Table

TYPES: dict[pa.DataType, str] = {
    STRING: "varchar",
    INTEGER: "number(38,0)",
    FLOAT: "double",
    BOOLEAN: "boolean",
    DATE: "date",
    TIMESTAMP: "timestamp_ntz(6)",
}


class SnowflakeTables(WarehouseIOManager):
    """Connects with a key pair; `connection_arguments` are further arguments of the connector."""

    account: str
    user: str
    database: str
    warehouse: str | None = None
    role: str | None = None
    private_key_path: str | None = None
    # Dagster shows the values of fields in its UI: this one is given as a dagster.EnvVar.
    private_key_password: str | None = Field(default=None, repr=False)
    connection_arguments: dict[str, Any] = Field(default_factory=dict)

    @contextmanager
    def _cursor(self) -> Generator[SnowflakeCursor]:
        password = self.private_key_password
        resource = SnowflakeResource(
            account=self.account,
            user=self.user,
            database=self.database,
            warehouse=self.warehouse,
            role=self.role,
            private_key_path=self.private_key_path,
            # Dagster resolves the variable in a run only; the command line uses this object as it is.
            private_key_password=password.get_value() if isinstance(password, dg.EnvVar) else password,
            paramstyle="qmark",
            timezone="UTC",
            autocommit=True,
            additional_snowflake_connection_args=self.connection_arguments or None,
        )
        # The resource leaves the session open when the block fails.
        with resource.get_connection() as connection, closing(connection):
            yield connection.cursor()

    def write(self, schema: Table, rows: pa.Table, window: Window | None) -> None:
        name = ".".join(schema.key)
        condition, days = _within(window)
        with self._cursor() as cursor, tempfile.TemporaryDirectory() as folder:
            _create(cursor, schema)
            staged = _stage(cursor, schema, rows, Path(folder))
            cursor.execute("begin")
            try:
                cursor.execute(f"delete from {name} {condition}", days)
                # Without null_if, the text \N becomes null, in Parquet too.
                cursor.execute(
                    f"copy into {name} from {staged} match_by_column_name = case_insensitive "
                    "file_format = (type = parquet use_logical_type = true null_if = ())"
                )
                cursor.execute("commit")
            except BaseException:
                cursor.execute("rollback")
                raise

    def read(self, key: tuple[str, str], window: Window | None, columns: Sequence[str] | None = None) -> pa.Table:
        condition, days = _within(window)
        return self.query(f"select {selected(columns)} from {'.'.join(key)} {condition}", days)

    def query(self, sql: str, parameters: list[Any] | None = None) -> pa.Table:
        with self._cursor() as cursor:
            cursor.execute(sql, parameters)
            batches = list(cursor.fetch_arrow_batches(force_microsecond_precision=True))
            if not batches:
                return _plain(cursor.fetch_arrow_all(force_return_table=True))
            # Each batch has integers as wide as its largest value, and fetch_arrow_all refuses to join such batches.
            return _plain(pa.concat_tables(batches, promote_options="permissive"))

    def create_missing(self, tables: Iterable[Table]) -> None:
        with self._cursor() as cursor:
            for table in tables:
                _create(cursor, table)


def _within(window: Window | None) -> tuple[str, list[date]]:
    """The condition on the window and its parameters; none for the whole table."""
    if window is None:
        return "", []
    return f"where {window.column} >= ? and {window.column} < ?", [window.start, window.end]


def _create(cursor: SnowflakeCursor, schema: Table) -> None:
    """Create the table, or give an older one the columns it lacks: a copy by name skips those in silence."""
    name = ".".join(schema.key)
    columns = ", ".join(f"{c.name} {TYPES[c.type]}" for c in schema.columns)
    cursor.execute(f"create schema if not exists {schema.layer}")
    cursor.execute(f"create table if not exists {name} ({columns})")
    cursor.execute(f"describe table {name}")
    have = {str(row[0]).lower() for row in cursor.fetchall()}
    for column in schema.columns:
        if column.name not in have:
            cursor.execute(f"alter table {name} add column {column.name} {TYPES[column.type]}")


def _stage(cursor: SnowflakeCursor, schema: Table, rows: pa.Table, folder: Path) -> str:
    """Put the rows as one Parquet file onto a stage that ends with the session; returns where `copy into` finds it."""
    stage = f"{schema.layer}.tunegenie_load"
    cursor.execute(f"create temporary stage if not exists {stage}")
    file = folder / f"{schema.name}-{uuid4().hex}.parquet"
    pq.write_table(rows, file)
    cursor.execute(f"put 'file://{file}' @{stage} auto_compress = false")
    return f"@{stage}/{file.name}"


def _plain(rows: pa.Table) -> pa.Table:
    """`rows` with lower-case names and the types of schemas/, whatever width Snowflake chose for the values."""
    fields = [pa.field(field.name.lower(), _plain_type(field.type)) for field in rows.schema]
    return rows.rename_columns([field.name for field in fields]).cast(pa.schema(fields))


def _plain_type(found: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(found) or (pa.types.is_decimal(found) and found.scale == 0):
        return INTEGER
    if pa.types.is_floating(found) or pa.types.is_decimal(found):
        return FLOAT
    if pa.types.is_date(found):
        return DATE
    return TIMESTAMP if pa.types.is_timestamp(found) else found
