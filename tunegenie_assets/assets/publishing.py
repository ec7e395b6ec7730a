"""What other programs read of TuneGenie's definitions. It is made in ml/assistant; here it joins the graph."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from ml.assistant.cortex.model import Published, cortex_model
from ml.assistant.cortex.words import SAMPLES
from ml.assistant.planning.verified import verified_questions
from tunegenie_assets.dbt_support.runner import DbtRunner
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.report_folder import CORTEX_FILE, CORTEX_MODEL, ReportFolder
from tunegenie_assets.resources.tables import WarehouseIOManager


def build_cortex_semantic_model(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The semantic model of a parsed dbt project; it follows the tables that it describes."""
    relations = [model["node_relation"] for model in manifest["semantic_models"].values()]
    described = sorted({(relation["schema_name"], relation["alias"]) for relation in relations})

    @dg.asset(
        key=["publish", CORTEX_MODEL],
        deps=[dg.AssetKey(list(table)) for table in described],
        group_name="publish",
        description="One file is the semantic model of Snowflake's Cortex Analyst, made of dbt's metrics. Production "
        "has it on a stage as well.",
        owners=list(OWNERS),
        kinds={"snowflake", "yaml"},
        tags={"reader": "cortex_analyst"},
    )
    def cortex_semantic_model(
        dbt: DbtRunner, reports: ReportFolder, warehouse: dg.ResourceParam[WarehouseIOManager]
    ) -> dg.MaterializeResult[Any]:
        defined = dbt.semantics()
        published = cortex_model(
            defined.manifest_json, defined.column_types, samples=_samples(warehouse), questions=verified_questions()
        )
        path = reports.write(CORTEX_MODEL, CORTEX_FILE, published.text())
        return dg.MaterializeResult(metadata=_metadata(published, path, warehouse.hand_over(path)))

    return cortex_semantic_model


def _samples(warehouse: WarehouseIOManager) -> dict[tuple[str, str], Sequence[str]]:
    return {
        place: [str(row["value"]) for row in warehouse.query(sample.sql).slice(0, sample.most).to_pylist()]
        for place, sample in SAMPLES.items()
    }


def _metadata(published: Published, path: Path, staged: str | None) -> dict[str, Any]:
    left_out = [*published.metrics_left_out, *published.questions_left_out]
    lines = ["| left out | because it |", "| --- | --- |", *(f"| {one.name} | {one.reason} |" for one in left_out)]
    return {
        "path": dg.MetadataValue.path(str(path)),
        "stage": staged or "none: the warehouse is not Snowflake",
        "bytes": path.stat().st_size,
        "tables": len(published.model.tables),
        "metrics": published.metrics,
        "relationships": len(published.model.relationships),
        "verified_queries": len(published.model.verified_queries),
        "left_out": dg.MetadataValue.md("\n".join(lines)),
    }
