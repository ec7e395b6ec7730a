"""What `tunegenie doctor` says of Snowflake: connection, role, warehouse, database, schemas, rights and stage.

Imported in production only. The set-up that it asks for is told in docs/snowflake.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunegenie_assets.cli.examining import Finding, State
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.schemas.registry import LAYERS, TABLES
from tunegenie_assets.settings import PREFIX, Settings, SettingsError

if TYPE_CHECKING:
    from snowflake.connector.cursor import SnowflakeCursor

SET_UP = "see the set-up in docs/snowflake.md"
SCHEMAS = "select lower(schema_name) from information_schema.schemata"
SILVER = "select count(*) from information_schema.tables where lower(table_schema) = 'silver'"


def examine_snowflake(settings: Settings) -> list[Finding]:
    """One finding for all that works, and one for each thing that does not."""
    try:
        warehouse = warehouse_for(settings)
    except SettingsError as error:
        return [Finding("warehouse", State.FAILS, str(error))]
    # The factory found the extra; both are slow to import.
    from snowflake.connector.errors import Error  # noqa: PLC0415

    from tunegenie_assets.resources.snowflake_tables import SnowflakeTables  # noqa: PLC0415

    if not isinstance(warehouse, SnowflakeTables):
        raise TypeError(f"{type(warehouse).__name__} is not Snowflake")
    try:
        with warehouse.cursor() as cursor:
            missing = list(_missing_of_session(cursor, settings))
            # Without one of them Snowflake answers no question.
            return missing or list(_inside(cursor, settings, Error))
    except (OSError, SettingsError, Error) as error:
        return [Finding("Snowflake", State.FAILS, f"{_line(error)}; {_what_to_do(str(error), settings)}")]


def _missing_of_session(cursor: SnowflakeCursor, settings: Settings) -> Iterator[Finding]:
    """Snowflake opens a session also with a warehouse or database that it then does not use."""
    connection = cursor.connection
    used = {"role": connection.role, "warehouse": connection.warehouse, "database": connection.database}
    for name, value in used.items():
        if not value:
            given = f"{PREFIX}SNOWFLAKE_{name.upper()}={getattr(settings, f'snowflake_{name}')}"
            says = f"{given} does not exist or is not granted; {SET_UP}"
            yield Finding(f"Snowflake {name}", State.FAILS, says)


def _inside(cursor: SnowflakeCursor, settings: Settings, error_type: type[Exception]) -> Iterator[Finding]:
    cursor.execute(SCHEMAS)
    there = {str(row[0]) for row in cursor.fetchall()}
    absent = [layer for layer in LAYERS if layer not in there]
    if absent:
        says = f"role {settings.snowflake_role} sees no {', '.join(absent)}; a run makes what it may, else {SET_UP}"
        yield Finding("Snowflake schemas", State.WARNS, says)
    for layer in sorted({table.layer for table in TABLES} & there):
        try:
            # What each write does first, and gone when the session ends.
            cursor.execute(f"create temporary stage if not exists {layer}.tunegenie_load")
        except error_type as error:
            says = f"role {settings.snowflake_role} cannot write to it: {_line(error)}; {SET_UP}"
            yield Finding(f"Snowflake schema {layer}", State.FAILS, says)
    if settings.snowflake_stage:
        yield _stage(cursor, settings, error_type)
    cursor.execute(SILVER)
    [(tables,)] = cursor.fetchall()
    if tables:
        yield Finding("Snowflake", State.WORKS, f"can be read; {tables} tables of silver")
    else:
        yield Finding("Snowflake", State.WARNS, "it holds no plays; run tunegenie import, run-once or demo")


def _stage(cursor: SnowflakeCursor, settings: Settings, error_type: type[Exception]) -> Finding:
    what = f"Snowflake stage {settings.snowflake_stage}"
    try:
        cursor.execute(f"list @{settings.snowflake_stage}")
    except error_type as error:
        return Finding(what, State.FAILS, f"{_line(error)}; {SET_UP}")
    return Finding(what, State.WORKS, f"loads come from {settings.snowflake_loads_url}")


def _what_to_do(message: str, settings: Settings) -> str:
    if "JWT" in message:
        return f"give user {settings.snowflake_user} the public half of the key; {SET_UP}"
    if "Role" in message:
        return f"grant role {settings.snowflake_role} to user {settings.snowflake_user}; {SET_UP}"
    return SET_UP


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
