"""The dbt models as assets: those with daily partitions, and those that are rebuilt whole.

Dagster splits the two into as many dbt calls as the graph needs, since Python assets stand between models.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslatorSettings, dbt_assets

from tunegenie_assets.dbt_support.runner import DbtEvent, DbtRunner
from tunegenie_assets.dbt_support.translator import TuneGenieTranslator
from tunegenie_assets.keys import DAILY_TAG
from tunegenie_assets.partitions import play_days


def build_dbt_assets(manifest: Mapping[str, Any]) -> list[dg.AssetsDefinition]:
    """The assets of a parsed dbt project."""
    translator = TuneGenieTranslator(settings=DagsterDbtTranslatorSettings(enable_code_references=False))

    @dbt_assets(
        manifest=manifest,
        select=f"tag:{DAILY_TAG}",
        partitions_def=play_days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        dagster_dbt_translator=translator,
    )
    def daily_models(context: dg.AssetExecutionContext, dbt: DbtRunner) -> Iterator[DbtEvent]:
        yield from dbt.build(context)

    @dbt_assets(manifest=manifest, exclude=f"tag:{DAILY_TAG}", dagster_dbt_translator=translator)
    def whole_models(context: dg.AssetExecutionContext, dbt: DbtRunner) -> Iterator[DbtEvent]:
        yield from dbt.build(context)

    return [daily_models, whole_models]
