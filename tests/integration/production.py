"""What tests of production need: a server on a loopback port, a key, settings, and the IO manager they make.

conftest.py hands the fixtures to all integration tests; nothing is imported or started until one of them is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tunegenie_assets.resources.factory import WAREHOUSES
from tunegenie_assets.settings import PREFIX, Environment, Settings

if TYPE_CHECKING:
    from tunegenie_assets.resources.snowflake_tables import SnowflakeTables

PASSPHRASE = "correct horse battery staple"  # noqa: S105 - of a key that the tests make
PASSPHRASE_VARIABLE = f"{PREFIX}SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, object]]:
    from tests.integration.snowflake_server import snowflake_server

    with snowflake_server() as arguments:
        yield arguments


@pytest.fixture(scope="module")
def private_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "rsa_key.pem"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            # PKCS8 spends 40 ms on the passphrase each time it is read.
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.BestAvailableEncryption(PASSPHRASE.encode()),
        )
    )
    return path


@pytest.fixture
def production(private_key: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a production environment with a database of its own."""
    monkeypatch.setenv(PASSPHRASE_VARIABLE, PASSPHRASE)
    return Settings(
        env=Environment.PRODUCTION,
        snowflake_account="fakesnow",
        snowflake_user="tunegenie",
        snowflake_private_key_path=private_key,
        snowflake_role="loader",
        snowflake_warehouse="small",
        snowflake_database=f"test_{uuid4().hex}",
    )


@pytest.fixture
def snowflake(production: Settings, server: dict[str, object]) -> SnowflakeTables:
    """What the factory builds for production, turned to the loopback port."""
    from tunegenie_assets.resources.snowflake_tables import SnowflakeTables

    built = WAREHOUSES[Environment.PRODUCTION](production)
    assert isinstance(built, SnowflakeTables)
    return built.model_copy(update={"connection_arguments": server})
