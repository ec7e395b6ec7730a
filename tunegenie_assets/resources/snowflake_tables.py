"""Tables in Snowflake: staged Parquet, then delete and copy in one transaction. The shared part is tables.py.

Imported in production only: `dagster_snowflake` costs nine seconds of processor time and is an optional extra.
Names are written without quotes, so they are upper-case there and lower-case everywhere else. How files reach
Snowflake is in snowflake_staging.py.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
from dagster_snowflake import SnowflakeResource
from pydantic import Field, PrivateAttr
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import Error

from tunegenie_assets.resources.guard import Window
from tunegenie_assets.resources.snowflake_staging import SEMANTIC_MODELS, ExternalStage, staged, upload
from tunegenie_assets.resources.tables import Rows, WarehouseIOManager, selected
from tunegenie_assets.schemas.table import BOOLEAN, DATE, FLOAT, INTEGER, STRING, TIMESTAMP, Table
from tunegenie_assets.settings import PREFIX, SettingsError

TYPES: dict[pa.DataType, str] = {
    STRING: "varchar",
    INTEGER: "number(38,0)",
    FLOAT: "double",
    BOOLEAN: "boolean",
    DATE: "date",
    TIMESTAMP: "timestamp_ntz(6)",
}
SESSION: Mapping[str, object] = {
    "TIMEZONE": "UTC",
    "TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_NTZ",
    # Monday, as in DuckDB: metrics by week truncate dates to it.
    "WEEK_START": 1,
    # What a killed process had begun ends minutes after it and not hours: its locks would hold up the next run.
    "ABORT_DETACHED_QUERY": True,
}
COLUMNS_THERE = """
select lower(schemata.schema_name), lower(columns.table_name), lower(columns.column_name)
from information_schema.schemata as schemata
left join information_schema.columns as columns on schemata.schema_name = columns.table_schema
"""


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
    stage: str | None = None
    """A stage over `stage_url`, through which large and small outputs are loaded; without one they are uploaded."""
    stage_url: str | None = None
    connection_arguments: dict[str, Any] = Field(default_factory=dict)
    _run_id: str | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        self._run_id = context.run.run_id if context.run else None
        super().setup_for_execution(context)

    @contextmanager
    def cursor(self, asset: str | None = None) -> Generator[SnowflakeCursor]:
        """A session of its own; Snowflake's query history names the run and the asset.

        Raises:
            SettingsError: the key does not open, or Snowflake refuses the session.
        """
        password = self.private_key_password
        arguments = dict(self.connection_arguments)
        tag = json.dumps({"app": "tunegenie", "run_id": self._run_id, "asset": asset})
        arguments["session_parameters"] = {**SESSION, "QUERY_TAG": tag, **arguments.get("session_parameters", {})}
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
            additional_snowflake_connection_args=arguments,
        )
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(resource.get_connection())
            except (ValueError, TypeError) as error:
                # What the library says next tells to encode the key otherwise, which is not it.
                raise SettingsError(
                    f"the private key in {self.private_key_path} does not open: check "
                    f"{PREFIX}SNOWFLAKE_PRIVATE_KEY_PATH and {PREFIX}SNOWFLAKE_PRIVATE_KEY_PASSPHRASE, "
                    "which only an encrypted key has"
                ) from error
            except Error as error:
                says = " ".join(str(error).split())
                raise SettingsError(f"no session at Snowflake account {self.account}: {says}") from error
            # The resource leaves the session open when the block fails.
            stack.enter_context(closing(connection))
            yield connection.cursor()

    def write(self, schema: Table, rows: Rows, window: Window | None) -> None:
        name = ".".join(schema.key)
        condition, days = _within(window)
        stage = ExternalStage(self.stage, self.stage_url) if self.stage and self.stage_url else None
        with self.cursor("/".join(schema.key)) as cursor:
            _create(cursor, schema, _there(cursor))
            with staged(cursor, schema, rows, stage) as sources, _transaction(cursor):
                cursor.execute(f"delete from {name} {condition}", days)
                for source in sources:
                    # Without null_if, the text \N becomes null, in Parquet too. Without force, a file that was loaded
                    # before and has not changed since is left out, though its rows have just been deleted.
                    cursor.execute(
                        f"copy into {name} from {source} match_by_column_name = case_insensitive force = true "
                        "file_format = (type = parquet use_logical_type = true null_if = ())"
                    )

    def read(self, key: tuple[str, str], window: Window | None, columns: Sequence[str] | None = None) -> pa.Table:
        condition, days = _within(window)
        return self._query(f"select {selected(columns)} from {'.'.join(key)} {condition}", days, "/".join(key))

    def query(self, sql: str, parameters: list[Any] | None = None) -> pa.Table:
        return self._query(sql, parameters, None)

    def _query(self, sql: str, parameters: Sequence[Any] | None, asset: str | None) -> pa.Table:
        with self.cursor(asset) as cursor:
            cursor.execute(sql, parameters)
            batches = list(cursor.fetch_arrow_batches(force_microsecond_precision=True))
            if not batches:
                return _plain(cursor.fetch_arrow_all(force_return_table=True))
            # Each batch has integers as wide as its largest value, and fetch_arrow_all refuses to join such batches.
            return _plain(pa.concat_tables(batches, promote_options="permissive"))

    def hand_over(self, file: Path) -> str:
        """Upload a file to the stage from which Cortex Analyst reads semantic models.

        Raises:
            SettingsError: the role may not, or Snowflake cannot be reached.
        """
        with self.cursor(f"publish/{file.stem}") as cursor:
            try:
                upload(cursor, file, SEMANTIC_MODELS)
            except Error as error:
                says = " ".join(str(error).split())
                raise SettingsError(f"{file.name} cannot be put on stage {SEMANTIC_MODELS}: {says}") from error
        return f"@{self.database}.{SEMANTIC_MODELS}/{file.name}"

    def erase(self, tables: Mapping[tuple[str, str], str | None], listener_id: str) -> None:
        with self.cursor("erase") as cursor:
            for key, column in tables.items():
                condition = f"where {column} = ?" if column else ""
                cursor.execute(f"delete from {'.'.join(key)} {condition}", [listener_id] if column else [])

    def create_missing(self, tables: Iterable[Table]) -> None:
        with self.cursor() as cursor:
            there = _there(cursor)
            for table in tables:
                _create(cursor, table, there)


@contextmanager
def _transaction(cursor: SnowflakeCursor) -> Generator[None]:
    """All or nothing: what is left open by a connection that is lost, Snowflake rolls back itself."""
    cursor.execute("begin")
    try:
        yield
        cursor.execute("commit")
    except BaseException:
        # Where the connection is gone, its loss is the error to tell, and not that of the rollback.
        with suppress(Error):
            cursor.execute("rollback")
        raise


def _within(window: Window | None) -> tuple[str, list[date]]:
    """The condition on the window and its parameters; none for the whole table."""
    if window is None:
        return "", []
    return f"where {window.column} >= ? and {window.column} < ?", [window.start, window.end]


There = dict[str, dict[str, set[str]]]
"""Columns by schema and table, in lower case."""


def _there(cursor: SnowflakeCursor) -> There:
    """What exists and may be used: one question instead of three statements for each of thirty tables in each run."""
    cursor.execute(COLUMNS_THERE)
    found: There = {}
    for schema, table, column in cursor.fetchall():
        tables = found.setdefault(str(schema), {})
        if table is not None:
            tables.setdefault(str(table), set()).add(str(column))
    return found


def _create(cursor: SnowflakeCursor, schema: Table, there: There) -> None:
    """Create the table, or give an older one the columns it lacks: a copy by name skips those in silence.

    A role that may not create schemas gets along with those that the operator made.
    """
    name = ".".join(schema.key)
    if schema.layer not in there:
        cursor.execute(f"create schema if not exists {schema.layer}")
    have: Collection[str] | None = there.setdefault(schema.layer, {}).get(schema.name)
    if have is None:
        columns = ", ".join(f"{c.name} {TYPES[c.type]}" for c in schema.columns)
        cursor.execute(f"create table if not exists {name} ({columns})")
        return
    for column in schema.columns:
        if column.name not in have:
            cursor.execute(f"alter table {name} add column {column.name} {TYPES[column.type]}")


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
