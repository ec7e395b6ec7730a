"""What is Snowflake's own: names, batches, decimals, sessions, the passphrase."""

import logging
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.integration.production import PASSPHRASE, PASSPHRASE_VARIABLE
from tests.integration.warehouse_samples import (
    ON_BOTH,
)
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.schemas.recommender import EVALUATION
from tunegenie_assets.settings import Settings, SettingsError

if TYPE_CHECKING:
    from tunegenie_assets.resources.snowflake_tables import SnowflakeTables

pytestmark = ON_BOTH


def test_names_are_upper_case_there(snowflake: "SnowflakeTables") -> None:
    snowflake.create_missing([EVALUATION])
    found = snowflake.query(
        "select table_schema, table_name, column_name from information_schema.columns where column_name = ?",
        ["SPLIT_AT"],
    )
    assert found.to_pylist() == [{"table_schema": "RECOMMENDER", "table_name": "EVALUATION", "column_name": "SPLIT_AT"}]


def test_batches_of_different_widths_are_joined(snowflake: "SnowflakeTables", monkeypatch: pytest.MonkeyPatch) -> None:
    from snowflake.connector.cursor import SnowflakeCursor

    def batches(_cursor: SnowflakeCursor, *, force_microsecond_precision: bool) -> Generator[pa.Table]:
        assert force_microsecond_precision
        yield pa.table({"N": pa.array([1], pa.int8()), "S": pa.nulls(1)})
        yield pa.table({"N": pa.array([2**40], pa.int64()), "S": ["a"]})

    monkeypatch.setattr(SnowflakeCursor, "fetch_arrow_batches", batches)
    assert snowflake.query("select 1 as n, null as s").equals(pa.table({"n": [1, 2**40], "s": [None, "a"]}))


def test_decimals_come_as_plain_numbers(snowflake: "SnowflakeTables") -> None:
    rows = snowflake.query("select 1.25::number(10, 2) as share, 7::number(38, 0) as plays")
    assert rows.equals(pa.table({"share": [1.25], "plays": [7]}))


def test_a_failed_statement_leaves_no_session_open(snowflake: "SnowflakeTables") -> None:
    from snowflake.connector import SnowflakeConnection
    from snowflake.connector.errors import ProgrammingError

    close = SnowflakeConnection.close
    with (
        patch.object(SnowflakeConnection, "close", autospec=True, side_effect=close) as closed,
        pytest.raises(ProgrammingError, match="NOWHERE"),
    ):
        snowflake.query("select * from raw.nowhere")
    closed.assert_called_once()


def test_the_passphrase_is_shown_nowhere(
    snowflake: "SnowflakeTables", production: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    built = warehouse_for(production)
    with caplog.at_level(logging.DEBUG):
        assert snowflake.query("select 1 as one").to_pydict() == {"one": [1]}
    configuration = built.get_resource_definition().config_schema.default_value_as_json_str
    assert PASSPHRASE_VARIABLE in configuration
    for shown in (configuration, repr(built), str(built), caplog.text):
        assert PASSPHRASE not in shown


def test_a_wrong_passphrase_stops_before_the_network(
    snowflake: "SnowflakeTables", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "wrong")
    with pytest.raises(SettingsError, match=PASSPHRASE_VARIABLE) as caught:
        snowflake.query("select 1")
    assert "wrong" not in str(caught.value)


def test_a_key_that_is_not_encrypted_takes_no_passphrase(snowflake: "SnowflakeTables", tmp_path: Path) -> None:
    plain = tmp_path / "plain.pem"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    other = snowflake.model_copy(update={"private_key_path": str(plain)})
    with pytest.raises(SettingsError, match="does not open") as caught:
        other.query("select 1")
    assert PASSPHRASE not in str(caught.value)
