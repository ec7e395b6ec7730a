from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from tunegenie_assets.dbt_support.translator import TuneGenieTranslator
from tunegenie_assets.keys import DAILY_TAG, OWNERS
from tunegenie_assets.partitions import play_days


def node(unique_id: str, **properties: Any) -> dict[str, Any]:
    kind, *_, name = unique_id.split(".")
    return {
        "unique_id": unique_id,
        "resource_type": kind,
        "name": name,
        "alias": name,
        "schema": "silver",
        "fqn": ["tunegenie", "silver", name],
        "config": {"materialized": "table", "meta": {}},
        "tags": [],
        "depends_on": {"nodes": []},
        "columns": {},
        "raw_code": "select 1",
        "description": "One row is one play.",
        "original_file_path": f"models/silver/{name}.sql",
        **properties,
    }


def spec_of(*nodes: dict[str, Any]) -> dg.AssetSpec:
    """The spec of the first node of a manifest with these nodes."""
    by_id = {properties["unique_id"]: properties for properties in nodes}
    manifest = {
        "metadata": {"adapter_type": "duckdb"},
        "nodes": {key: value for key, value in by_id.items() if not key.startswith("source.")},
        "sources": {key: value for key, value in by_id.items() if key.startswith("source.")},
        "parent_map": {key: value["depends_on"]["nodes"] for key, value in by_id.items()},
        "child_map": {key: [] for key in by_id},
    }
    return TuneGenieTranslator().get_asset_spec(manifest, nodes[0]["unique_id"], None)


def test_key_is_schema_and_table_and_the_group_is_the_layer() -> None:
    spec = spec_of(node("model.tunegenie.silver_plays", alias="plays"))
    assert spec.key == dg.AssetKey(["silver", "plays"])
    assert (spec.group_name, tuple(spec.owners)) == ("silver", OWNERS)


def test_daily_models_have_daily_partitions_and_tell_their_column() -> None:
    config = {"materialized": "incremental", "meta": {"window_column": "play_date"}}
    spec = spec_of(node("model.tunegenie.plays", tags=[DAILY_TAG], config=config))
    assert spec.partitions_def == play_days
    assert spec.metadata["partition_expr"] == "play_date"


def test_other_models_have_neither() -> None:
    spec = spec_of(node("model.tunegenie.artists", tags=["weekly"]))
    assert spec.partitions_def is None
    assert "partition_expr" not in spec.metadata


def test_upstream_is_the_asset_that_writes_the_source() -> None:
    source = node("source.tunegenie.synthetic.plays", schema="synthetic", identifier="plays", source_name="synthetic")
    del source["alias"]
    spec = spec_of(node("model.tunegenie.plays", depends_on={"nodes": [source["unique_id"]]}), source)
    assert [dep.asset_key for dep in spec.deps] == [dg.AssetKey(["synthetic", "plays"])]


@pytest.mark.parametrize(
    ("description", "code", "expected"),
    [
        ("One row.", "select 1\n", "One row.\n\n```sql\nselect 1\n```"),
        ("One row.\n", "", "One row."),
        (None, "select 1", "\n\n```sql\nselect 1\n```"),
    ],
)
def test_words_come_before_the_code(description: str | None, code: str, expected: str) -> None:
    assert spec_of(node("model.tunegenie.plays", description=description, raw_code=code)).description == expected
