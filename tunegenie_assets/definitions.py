"""The code location: `build_definitions(settings)` puts the graph together, and nothing else happens here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import dagster as dg

from tunegenie_assets import automation, code_links, freshness, labels, schedules, sensors
from tunegenie_assets.alert_sensor import build_alert_sensor
from tunegenie_assets.assets import (
    collecting,
    enrichment,
    genre_clusters,
    inference,
    landing,
    preferences,
    raw,
    recommendations,
    recommender_drift,
    recommender_inputs,
    recommender_model,
    synthetic,
)
from tunegenie_assets.assets.dbt import build_dbt_assets
from tunegenie_assets.assets.publishing import build_cortex_semantic_model
from tunegenie_assets.assets.quality import build_check_results, build_data_quality
from tunegenie_assets.assets.reports import build_dbt_docs
from tunegenie_assets.checks.advice import known_checks
from tunegenie_assets.checks.all_checks import CHECKS
from tunegenie_assets.dbt_support.project import DbtProjectFiles
from tunegenie_assets.jobs import JOBS
from tunegenie_assets.private_home import keep_private
from tunegenie_assets.resources.services import Services, build_services
from tunegenie_assets.settings import Collecting, Settings, apply_to_process, load_settings
from tunegenie_assets.wiring import build_addresses, build_collection, build_executor, build_resources, has_recommender


@dg.definitions
def defs() -> dg.Definitions:
    settings = load_settings()
    # Also where Dagster was started by something else than our command.
    keep_private(settings.home)
    apply_to_process(settings)
    return build_definitions(settings)


def build_definitions(settings: Settings, services: Services | None = None) -> dg.Definitions:
    """The whole graph for these settings, with `services` in place of those of the settings.

    Raises:
        SettingsError: the environment lacks a setting.
        DbtError: the dbt project does not parse.
    """
    dbt_files = DbtProjectFiles.of(settings)
    before = (landing, collecting, preferences, raw, synthetic, enrichment, inference, genre_clusters)
    modules = (*before, recommender_inputs, recommender_model, recommendations, recommender_drift)
    python_assets = [a for a in dg.load_assets_from_modules(modules) if isinstance(a, dg.AssetsDefinition)]
    manifest = dbt_files.manifest()
    of_dbt = [build_dbt_assets(manifest), build_dbt_docs(manifest), build_cortex_semantic_model(manifest)]
    built = [*python_assets, *of_dbt]
    specs = [spec for definition in (*built, *CHECKS) for spec in definition.check_specs]
    history = build_check_results(_ends(built), [spec.key for spec in specs])
    assets = [*built, history, build_data_quality(known_checks(specs))]
    is_collecting = settings.collecting is Collecting.ON
    return dg.Definitions(
        assets=dg.map_asset_specs(automation.with_automation, presented(assets, manifest, settings)),
        asset_checks=CHECKS,
        jobs=JOBS,
        schedules=schedules.build_schedules(
            settings.schedule, settings.poll, settings.timezone, is_collecting=is_collecting
        ),
        sensors=[
            *sensors.build_sensors(
                settings.inbox_path,
                settings.listener,
                build_collection(settings),
                build_services(settings),
                partial(has_recommender, settings),
                is_collecting=is_collecting,
            ),
            automation.build_automation_sensor(is_collecting=is_collecting),
            build_alert_sensor(build_addresses(settings), lambda: datetime.now(UTC), is_collecting=is_collecting),
        ],
        resources=build_resources(settings, services),
        executor=build_executor(settings),
    )


def _ends(assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetKey]:
    """The assets that no other comes after."""
    specs = [spec for definition in assets for spec in definition.specs]
    before = {dep.asset_key for spec in specs for dep in spec.deps}
    return sorted(spec.key for spec in specs if spec.key not in before)


def presented(
    assets: Sequence[dg.AssetsDefinition], manifest: Mapping[str, Any], settings: Settings
) -> Sequence[dg.AssetsDefinition]:
    """The assets with all that the UI shows besides their own words: freshness, labels, links to code."""
    is_collecting = settings.collecting is Collecting.ON
    fresh = dg.map_asset_specs(partial(freshness.with_freshness, is_collecting=is_collecting), assets)
    labelled = dg.map_asset_specs(partial(labels.with_labels, warehouse=labels.Warehouse.of(manifest)), fresh)
    return code_links.with_code_links(labelled, settings.code_url)
