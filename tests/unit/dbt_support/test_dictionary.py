"""Pages of the data dictionary from a manifest of one model. That the committed pages are right: test_documented.py."""

from __future__ import annotations

from typing import Any

import pytest

from tunegenie_assets.dbt_support.dictionary import pages


def column(name: str, description: str, *constraints: str) -> dict[str, Any]:
    kinds = [{"type": kind} for kind in constraints]
    return {"name": name, "data_type": "varchar", "description": description, "constraints": kinds}


def manifest(layer: str = "gold") -> dict[str, Any]:
    model = {
        "resource_type": "model",
        "unique_id": "model.p.moods",
        "schema": layer,
        "alias": "moods",
        "description": "One row is one mood\nof a listener. Sad | happy.",
        "tags": ["daily"],
        "config": {"materialized": "incremental"},
        "columns": {"mood": column("mood", "Sad | happy.", "not_null"), "why": column("why", "Reason.")},
    }
    unique = {
        "resource_type": "test",
        "attached_node": "model.p.moods",
        "test_metadata": {"name": "unique", "kwargs": {"column_name": "mood"}},
    }
    asked = {"name": "moods", "description": "Moods.", "config": {"meta": {"unit": "moods", "synonyms": ["feelings"]}}}
    helper = {"name": "part", "description": "Part.", "config": {"meta": {"unit": "none", "is_helper": True}}}
    return {"nodes": {"m": model, "t": unique}, "metrics": {"a": asked, "h": helper}}


def test_a_table_tells_grain_key_types_and_meaning() -> None:
    page = pages(manifest())["gold.md"]
    assert "One row is one mood of a listener. Sad | happy." in page
    assert "Kept: by UTC play day. Key: `mood`." in page
    assert "| `mood` | varchar | never | Sad \\| happy. |" in page
    assert "| `why` | varchar |  | Reason. |" in page


def test_the_contents_name_a_table_by_what_one_row_is() -> None:
    assert "| [moods](gold.md#moods) | one mood of a listener |" in pages(manifest())["index.md"]


def test_metrics_that_others_are_made_of_are_left_out() -> None:
    page = pages(manifest())["metrics.md"]
    assert "| `moods` | moods | Moods. | feelings |" in page
    assert "`part`" not in page


def test_a_layer_that_nobody_introduced_is_named() -> None:
    with pytest.raises(KeyError, match="platinum"):
        pages(manifest("platinum"))
