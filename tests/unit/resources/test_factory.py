from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.factory import WAREHOUSES, warehouse_for
from tunegenie_assets.settings import Environment, SettingsError, load_settings

SNOWFLAKE = ("account", "user", "private_key_path", "role", "warehouse", "database")

# The namespace package `snowflake` alone is in every interpreter: a .pth file of snowpark puts it there.
LOADED = "print([m for m in sys.modules if m.startswith(('snowflake.', 'dagster_snowflake', 'lightfm'))])"


@pytest.fixture
def needed(tmp_path: Path) -> dict[str, str]:
    """What production cannot do without."""
    key = tmp_path / "rsa_key.p8"
    key.touch()
    return {f"snowflake_{name}": "x" for name in SNOWFLAKE} | {"snowflake_private_key_path": str(key)}


def in_a_fresh_interpreter(program: str) -> str:
    """What the program prints last, run where no test has imported anything yet."""
    command = [sys.executable, "-W", "ignore", "-c", f"import sys\n{program}\n{LOADED}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]


def test_every_environment_has_a_warehouse() -> None:
    assert set(WAREHOUSES) == set(Environment)


@pytest.mark.parametrize("environment", ["local", "ci"])
def test_local_and_ci_are_duckdb_under_home(tmp_path: Path, environment: str) -> None:
    warehouse = warehouse_for(load_settings(env=environment, home=tmp_path))
    assert isinstance(warehouse, DuckDBTables)
    assert Path(warehouse.warehouse_path) == tmp_path / "warehouse.duckdb"
    assert Path(warehouse.lock_path) == tmp_path / "warehouse.duckdb.lock"


def test_production_names_all_that_is_missing() -> None:
    with pytest.raises(SettingsError) as caught:
        warehouse_for(load_settings(env="production"))
    assert str(caught.value) == "TUNEGENIE_ENV=production needs " + ", ".join(
        f"TUNEGENIE_SNOWFLAKE_{name.upper()}" for name in SNOWFLAKE
    )


@pytest.mark.parametrize("missing", SNOWFLAKE)
def test_production_names_the_one_that_is_missing(needed: dict[str, str], missing: str) -> None:
    given = {name: value for name, value in needed.items() if name != f"snowflake_{missing}"}
    with pytest.raises(SettingsError, match=f"needs TUNEGENIE_SNOWFLAKE_{missing.upper()}$"):
        warehouse_for(load_settings(env="production", **given))


def test_production_without_the_extra_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, needed: dict[str, str]
) -> None:
    monkeypatch.setitem(sys.modules, "tunegenie_assets.resources.snowflake_tables", None)
    with pytest.raises(SettingsError, match=r"pip install 'tunegenie\[snowflake\]'"):
        warehouse_for(load_settings(env="production", **needed))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "SNOWFLAKE_STAGE needs TUNEGENIE_SNOWFLAKE_STAGE_URL"),
        ({"landing": "s3://bucket/landing"}, r"pip install 'tunegenie\[s3\]'"),
    ],
)
def test_a_stage_needs_its_address_and_what_reaches_it(
    monkeypatch: pytest.MonkeyPatch, needed: dict[str, str], given: dict[str, str], message: str
) -> None:
    monkeypatch.setattr("tunegenie_assets.resources.factory.find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match=message):
        warehouse_for(load_settings(env="production", snowflake_stage="raw.landing", **needed, **given))


def test_the_address_of_a_stage_needs_the_stage(needed: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"STAGE_URL needs TUNEGENIE_SNOWFLAKE_STAGE, the name of the stage"):
        warehouse_for(load_settings(env="production", snowflake_stage_url="s3://bucket/loads", **needed))


@pytest.mark.skipif(find_spec("dagster_snowflake") is None, reason="needs the snowflake extra")
def test_the_connector_says_nothing_when_it_is_imported() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import snowflake.connector"], capture_output=True, text=True, check=True
    )
    assert (found.stdout, found.stderr) == ("", "")


def test_local_path_imports_neither_snowflake_nor_lightfm() -> None:
    program = """
import tunegenie_assets.definitions
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.settings import load_settings
warehouse_for(load_settings(env="local")).create_all()
"""
    assert in_a_fresh_interpreter(program) == "[]"
