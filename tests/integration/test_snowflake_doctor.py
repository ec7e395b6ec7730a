"""`tunegenie doctor` in production: one line for each thing that lacks, and no secret in any."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import PropertyMock, patch

import pytest

from tests.integration.production import PASSPHRASE, PASSPHRASE_VARIABLE
from tunegenie_assets.cli.doctoring import examine_warehouse
from tunegenie_assets.cli.examining import Finding, State
from tunegenie_assets.settings import Settings

if TYPE_CHECKING:
    from tunegenie_assets.resources.snowflake_tables import SnowflakeTables

pytestmark = [
    pytest.mark.skipif(
        find_spec("dagster_snowflake") is None or find_spec("fakesnow") is None,
        reason="needs the snowflake extra and fakesnow",
    ),
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result makes an extra copy"),
]
GRANTED = {"role": "LOADER", "warehouse": "SMALL"}


@contextmanager
def granted(**names: str | None) -> Generator[None]:
    """The stand-in tells of no role and no warehouse; Snowflake tells those that a session has, in its answer."""
    from snowflake.connector import SnowflakeConnection

    with ExitStack() as stack:
        for name, value in (GRANTED | names).items():
            stack.enter_context(patch.object(SnowflakeConnection, name, new_callable=PropertyMock, return_value=value))
        yield


def examine(snowflake: SnowflakeTables, settings: Settings) -> list[Finding]:
    with patch("tunegenie_assets.cli.examining_snowflake.warehouse_for", return_value=snowflake):
        findings = examine_warehouse(settings)
    assert all("\n" not in f.says and PASSPHRASE not in f.says for f in findings)
    return findings


def states(findings: list[Finding]) -> dict[str, State]:
    return {finding.what: finding.state for finding in findings}


def test_what_works_is_one_line(snowflake: SnowflakeTables, production: Settings) -> None:
    snowflake.create_all()
    with snowflake.cursor() as cursor:
        cursor.execute("create schema bronze")
        cursor.execute("create schema silver")
        cursor.execute("create schema gold")
        cursor.execute("create table silver.plays (n number)")
    with granted():
        [finding] = examine(snowflake, production)
    assert finding == Finding("Snowflake", State.WORKS, "can be read; 1 tables of silver")


@pytest.mark.parametrize("name", ["role", "warehouse", "database"])
def test_what_the_session_lacks_is_named(snowflake: SnowflakeTables, production: Settings, name: str) -> None:
    with granted(**{name: None}):
        [finding] = examine(snowflake, production)
    assert finding.what == f"Snowflake {name}"
    assert finding.state is State.FAILS
    value = getattr(production, f"snowflake_{name}")
    assert finding.says.startswith(f"TUNEGENIE_SNOWFLAKE_{name.upper()}={value} does not exist or is not granted")


def test_schemas_that_lack_and_a_stage_that_is_none(snowflake: SnowflakeTables, production: Settings) -> None:
    snowflake.create_all()
    settings = production.model_copy(update={"snowflake_stage": "raw.landing", "snowflake_stage_url": "s3://b/loads"})
    with granted():
        findings = examine(snowflake, settings)
    assert states(findings) == {
        "Snowflake schemas": State.WARNS,
        "Snowflake stage raw.landing": State.FAILS,
        "Snowflake": State.WARNS,
    }
    assert "role loader sees no bronze, silver, gold" in findings[0].says


def test_a_schema_that_may_not_be_written(snowflake: SnowflakeTables, production: Settings) -> None:
    from snowflake.connector.cursor import SnowflakeCursor
    from snowflake.connector.errors import ProgrammingError

    execute = SnowflakeCursor.execute

    def without_rights(cursor: SnowflakeCursor, command: str, *arguments: Any, **options: Any) -> Any:
        if command.endswith("raw.tunegenie_load"):
            raise ProgrammingError("Insufficient privileges to operate on schema 'RAW'.", errno=3001)
        return execute(cursor, command, *arguments, **options)

    snowflake.create_all()
    with granted(), patch.object(SnowflakeCursor, "execute", autospec=True, side_effect=without_rights):
        findings = examine(snowflake, production)
    [refused] = [finding for finding in findings if finding.state is State.FAILS]
    assert refused.what == "Snowflake schema raw"
    assert "Insufficient privileges to operate on schema 'RAW'; see" in refused.says


def test_a_login_that_is_refused_says_what_to_do(snowflake: SnowflakeTables, production: Settings) -> None:
    from snowflake.connector import SnowflakeConnection
    from snowflake.connector.errors import DatabaseError

    refuse = partial(DatabaseError, errno=250001)
    for message, advice in [
        ("Failed to connect to DB. JWT token is invalid.", "give user tunegenie the public half of the key"),
        ("Role 'LOADER' specified in the connect string does not exist.", "grant role loader to user tunegenie"),
    ]:
        with patch.object(SnowflakeConnection, "connect", side_effect=refuse(message)):
            [finding] = examine(snowflake, production)
        assert finding.state is State.FAILS
        assert advice in finding.says


def test_a_key_that_cannot_be_read_is_told_without_its_passphrase(
    snowflake: SnowflakeTables, production: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "wrong horse")
    [wrong] = examine(snowflake, production)
    [absent] = examine(snowflake.model_copy(update={"private_key_path": str(tmp_path / "absent.pem")}), production)
    for finding in (wrong, absent):
        assert finding.state is State.FAILS
        assert "wrong horse" not in finding.says
