from __future__ import annotations

from pathlib import Path

from tunegenie_assets.dbt_support.documentation import Documentation


def test_columns_without_a_description_count_against_the_share() -> None:
    described, silent = {"description": "Track."}, {"description": ""}
    manifest = {
        "nodes": {
            "model.t.plays": {"resource_type": "model", "columns": {"a": described, "b": silent}},
            "test.t.unique": {"resource_type": "test", "columns": {}},
        },
        "sources": {"source.t.raw": {"resource_type": "source", "columns": {"c": described, "d": described}}},
        "metrics": {"metric.t.plays": {}},
    }
    found = Documentation.of(Path("index.html"), manifest)
    assert (found.models, found.metrics, found.columns, found.described_share) == (1, 1, 4, 0.75)
    assert Documentation.of(Path("index.html"), {"nodes": {}, "sources": {}, "metrics": {}}).described_share == 1
