"""The dbt models as assets: one definition, which Dagster splits where Python assets stand between models.

Models with the tag `daily` have daily partitions, the others are rebuilt whole; both may share a dbt call, since a
call costs more than most models do.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslatorSettings, dbt_assets

from tunegenie_assets.dbt_support.runner import DbtEvent, DbtRunner
from tunegenie_assets.dbt_support.translator import TuneGenieTranslator
from tunegenie_assets.resources.transient import again_where_transient

DBT_POOL = "dbt"


def build_dbt_assets(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The assets of a parsed dbt project."""

    @dbt_assets(
        manifest=manifest,
        name="dbt_models",
        backfill_policy=dg.BackfillPolicy.single_run(),
        # Where several runs may go at once, steps of dbt still take turns: two windows of one table may overlap.
        pool=DBT_POOL,
        dagster_dbt_translator=TuneGenieTranslator(settings=DagsterDbtTranslatorSettings()),
    )
    def dbt_models(context: dg.AssetExecutionContext, dbt: DbtRunner) -> Iterator[DbtEvent]:
        with again_where_transient():
            yield from dbt.build(context)

    return dbt_models
