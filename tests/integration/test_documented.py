"""What people read of the warehouse: columns described, dbt's page complete, no source called late for nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

from tests.integration.conftest import Home
from tunegenie_assets.dbt_support.dictionary import DICTIONARY_DIR, pages
from tunegenie_assets.dbt_support.dictionary import LAYERS as DESCRIBED
from tunegenie_assets.dbt_support.project import PROJECT_DIR
from tunegenie_assets.dbt_support.runner import connections_closed_after

LAYERS = ("landing", "raw", "synthetic", "enrichment", "bronze", "silver", "gold")


@pytest.fixture(scope="module")
def manifest(built: dict[str, Any]) -> dict[str, Any]:
    home: Home = built["home"]
    return json.loads((home.path / "dbt" / "manifest.json").read_text(encoding="utf-8"))


def test_every_column_of_the_warehouse_has_a_description(home: Home, manifest: dict[str, Any]) -> None:
    described = {
        (table["schema"], table.get("identifier") or table["alias"], column["name"])
        for table in (*manifest["nodes"].values(), *manifest["sources"].values())
        if table["resource_type"] in {"model", "seed", "source"}
        for column in table["columns"].values()
        if column["description"]
    }
    found = set(home.rows("select table_schema, table_name, column_name from information_schema.columns"))
    built = {column for column in found if column[0] in LAYERS}
    assert len(built) > 500
    assert sorted(built - described) == []


def test_every_table_has_a_description(manifest: dict[str, Any]) -> None:
    tables = [t for t in (*manifest["nodes"].values(), *manifest["sources"].values()) if t["resource_type"] != "test"]
    assert [t["unique_id"] for t in tables if not t["description"]] == []


def test_the_data_dictionary_is_what_schemas_and_models_say(manifest: dict[str, Any]) -> None:
    """`make dictionary` writes it anew."""
    found = {path.name: path.read_text(encoding="utf-8") for path in DICTIONARY_DIR.glob("*.md")}
    expected = dict(pages(manifest))
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def test_the_data_dictionary_has_the_types_of_the_warehouse(home: Home) -> None:
    written: set[tuple[str, ...]] = set()
    for layer in DESCRIBED:
        table = ""
        for line in (DICTIONARY_DIR / f"{layer}.md").read_text(encoding="utf-8").splitlines():
            table = line.split()[1] if line.startswith("## ") else table
            if line.startswith("| `"):
                column, kind = [cell.strip(" `") for cell in line.split("|")[1:3]]
                written.add((layer, table, column, kind))
    columns = "table_schema, table_name, column_name, lower(data_type)"
    found = set(home.rows(f"select {columns} from information_schema.columns"))
    tables = {column[:2] for column in written}
    assert sorted({column for column in found if column[:2] in tables} ^ written) == []
    assert {column[:2] for column in found if column[0] in DESCRIBED} <= tables


def test_the_demo_leaves_the_documentation(home: Home, manifest: dict[str, Any]) -> None:
    page = (home.path / "reports" / "dbt_docs" / "index.html").read_text(encoding="utf-8")
    assert "INLINE DATA" not in page
    for unique_id in ("model.tunegenie.fct_plays", "metric.tunegenie.skip_rate", "exposure.tunegenie.recommender"):
        assert f'"{unique_id}"' in page
    [catalogued] = home.rows("select count(*) from information_schema.tables where table_schema = 'gold'")
    assert page.count('"type": "BASE TABLE"') + page.count('"type": "VIEW"') >= catalogued[0]


def test_a_home_without_an_account_has_no_stale_source(home: Home, tmp_path: Path) -> None:
    home.apply()
    arguments = ["source", "freshness", "--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    target = ["--target", "ci", "--target-path", str(tmp_path), "--log-path", str(tmp_path), "--quiet"]
    with connections_closed_after():
        outcome = dbtRunner().invoke([*arguments, *target])
    assert outcome.exception is None
    results: Any = outcome.result
    told = {result.node.name: str(result.status) for result in results.results}
    assert told == {"archives": "pass", "spotify_recently_played_pages": "pass"}
