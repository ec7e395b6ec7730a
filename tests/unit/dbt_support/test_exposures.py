"""The exposures of the dbt project name what is read outside dbt, all of it and nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tunegenie_assets.dbt_support.project import DbtProjectFiles
from tunegenie_assets.definitions import build_definitions
from tunegenie_assets.settings import load_settings

PACKAGE = Path(__file__).parents[3] / "tunegenie_assets"
MODELS_IN_SQL = re.compile(r"\b(?:from|join)\s+((?:bronze|silver|gold)\.\w+)")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[dg.Definitions, Mapping[str, Any]]:
    settings = load_settings(home=tmp_path_factory.mktemp("home"))
    files = DbtProjectFiles(target=settings.env.value, target_path=settings.dbt_target_path)
    return build_definitions(settings), files.manifest()


def exposed(manifest: Mapping[str, Any], name: str) -> set[str]:
    nodes = manifest["exposures"][f"exposure.tunegenie.{name}"]["depends_on"]["nodes"]
    return {f"{manifest['nodes'][node]['schema']}.{manifest['nodes'][node]['alias']}" for node in nodes}


def named_in(paths: Iterable[Path]) -> set[str]:
    return {table for path in paths for table in MODELS_IN_SQL.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize(("name", "group"), [("recommender", "recommender"), ("genre_enrichment", "enrichment")])
def test_assets_of_a_group(loaded: tuple[dg.Definitions, Mapping[str, Any]], name: str, group: str) -> None:
    definitions, manifest = loaded
    read = {
        ".".join(dep.asset_key.path)
        for spec in definitions.resolve_all_asset_specs()
        if spec.group_name == group
        for dep in spec.deps
        if dep.asset_key.path[0] in {"bronze", "silver", "gold"}
    }
    assert exposed(manifest, name) == read


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("command_line", [*PACKAGE.glob("cli/*.py")]),
        ("lookups", [PACKAGE / "resources" / "wanted.py"]),
        ("charts", [PACKAGE / "dbt_support" / "reporting.py"]),
    ],
)
def test_tables_named_in_sql(loaded: tuple[dg.Definitions, Mapping[str, Any]], name: str, paths: list[Path]) -> None:
    assert exposed(loaded[1], name) == named_in(paths)
