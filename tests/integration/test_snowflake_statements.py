"""What dbt sends to Snowflake that no stand-in understands: the statements themselves, parsed as Snowflake's.

Nothing is answered but that it worked; whether the SQL is right is shown elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
import sqlglot

from tests.integration.production import PASSPHRASE
from tunegenie_assets.dbt_support.project import DbtProjectFiles, parse
from tunegenie_assets.schemas.registry import LAYERS
from tunegenie_assets.settings import Settings, apply_to_process

pytestmark = [
    pytest.mark.skipif(find_spec("dbt.adapters.snowflake") is None, reason="needs the snowflake extra"),
]

BUILT = ("fct_plays", "dim_artist", "genre_analysis_complete", "monthly_insights_complete")
LISTED = ("name", "schema_name", "database_name", "catalog_name", "kind", "is_dynamic", "is_iceberg", "is_builtin")
"""Columns of any `show`, as far as dbt reads them."""
STAR = ("dim_", "bridge_", "fct_")


@dataclass
class Client:
    """In place of the connector: notes what it is told, and finds an empty database."""

    sent: list[str] = field(default_factory=list)
    """In one line each."""
    written: list[str] = field(default_factory=list)
    arguments: dict[str, Any] = field(default_factory=dict)

    def connect(self, **arguments: Any) -> SimpleNamespace:
        self.arguments = arguments
        return SimpleNamespace(cursor=lambda *_, **__: Cursor(self), close=lambda: None, is_closed=lambda: False)


class Cursor:
    sqlstate, sfqid, rowcount = "SUCCESS", "00", 0

    def __init__(self, client: Client) -> None:
        self._client = client
        self.description: Sequence[tuple[Any, ...]] = []

    def execute(self, statement: str, *_: object, **__: object) -> Cursor:
        self._client.written.append(statement)
        self._client.sent.append(" ".join(statement.split()))
        listing = statement.strip().startswith(("show", "SHOW"))
        names = LISTED if listing else ["X"]
        self.description = [(name, 2, None, None, None, None, True) for name in names]
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        return []

    fetchmany = fetchone = fetchall

    def close(self) -> None:
        """Nothing is held."""


def sent_for(settings: Settings, target_lag: str, home: Path) -> Client:
    """What `dbt run` of some models of gold sends, with their parents taken as built."""
    from dbt.cli.main import dbtRunner

    apply_to_process(settings)
    files = DbtProjectFiles(target="production", target_path=home / "dbt", target_lag=target_lag)
    client = Client()
    told = ["--vars", json.dumps({"run_id": "a-run"})]
    with patch("snowflake.connector.connect", client.connect):
        outcome = dbtRunner(manifest=parse(files)).invoke(["run", "--select", *BUILT, *told, *files.global_arguments])
    assert outcome.success, (outcome.exception, [r.message for r in getattr(outcome.result, "results", [])])
    return client


@pytest.fixture(params=["", "1 hour"])
def lag(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def client(production: Settings, lag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    for name in ("DAGSTER_HOME", *(f"TUNEGENIE_{n}" for n in ("ENV", "HOME", "COLLECTING", "DUCKDB_MEMORY"))):
        monkeypatch.setenv(name, "")
    yield sent_for(production, lag, tmp_path)
    parse.cache_clear()


def created(client: Client, name: str) -> str:
    [statement] = [s for s in client.sent if re.match(rf"create [a-z ]*table \S+\.gold\.{name} ", s)]
    return statement


def test_what_snowflake_is_sent(client: Client, production: Settings, lag: str) -> None:
    for statement in client.written:
        sqlglot.parse(statement, dialect="snowflake")
    for name in ("fct_plays", "dim_artist"):
        assert created(client, name).startswith("create or replace transient table")
    for name in ("genre_analysis_complete", "monthly_insights_complete"):
        statement = created(client, name)
        if lag:
            assert statement.startswith("create transient dynamic table")
            assert "target_lag = '1 hour' warehouse = small refresh_mode = FULL initialize = ON_CREATE" in statement
        else:
            assert statement.startswith("create or replace transient table")
            assert "total_plays bigint not null" in statement
    assert [s for s in client.sent if ".gold.fct_plays cluster by (play_date)" in s]
    # Which run and model a statement is of, and no secret in any.
    tags = [s.split("query_tag = ")[1].split("'")[1] for s in client.sent if s.startswith("alter session")]
    assert sorted(json.loads(tag)["asset"] for tag in tags) == sorted(f"gold/{name}" for name in BUILT)
    assert {json.loads(tag)["run_id"] for tag in tags} == {"a-run"}
    parameters = "timezone = 'UTC', timestamp_type_mapping = 'TIMESTAMP_NTZ', week_start = 1, "
    assert all(parameters in s for s in client.sent if "alter s" in s)
    assert client.arguments["role"] == production.snowflake_role
    assert client.arguments["session_parameters"] == {"QUERY_TAG": '{"app": "tunegenie"}'}
    assert not [s for s in client.sent if PASSPHRASE in s]


def test_dynamic_are_aggregates_that_are_built_whole(production: Settings, tmp_path: Path) -> None:
    apply_to_process(production)
    files = DbtProjectFiles(target="production", target_path=tmp_path / "dbt", target_lag="30 minutes")
    models = [n for n in files.manifest()["nodes"].values() if n["resource_type"] == "model"]
    parse.cache_clear()
    dynamic = {n["name"] for n in models if n["config"]["materialized"] == "dynamic_table"}
    tables = {n["name"] for n in models if n["schema"] == "gold" and n["config"]["materialized"] == "table"}
    assert {"genre_analysis_complete", "monthly_insights_complete"} <= dynamic
    assert all(name.startswith(STAR) for name in tables)
    assert not [name for name in dynamic if name.startswith(STAR)]
    assert {n["schema"] for n in models if n["name"] in dynamic} == {"gold"}
    assert {n["schema"] for n in models} <= set(LAYERS)


def test_what_dbt_shows_of_the_connection_holds_no_secret(production: Settings, private_key: Path) -> None:
    from dbt.adapters.snowflake.connections import SnowflakeCredentials

    shown = SnowflakeCredentials(
        account="a",
        user="u",
        database="d",
        schema="s",
        private_key_path=str(private_key),
        private_key_passphrase=PASSPHRASE,
    )
    lines = [f"{key}: {value}" for key, value in shown.connection_info()]
    assert production.snowflake_private_key_passphrase is None or PASSPHRASE not in repr(production)
    assert lines
    assert PASSPHRASE not in "".join(lines)
