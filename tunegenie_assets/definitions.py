"""The code location: `build_definitions(settings)` puts the graph together, and nothing else happens here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from typing import Any

import dagster as dg

from tunegenie_assets import automation, code_links, freshness, labels, schedules, sensors
from tunegenie_assets.alert_sensor import build_alert_sensor
from tunegenie_assets.alert_settings import secret_values
from tunegenie_assets.alerts.alerting import Addresses
from tunegenie_assets.alerts.channels import MailServer
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
from tunegenie_assets.assets.recommender_model import MODEL
from tunegenie_assets.assets.reports import build_dbt_docs
from tunegenie_assets.checks.advice import known_checks
from tunegenie_assets.checks.authorizations import AUTHORIZATION_CHECKS
from tunegenie_assets.checks.clusters import CLUSTER_CHECKS
from tunegenie_assets.checks.collected import COLLECTED_CHECKS
from tunegenie_assets.checks.conservation import CONSERVATION_CHECKS
from tunegenie_assets.checks.descriptions import DESCRIPTION_CHECKS
from tunegenie_assets.checks.metrics import METRIC_CHECKS
from tunegenie_assets.checks.models import MODEL_CHECKS
from tunegenie_assets.checks.payloads import PAYLOAD_CHECKS
from tunegenie_assets.checks.preferences import PREFERENCE_CHECKS
from tunegenie_assets.checks.publishing import PUBLISHING_CHECKS
from tunegenie_assets.checks.quality import QUALITY_CHECKS
from tunegenie_assets.checks.recommender import RECOMMENDER_CHECKS
from tunegenie_assets.checks.records import RECORD_CHECKS
from tunegenie_assets.checks.results import RESULT_CHECKS
from tunegenie_assets.checks.simulated import SIMULATION_CHECKS
from tunegenie_assets.checks.usual import USUAL_CHECKS
from tunegenie_assets.checks.views import VIEW_CHECKS
from tunegenie_assets.dbt_support.project import DbtProjectFiles
from tunegenie_assets.dbt_support.runner import DbtRunner
from tunegenie_assets.jobs import JOBS
from tunegenie_assets.pods import Steps
from tunegenie_assets.private_home import keep_private
from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.resources.model_store import ModelStore, NoModelError, Training
from tunegenie_assets.resources.preferences import Preferences
from tunegenie_assets.resources.report_folder import ReportFolder
from tunegenie_assets.resources.services import Services, build_services
from tunegenie_assets.resources.simulated_plays import SimulatedPlays
from tunegenie_assets.resources.simulation import Simulation
from tunegenie_assets.settings import (
    PREFIX,
    Collecting,
    Environment,
    Settings,
    SettingsError,
    apply_to_process,
    load_settings,
)

CHECKS: tuple[dg.AssetChecksDefinition, ...] = (
    *AUTHORIZATION_CHECKS,
    *CLUSTER_CHECKS,
    *COLLECTED_CHECKS,
    *CONSERVATION_CHECKS,
    *DESCRIPTION_CHECKS,
    *SIMULATION_CHECKS,
    *PREFERENCE_CHECKS,
    *PUBLISHING_CHECKS,
    *RECOMMENDER_CHECKS,
    *RECORD_CHECKS,
    *RESULT_CHECKS,
    *QUALITY_CHECKS,
    *METRIC_CHECKS,
    *MODEL_CHECKS,
    *PAYLOAD_CHECKS,
    *USUAL_CHECKS,
    *VIEW_CHECKS,
)


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
                partial(_has_recommender, settings),
                is_collecting=is_collecting,
            ),
            automation.build_automation_sensor(is_collecting=is_collecting),
            build_alert_sensor(build_addresses(settings), lambda: datetime.now(UTC), is_collecting=is_collecting),
        ],
        resources=build_resources(settings, services),
        executor=build_executor(settings),
    )


def build_executor(settings: Settings) -> dg.ExecutorDefinition:
    """One process for a run, since a process of its own for each step costs four seconds of imports; or a pod a step.

    Raises:
        SettingsError: pods cannot share a DuckDB file, and need the packages for Kubernetes.
    """
    if settings.steps is Steps.PROCESS:
        return dg.in_process_executor
    name = f"{PREFIX}STEPS={settings.steps}"
    if settings.env is not Environment.PRODUCTION:
        raise SettingsError(f"{name} needs {PREFIX}ENV=production: pods cannot share a DuckDB file")
    if find_spec("dagster_k8s") is None:
        raise SettingsError(f"{name} needs the deploy extra: pip install 'tunegenie[deploy]'")
    from dagster_k8s import k8s_job_executor  # noqa: PLC0415  # of that extra

    return k8s_job_executor


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


def build_resources(settings: Settings, services: Services | None = None) -> dict[str, object]:
    """The resources by name; `io_manager` and `warehouse` are the same warehouse."""
    warehouse = warehouse_for(settings)
    return {
        "io_manager": warehouse,
        "warehouse": warehouse,
        "archive_store": build_archive_store(settings),
        "collection": build_collection(settings),
        "services": services or build_services(settings),
        "dbt": DbtRunner(
            target=settings.env.value,
            target_path=str(settings.dbt_target_path),
            warehouse_lock_path=str(settings.warehouse_lock_path),
            variables={
                "default_timezone": settings.timezone,
                "counting_policy": settings.counting.value,
                "incognito": settings.incognito.value,
            },
            target_lag=settings.snowflake_target_lag,
            warehouse=warehouse,
        ),
        "preferences": build_preferences(settings),
        "reports": ReportFolder(root=str(settings.reports_path)),
        "model_store": ModelStore(root=str(settings.models_path)),
        "simulated_plays": SimulatedPlays(folder=f"{settings.landing_root}/synthetic/plays"),
        "simulation": build_simulation(settings),
        "training": Training(seed=settings.seed, threads=settings.threads, models_kept=settings.models_kept),
    }


def _has_recommender(settings: Settings) -> bool:
    try:
        ModelStore(root=str(settings.models_path)).current(MODEL)
    except NoModelError:
        return False
    return True


def build_archive_store(settings: Settings) -> ArchiveStore:
    return ArchiveStore(landing_root=settings.landing_root, parsed_path=str(settings.parsed_path))


def build_collection(settings: Settings) -> Collection:
    return Collection(landing_root=settings.landing_root, state_path=str(settings.collector_path))


def build_preferences(settings: Settings) -> Preferences:
    return Preferences(landing_root=settings.landing_root)


def build_simulation(settings: Settings) -> Simulation:
    return Simulation(
        population_path=f"{settings.landing_root}/simulator/population.json",
        seed=settings.seed,
        catalogue_path=str(settings.catalogue) if settings.catalogue else None,
    )


def build_addresses(settings: Settings) -> Addresses:
    """Who is told when something is wrong."""
    recipients = [address.strip() for address in settings.alert_email.split(",") if address.strip()]
    mail = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else "",
        sender=settings.smtp_from or next(iter(recipients), ""),
    )
    return Addresses(
        ui_url=settings.ui_url or f"http://127.0.0.1:{settings.ui_port}",
        recipients=recipients,
        mail=mail if settings.smtp_host else None,
        webhook=settings.alert_webhook.get_secret_value() if settings.alert_webhook else "",
        heartbeat=settings.heartbeat_url.get_secret_value() if settings.heartbeat_url else "",
        secrets=secret_values(settings),
    )
