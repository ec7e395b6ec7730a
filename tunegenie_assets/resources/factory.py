"""The one switch between DuckDB and Snowflake: which IO manager an environment uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

import dagster as dg

from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.settings import PREFIX, Environment, Settings, SettingsError


def warehouse_for(settings: Settings) -> WarehouseIOManager:
    """The warehouse of this environment.

    Raises:
        SettingsError: production lacks a setting; the message names it.
    """
    return WAREHOUSES[settings.env](settings)


def _duckdb(settings: Settings) -> WarehouseIOManager:
    return DuckDBTables(
        warehouse_path=str(settings.warehouse_path),
        lock_path=str(settings.warehouse_lock_path),
        memory=settings.duckdb_memory,
    )


def _snowflake(settings: Settings) -> WarehouseIOManager:
    needed = ("account", "user", "private_key_path", "role", "warehouse", "database")
    missing = [f"{PREFIX}SNOWFLAKE_{name.upper()}" for name in needed if not getattr(settings, f"snowflake_{name}")]
    if missing:
        raise SettingsError(f"{PREFIX}ENV=production needs {', '.join(missing)}")
    stage = _stage(settings)
    try:
        # Nine seconds of imports that the DuckDB path never pays.
        from tunegenie_assets.resources.snowflake_tables import SnowflakeTables  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError("production needs the snowflake extra: pip install 'tunegenie[snowflake]'") from error
    # The name of the variable and not its value: Dagster shows the configuration of resources in the UI.
    passphrase = dg.EnvVar(f"{PREFIX}SNOWFLAKE_PRIVATE_KEY_PASSPHRASE")
    return SnowflakeTables(
        account=settings.snowflake_account,
        user=settings.snowflake_user,
        database=settings.snowflake_database,
        warehouse=settings.snowflake_warehouse,
        role=settings.snowflake_role,
        private_key_path=str(settings.snowflake_private_key_path),
        private_key_password=passphrase if settings.snowflake_private_key_passphrase else None,
        stage=stage and stage[0],
        stage_url=stage and stage[1],
    )


def _stage(settings: Settings) -> tuple[str, str] | None:
    """The stage for loads and the URL that it stands over."""
    if not settings.snowflake_stage:
        if settings.snowflake_stage_url:
            raise SettingsError(
                f"{PREFIX}SNOWFLAKE_STAGE_URL needs {PREFIX}SNOWFLAKE_STAGE, the name of the stage that stands over it"
            )
        return None
    url = settings.snowflake_loads_url
    if not url:
        raise SettingsError(
            f"{PREFIX}SNOWFLAKE_STAGE needs {PREFIX}SNOWFLAKE_STAGE_URL, the bucket's folder that the stage stands over"
        )
    if url.startswith("s3://") and find_spec("s3fs") is None:
        raise SettingsError("loads from s3:// need the s3 extra: pip install 'tunegenie[s3]'")
    return settings.snowflake_stage, url


WAREHOUSES: Mapping[Environment, Callable[[Settings], WarehouseIOManager]] = {
    Environment.LOCAL: _duckdb,
    Environment.CI: _duckdb,
    Environment.PRODUCTION: _snowflake,
}
