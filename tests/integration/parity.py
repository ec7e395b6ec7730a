"""One TuneGenie on two warehouses: the same landed files and the real definitions, on DuckDB and Snowflake's clients.

What is landed is in parity_landing.py; what equal means is in parity_tables.py.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest.mock import patch

import dagster as dg
import pyarrow as pa
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from rich.console import Console

from tests.integration.snowflake_server import snowflake_server
from tunegenie_assets.cli.runs import RunReport, dagster_instance, run_job
from tunegenie_assets.dbt_support.project import PROJECT_DIR, DbtProjectFiles
from tunegenie_assets.definitions import build_definitions
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.resources.factory import WAREHOUSES, warehouse_for
from tunegenie_assets.resources.services import Services
from tunegenie_assets.settings import Environment, Settings, apply_to_process

SHARED = ("landing", "parsed", "collector.sqlite")
"""What one pipeline lands and the other finds."""


@dataclass(frozen=True)
class Pipeline:
    """The graph of one home, on one warehouse."""

    settings: Settings

    def run(
        self,
        job: str,
        days: tuple[date, date] | None = None,
        *,
        services: Services | None = None,
        config: Mapping[str, object] | None = None,
        assets: Sequence[str] | None = None,
        week: date | None = None,
    ) -> RunReport:
        """Run a job over the days from the first to the last; `config` is that of assets, by their names in Dagster.

        A training runs for one `week` instead.

        Of `assets`, where they are named, the job makes no others.

        Raises:
            RunFailedError: a step failed, or a blocking check.
        """
        apply_to_process(self.settings)
        definitions = build_definitions(self.settings, services)
        with dagster_instance(self.settings) as instance:
            return run_job(
                definitions,
                instance,
                job,
                Console(quiet=True),
                tags=range_tags(*days) if days else None,
                ops={name: {"config": value} for name, value in (config or {}).items()},
                assets=[dg.AssetKey.from_user_string(name) for name in assets] if assets else None,
                partition_key=week.isoformat() if week else None,
            )

    def query(self, sql: str) -> pa.Table:
        return warehouse_for(self.settings).query(sql)


@dataclass(frozen=True)
class Pair:
    """The two pipelines, and every statement that Snowflake's clients have sent."""

    duckdb: Pipeline
    snowflake: Pipeline
    statements: list[str]

    def run(self, job: str, days: tuple[date, date] | None = None, *, week: date | None = None) -> list[RunReport]:
        """The same run on both, DuckDB first."""
        return [pipeline.run(job, days, week=week) for pipeline in (self.duckdb, self.snowflake)]


@contextmanager
def pair(folder: Path, catalogue: Path) -> Generator[Pair]:
    """Two empty homes over one landing area; the server that Snowflake's clients talk to runs while the block does."""
    here, there = folder / "duckdb", folder / "snowflake"
    for home in (here, there):
        home.mkdir()
    for name in SHARED:
        (there / name).symlink_to(here / name)
    production = Settings(
        env=Environment.PRODUCTION,
        home=there,
        catalogue=catalogue,
        snowflake_account="fakesnow",
        snowflake_user="tunegenie",
        snowflake_private_key_path=_private_key(folder),
        snowflake_role="loader",
        snowflake_warehouse="small",
        snowflake_database="tunegenie",
    )
    ours = Settings(env=Environment.CI, home=here, catalogue=catalogue)
    statements: list[str] = []
    with snowflake_server(statements) as arguments, _turned_to(arguments, _profiles(folder, arguments)):
        yield Pair(Pipeline(ours), Pipeline(production), statements)


@contextmanager
def _turned_to(arguments: dict[str, object], profiles: Path) -> Generator[None]:
    """Production's IO manager and dbt connect to the loopback port."""
    make = WAREHOUSES[Environment.PRODUCTION]
    dbt_arguments = DbtProjectFiles.global_arguments.fget
    assert dbt_arguments is not None
    turned = {
        **WAREHOUSES,
        Environment.PRODUCTION: lambda settings: make(settings).model_copy(update={"connection_arguments": arguments}),
    }
    with (
        patch("tunegenie_assets.resources.factory.WAREHOUSES", turned),
        # Of an option that is given twice the last counts.
        patch.object(
            DbtProjectFiles,
            "global_arguments",
            property(lambda files: (*dbt_arguments(files), "--profiles-dir", str(profiles))),
        ),
    ):
        yield


def _profiles(folder: Path, arguments: dict[str, object]) -> Path:
    """The project's own profile with the address of the server."""
    profiles = yaml.safe_load((PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))
    address = {name: arguments[name] for name in ("host", "port", "protocol")}
    profiles["tunegenie"]["outputs"]["production"] |= {**address, "connect_timeout": 30}
    path = folder / "profiles" / "profiles.yml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(profiles), encoding="utf-8")
    return path.parent


def _private_key(folder: Path) -> Path:
    path = folder / "rsa_key.pem"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path
