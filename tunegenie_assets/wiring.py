"""What the settings make: the resources of the graph, the executor of its runs, the addresses of its alerts."""

from __future__ import annotations

from importlib.util import find_spec

import dagster as dg

from tunegenie_assets.alert_settings import secret_values
from tunegenie_assets.alerts.alerting import Addresses
from tunegenie_assets.alerts.channels import MailServer
from tunegenie_assets.dbt_support.runner import DbtRunner
from tunegenie_assets.pods import Steps
from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.resources.model_store import MODEL, ModelStore, NoModelError, Training
from tunegenie_assets.resources.preferences import Preferences
from tunegenie_assets.resources.report_folder import ReportFolder
from tunegenie_assets.resources.services import Services, build_services
from tunegenie_assets.resources.simulated_plays import SimulatedPlays
from tunegenie_assets.resources.simulation import Simulation
from tunegenie_assets.settings import PREFIX, Environment, Settings, SettingsError


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
        "model_store": build_model_store(settings),
        "simulated_plays": SimulatedPlays(folder=f"{settings.landing_root}/synthetic/plays"),
        "simulation": build_simulation(settings),
        "training": Training(seed=settings.seed, threads=settings.threads, models_kept=settings.models_kept),
    }


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


def build_model_store(settings: Settings) -> ModelStore:
    return ModelStore(root=str(settings.models_path))


def has_recommender(settings: Settings) -> bool:
    try:
        build_model_store(settings).current(MODEL)
    except NoModelError:
        return False
    return True
