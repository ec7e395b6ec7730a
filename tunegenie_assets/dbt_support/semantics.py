"""The definitions of metrics as dbt parsed them: its semantic manifest, and the types of the columns beneath them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tunegenie_assets.dbt_support.project import DbtProjectFiles

SEMANTIC_MANIFEST = "semantic_manifest.json"
"""Its name in dbt's target folder; dbt writes it whenever it writes the manifest."""


@dataclass(frozen=True)
class Semantics:
    """What compiles metrics needs the first of, what publishes them both."""

    manifest_json: str
    column_types: Mapping[str, Mapping[str, str]]
    """By the name of the table in the warehouse and the column."""


def semantics_of(files: DbtProjectFiles) -> Semantics:
    """The definitions as the project has them now.

    Raises:
        DbtError: the project does not parse.
    """
    manifest = files.manifest()
    text = (files.target_path / SEMANTIC_MANIFEST).read_text(encoding="utf-8")
    return Semantics(text, column_types(manifest))


def column_types(manifest: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """As the models of a manifest declare them."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return {model["alias"]: {c["name"]: c["data_type"] for c in model["columns"].values()} for model in models}
