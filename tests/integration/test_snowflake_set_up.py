"""The SQL of docs/snowflake.md can be read as Snowflake's, and sets up what the project uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from tunegenie_assets.schemas.registry import LAYERS, TABLES
from tunegenie_assets.settings import PREFIX, Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "snowflake.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)
STATEMENTS = [statement.strip() for block in BLOCKS for statement in block.split(";") if statement.strip()]
# Of these sqlglot knows the first words only, and takes the rest as it is.
OPAQUE = (
    *("alter", "grant", "describe"),
    *("create network policy", "create resource monitor", "create role", "create schema"),
    *("create storage integration", "create user"),
)


def granted(schema: str) -> str:
    [grant] = [s for s in STATEMENTS if s.startswith("grant usage, create") and f" on schema tunegenie.{schema} " in s]
    return grant.split(" on schema ")[0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("statement", STATEMENTS)
def test_each_statement_parses(statement: str) -> None:
    [tree] = sqlglot.parse(statement, dialect="snowflake")
    assert tree is not None
    assert not isinstance(tree, exp.Command) or statement.startswith(OPAQUE)


def test_the_schemas_are_those_of_the_project() -> None:
    made = [match[1] for s in STATEMENTS if (match := re.fullmatch(r"create schema if not exists (\w+) .*", s))]
    assert sorted(made) == sorted(LAYERS)
    named = {match for s in STATEMENTS for match in re.findall(r"schema tunegenie\.(\w+)", s)}
    assert named == set(LAYERS)


def test_the_loader_may_do_what_each_layer_needs() -> None:
    for layer in {table.layer for table in TABLES}:
        assert granted(layer) == "grant usage, create table, create stage"
    for layer in ("bronze", "silver"):
        assert granted(layer) == "grant usage, create table, create view"
    assert granted("gold") == "grant usage, create table, create view, create dynamic table"
    assert not [s for s in STATEMENTS if "to role tunegenie_loader" in s and ("create schema" in s or " all " in s)]


def test_the_reader_sees_gold_alone() -> None:
    grants = [s for s in STATEMENTS if s.endswith("to role tunegenie_reader") and "schema" in s]
    assert len(grants) == 4
    assert all("schema tunegenie.gold " in s for s in grants)
    assert all(s.startswith(("grant usage on schema", "grant select on future")) for s in grants)


def test_every_setting_of_snowflake_is_told() -> None:
    shown = re.findall(r"`(?:TUNEGENIE_SNOWFLAKE|…)_([A-Z_]+)`", TEXT)
    told = {name for name in Settings.model_fields if name.startswith("snowflake_")}
    assert {f"snowflake_{name.lower()}" for name in shown} == told
    for name in re.findall(rf"`({PREFIX}[A-Z_]+)", TEXT):
        assert name.removeprefix(PREFIX).lower() in Settings.model_fields
