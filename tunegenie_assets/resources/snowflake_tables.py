"""Tables in Snowflake: staged Parquet, then delete and copy in one transaction. The shared part is tables.py.

Imported in production only: `dagster_snowflake` costs nine seconds of processor time and is an optional extra.
Names are written without quotes, so they are upper-case there and lower-case everywhere else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from dagster_snowflake import SnowflakeResource
from pydantic import Field
from snowflake.connector import SnowflakeConnection
from snowflake.connector.cursor import SnowflakeCursor

from tunegenie_assets.resources.tables import WarehouseIOManager, Window, selected
from tunegenie_assets.schemas import BOOLEAN, DATE, FLOAT, INTEGER, STRING, TIMESTAMP, Table

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
    private_key_password: str | None = Field(default=None, repr=False)
    connection_arguments: dict[str, Any] = Field(default_factory=dict)

    @contextmanager
    def _connection(self) -> Generator[SnowflakeConnection]:
        resource = SnowflakeResource(
            account=self.account,
            user=self.user,
            database=self.database,
            warehouse=self.warehouse,
            role=self.role,
            private_key_path=self.private_key_path,
            private_key_password=self.private_key_password,
            additional_snowflake_connection_args=self.connection_arguments or None,
        )
        with resource.get_connection() as connection:
            yield connection

    def write(self, schema: Table, rows: pa.Table, window: Window | None) -> None:
        name = ".".join(schema.key)
        with self._connection() as connection, tempfile.TemporaryDirectory() as folder:
            cursor = connection.cursor()
            _create(cursor, schema)
            staged = _stage(cursor, schema, rows, Path(folder))
            cursor.execute("begin")
            try:
                if window is None:
                    cursor.execute(f"delete from {name}")
                else:
                    condition = f"{window.column} >= %s and {window.column} < %s"
                    cursor.execute(f"delete from {name} where {condition}", (window.start, window.end))
                cursor.execute(
                    f"copy into {name} from {staged} file_format = (type = parquet use_logical_type = true) "
                    "match_by_column_name = case_insensitive purge = true"
                )
                cursor.execute("commit")
            except BaseException:
                cursor.execute("rollback")
                raise

    def read(self, key: tuple[str, str], window: Window | None, columns: Sequence[str] | None = None) -> pa.Table:
        name = ".".join(key)
        if window is None:
            return self.query(f"select {selected(columns)} from {name}")
        condition = f"{window.column} >= %s and {window.column} < %s"
        return self.query(f"select {selected(columns)} from {name} where {condition}", [window.start, window.end])

    def query(self, sql: str, parameters: list[Any] | None = None) -> pa.Table:
        with self._connection() as connection:
            cursor = connection.cursor()
            cursor.execute(sql, parameters)
            rows = cursor.fetch_arrow_all(force_return_table=True)
            return rows.rename_columns([name.lower() for name in rows.column_names])

    def create_missing(self, tables: Iterable[Table]) -> None:
        with self._connection() as connection:
            for table in tables:
                _create(connection.cursor(), table)


def _create(cursor: SnowflakeCursor, schema: Table) -> None:
    columns = ", ".join(f"{c.name} {TYPES[c.type]}" for c in schema.columns)
    cursor.execute(f"create schema if not exists {schema.layer}")
    cursor.execute(f"create table if not exists {'.'.join(schema.key)} ({columns})")


def _stage(cursor: SnowflakeCursor, schema: Table, rows: pa.Table, folder: Path) -> str:
    """Put the rows as one Parquet file onto the layer's stage; returns where `copy into` finds it."""
    stage = f"{schema.layer}.tunegenie_load"
    cursor.execute(f"create stage if not exists {stage}")
    file = folder / f"{schema.name}-{uuid4().hex}.parquet"
    pq.write_table(rows.rename_columns([name.upper() for name in rows.column_names]), file, compression="snappy")
    cursor.execute(f"put 'file://{file}' @{stage} auto_compress = false")
    return f"@{stage}/{file.name}"
