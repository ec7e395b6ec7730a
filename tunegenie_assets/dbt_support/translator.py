"""How a dbt node becomes a Dagster asset: key, group, owner, partition mapping. Running it is in runner.py."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from tunegenie_assets.dbt_support.check_descriptions import description_of
from tunegenie_assets.dbt_support.project import PROJECT_DIR
from tunegenie_assets.keys import DAILY_TAG, OWNERS
from tunegenie_assets.partitions import play_days


class TuneGenieTranslator(DagsterDbtTranslator):
    """Keys are `[schema, table]`, as the warehouse names them; the group is the layer."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        table = dbt_resource_props.get("alias") or dbt_resource_props.get("identifier") or dbt_resource_props["name"]
        return dg.AssetKey([dbt_resource_props["schema"], table])

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        properties = self.get_resource_props(manifest, unique_id)
        key = self.get_asset_key(properties)
        window_column = (properties.get("config", {}).get("meta") or {}).get("window_column")
        return spec.replace_attributes(
            key=key,
            group_name=key.path[0],
            owners=list(OWNERS),
            description=_description(properties),
            partitions_def=play_days if DAILY_TAG in properties.get("tags", ()) else None,
        ).merge_attributes(
            metadata={
                **({"partition_expr": window_column} if window_column else {}),
                "dagster/code_references": _link(properties),
            }
        )

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec and dg.AssetCheckSpec(
            name=spec.name,
            asset=spec.asset_key,
            description=description_of(self.get_resource_props(manifest, unique_id)),
            additional_deps=spec.additional_deps,
            blocking=spec.blocking,
            metadata=spec.metadata,
        )


def _link(properties: Mapping[str, Any]) -> dg.CodeReferencesMetadataValue:
    """To the file of the model; code_links.py puts those of all assets into one form."""
    with warnings.catch_warnings():
        # Links to code carry a beta mark in Dagster 1.13.
        warnings.simplefilter("ignore", dg.BetaWarning)
        file = dg.LocalFileCodeReference(file_path=str(PROJECT_DIR / properties["original_file_path"]))
        return dg.CodeReferencesMetadataValue(code_references=[file])


def _description(properties: Mapping[str, Any]) -> str:
    """The model's own words first, then its SQL, as code."""
    text = str(properties.get("description") or "").strip()
    code = str(properties.get("raw_code") or "").strip()
    return f"{text}\n\n```sql\n{code}\n```" if code else text
