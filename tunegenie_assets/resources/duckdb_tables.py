"""Tables in the local DuckDB file: atomic writes by name, one writer at a time. The shared part is tables.py."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from dagster_duckdb import DuckDBResource

from tunegenie_assets.locking import warehouse_lock
from tunegenie_assets.resources.damage import damage_told, is_damage
from tunegenie_assets.resources.guard import Window
from tunegenie_assets.resources.parquet_files import ParquetFiles
from tunegenie_assets.resources.tables import Rows, WarehouseIOManager, selected
from tunegenie_assets.schemas.table import Table

RESOURCE_AGENT = "dagster"
"""As whom DuckDBResource opens a file; another configuration would be refused."""


class DuckDBTables(WarehouseIOManager):
    """`warehouse_path` is the DuckDB file; each call opens it, works and closes it."""

    warehouse_path: str
    lock_path: str
    memory: str = "1GB"
    """What DuckDB may hold in memory, such as `4GB`; the rest it keeps in a file beside the warehouse."""

    @contextmanager
    def _connection(self) -> Generator[duckdb.DuckDBPyConnection]:
        Path(self.warehouse_path).parent.mkdir(parents=True, exist_ok=True)
        # One configuration for all: DuckDB refuses a second one while a connection is open in this process.
        resource = DuckDBResource(database=self.warehouse_path)
        # The resource leaves the connection open when the block fails; the file would stay locked.
        with (
            warehouse_lock(Path(self.lock_path)),
            damage_told(Path(self.warehouse_path)),
            _opened(self.warehouse_path),
            resource.get_connection() as connection,
            closing(connection),
        ):
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("set memory_limit = ?", [self.memory])
            yield connection

    def write(self, schema: Table, rows: Rows, window: Window | None) -> None:
        name = _quoted(*schema.key)
        with self._connection() as connection:
            connection.begin()
            try:
                source, parameters = _incoming(connection, schema, rows)
                if window is None:
                    connection.execute(f'create schema if not exists "{schema.layer}"')
                    connection.execute(f"create or replace table {name} as select * from {source}", parameters)
                else:
                    _create(connection, schema)
                    condition = f'"{window.column}" >= ? and "{window.column}" < ?'
                    connection.execute(f"delete from {name} where {condition}", [window.start, window.end])
                    connection.execute(f"insert into {name} by name select * from {source}", parameters)
                connection.commit()
            except BaseException:
                # An interruption may come after the commit, and an error may have ended the transaction.
                with suppress(duckdb.TransactionException):
                    connection.rollback()
                raise

    def read(self, key: tuple[str, str], window: Window | None, columns: Sequence[str] | None = None) -> pa.Table:
        name = _quoted(*key)
        if window is None:
            return self.query(f"select {selected(columns)} from {name}")
        condition = f'"{window.column}" >= ? and "{window.column}" < ?'
        return self.query(f"select {selected(columns)} from {name} where {condition}", [window.start, window.end])

    def query(self, sql: str, parameters: list[Any] | None = None) -> pa.Table:
        with self._connection() as connection:
            return connection.sql(sql, params=parameters or []).to_arrow_table()

    def erase(self, tables: Mapping[tuple[str, str], str | None], listener_id: str) -> None:
        with self._connection() as connection:
            for key, column in tables.items():
                condition = f'where "{column}" = ?' if column else ""
                connection.execute(f"delete from {_quoted(*key)} {condition}", [listener_id] if column else [])

    def create_missing(self, tables: Iterable[Table]) -> None:
        with self._connection() as connection:
            for table in tables:
                _create(connection, table)


@contextmanager
def _opened(path: str) -> Generator[None]:
    """The file open for as long as the resource works on it: that tries a file that it cannot open for 100 s, also a
    damaged one, and where it is open already the second connection costs nothing.
    """
    try:
        first = duckdb.connect(path, config={"custom_user_agent": RESOURCE_AGENT})
    except duckdb.IOException as error:
        if is_damage(str(error)):
            raise
        # Another program has it: the resource waits for that.
        yield
        return
    with closing(first):
        yield


def _incoming(connection: duckdb.DuckDBPyConnection, schema: Table, rows: Rows) -> tuple[str, list[object]]:
    """What a write selects from, and its parameters."""
    if not isinstance(rows, ParquetFiles):
        connection.register("incoming", rows)
        return "incoming", []
    if not rows.paths:
        connection.register("incoming", schema.empty())
        return "incoming", []
    if not isinstance(rows.paths[0], Path):
        connection.register_filesystem(rows.paths[0].fs)
    # By default the columns of several files are matched by position.
    return "read_parquet(?, union_by_name = true)", [[escape(str(path)) for path in rows.paths]]


def _create(connection: duckdb.DuckDBPyConnection, schema: Table) -> None:
    """Create the table, or give an older one the columns it lacks."""
    name = _quoted(*schema.key)
    connection.execute(f'create schema if not exists "{schema.layer}"')
    connection.register("template", schema.empty())
    connection.execute(f"create table if not exists {name} as select * from template")
    have = {row[0] for row in connection.execute(f"select column_name from (describe {name})").fetchall()}
    wanted = connection.execute("select column_name, column_type from (describe template)").fetchall()
    for column, kind in wanted:
        if column not in have:
            connection.execute(f'alter table {name} add column "{column}" {kind}')
    connection.unregister("template")


def _quoted(schema: str, table: str) -> str:
    return f'"{schema}"."{table}"'
