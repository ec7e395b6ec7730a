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
# Who may do what: the owner of the thing, who is its maker, or who inherits its maker's rights. Objects in schemas with
# managed access are granted by the owner of the schema. The first that fits holds.
NEEDED = {
    r"(create|grant) role |create user |alter user tunegenie (set|unset) (?!network_policy)": "useradmin",
    r"create network policy |alter user tunegenie set network_policy ": "securityadmin",
    r"create (database|warehouse|schema|stage) |grant usage(, operate)? on (database|warehouse|schema) ": "sysadmin",
    r"grant usage, create \w+.* on schema |grant \w+ on future .* in schema |grant usage on stage ": "sysadmin",
    r"create (resource monitor|storage integration) |(describe|grant usage on) integration ": "accountadmin",
    r"alter warehouse \w+ set resource_monitor |select .* from snowflake\.account_usage\.": "accountadmin",
}
NO_RIGHTS_NEEDED = ("use role ", "use database ", "use warehouse ")


def granted(schema: str) -> str:
    [grant] = [s for s in STATEMENTS if s.startswith("grant usage, create") and f" on schema tunegenie.{schema} " in s]
    return grant.split(" on schema ")[0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("statement", STATEMENTS)
def test_each_statement_parses(statement: str) -> None:
    [tree] = sqlglot.parse(statement, dialect="snowflake")
    assert tree is not None
    assert not isinstance(tree, exp.Command) or statement.startswith(OPAQUE)


def test_each_statement_runs_as_the_role_that_may() -> None:
    for block in BLOCKS:
        role = ""
        for statement in (" ".join(s.split()) for s in block.split(";") if s.strip()):
            if statement.startswith("use role "):
                role = statement.removeprefix("use role ")
            if not statement.startswith(NO_RIGHTS_NEEDED):
                [needed] = [role for pattern, role in NEEDED.items() if re.match(pattern, statement)]
                assert role == needed, statement


def test_the_page_can_be_run_again() -> None:
    made = [s for s in STATEMENTS if s.startswith("create")]
    assert made
    assert not [s for s in made if not re.match(r"create [a-z ]+ if not exists ", s)]


def test_sessions_of_the_user_are_those_of_the_project() -> None:
    [parameters] = [s for s in STATEMENTS if s.startswith("alter user tunegenie set timezone")]
    assert parameters.endswith("set timezone = 'UTC', timestamp_type_mapping = 'TIMESTAMP_NTZ', week_start = 1")


def test_snowflake_may_read_the_bucket() -> None:
    [rights] = [p for p in TEXT.split("\n\n") if p.startswith("The role at AWS")]
    assert set(re.findall(r"s3:\w+", rights)) == {
        *("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:GetBucketLocation"),
    }


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
    assert granted("gold") == "grant usage, create table, create view, create dynamic table, create stage"
    assert not [s for s in STATEMENTS if "to role tunegenie_loader" in s and ("create schema" in s or " all " in s)]


def test_the_reader_sees_gold_alone() -> None:
    grants = [s for s in STATEMENTS if s.endswith("to role tunegenie_reader") and "schema" in s]
    assert len(grants) == 5
    assert all("schema tunegenie.gold " in s for s in grants)
    may = ("grant usage on schema", "grant select on future", "grant read on future stages")
    assert all(s.startswith(may) for s in grants)


def test_every_setting_of_snowflake_is_told() -> None:
    shown = re.findall(r"`(?:TUNEGENIE_SNOWFLAKE|…)_([A-Z_]+)`", TEXT)
    told = {name for name in Settings.model_fields if name.startswith("snowflake_")}
    assert {f"snowflake_{name.lower()}" for name in shown} == told
    for name in re.findall(rf"`({PREFIX}[A-Z_]+)", TEXT):
        assert name.removeprefix(PREFIX).lower() in Settings.model_fields
