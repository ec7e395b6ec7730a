"""Pages for people to open. What they show is made in dbt_support; here they join the graph."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from tunegenie_assets.dbt_support.runner import DbtRunner
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.report_folder import ReportFolder

DBT_DOCS = "dbt_docs"


def build_dbt_docs(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The documentation of a parsed dbt project; it follows the tables of gold, so that it shows them as they are."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    gold = [dg.AssetKey([node["schema"], node["alias"]]) for node in models if node["schema"] == "gold"]

    @dg.asset(
        key=["reports", DBT_DOCS],
        deps=gold,
        group_name="reports",
        description="One page is dbt's documentation: lineage, tables, columns, tests, metrics and who reads them.",
        owners=list(OWNERS),
        kinds={"dbt", "html"},
    )
    def dbt_docs(dbt: DbtRunner, reports: ReportFolder) -> dg.MaterializeResult[Any]:
        written = dbt.document()
        page = reports.publish(DBT_DOCS, written.page)
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(page)),
                "page": dg.MetadataValue.url(page.as_uri()),
                "models": written.models,
                "metrics": written.metrics,
                "columns": written.columns,
                "described_columns_share": written.described_share,
            }
        )

    return dbt_docs
