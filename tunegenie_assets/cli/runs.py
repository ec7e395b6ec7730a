"""Runs a job of the code location in this process, shows its progress, and reports what it did.

A run started here stands in the Dagster UI like any other, with its logs, checks and lineage.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tunegenie_assets.alerts.causes import Cause, causes_of, telling
from tunegenie_assets.cli.errors import INTERRUPTED, CommandError
from tunegenie_assets.cli.lost_runs import mark_dead_runs, tell_of
from tunegenie_assets.cli.troubles import advised
from tunegenie_assets.instance.left_over import process_tag
from tunegenie_assets.instance.setup import prepare_dagster_home
from tunegenie_assets.locking import command_lock
from tunegenie_assets.settings import Settings
from tunegenie_assets.sources.errors import LandingError
from tunegenie_assets.sources.storage import check_reachable

POLL_SECONDS = 0.3
TELLING_STEPS = {"landing/archives", "landing/page_files", "synthetic/plays"}
"""Those that work on for minutes within a single asset; they log how far they are."""
INTERRUPTIONS = {"DagsterExecutionInterruptedError", "KeyboardInterrupt"}
ERROR = dg.AssetCheckSeverity.ERROR
STEP_EVENTS = {
    dg.DagsterEventType.STEP_START,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.STEP_SKIPPED,
}


class RunFailedError(CommandError):
    """A run did not do what was asked; the message says where and why, in one line."""


class CheckFailedError(RunFailedError):
    """A run stopped at a blocking check."""


@dataclass(frozen=True)
class Stage:
    """One step."""

    parts: Sequence[str]
    """The assets it wrote, or the one thing it checked."""
    layer: str
    seconds: float

    @property
    def name(self) -> str:
        return ", ".join(self.parts)


@dataclass(frozen=True)
class RunReport:
    """What a run did; `metadata` holds that of the last materialization of each asset."""

    run_id: str
    seconds: float
    stages: list[Stage]
    checks_passed: int
    checks_failed: list[str]
    findings: Mapping[str, str] = field(default_factory=dict)
    """What those of `checks_failed` found that say it in words."""
    metadata: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def together(reports: Sequence[RunReport], *, under: RunReport | None = None) -> RunReport:
    """Runs that followed one another as one, under the id of the one that was asked for; the last, if none is named."""
    return RunReport(
        run_id=(under or reports[-1]).run_id,
        seconds=sum(report.seconds for report in reports),
        stages=[stage for report in reports for stage in report.stages],
        checks_passed=sum(report.checks_passed for report in reports),
        checks_failed=[check for report in reports for check in report.checks_failed],
        findings={check: found for report in reports for check, found in report.findings.items()},
        metadata={key: value for report in reports for key, value in report.metadata.items()},
    )


@contextmanager
def dagster_instance(settings: Settings, *, to_change: bool = True) -> Generator[dg.DagsterInstance]:
    """The instance of this home, with runs of dead processes marked as failed; one command at a time changes it."""
    try:
        check_reachable(settings.landing_root)
    except LandingError as error:
        raise CommandError(f"TUNEGENIE_LANDING={error}") from error
    prepare_dagster_home(settings.dagster_home, database=settings.dagster_database)
    alone = command_lock(settings.home) if to_change else nullcontext()
    with alone, dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        tell_of(mark_dead_runs(instance, is_alone=to_change))
        yield instance


def run_job(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    job_name: str,
    console: Console,
    *,
    tags: Mapping[str, str] | None = None,
    ops: Mapping[str, Any] | None = None,
    assets: Sequence[dg.AssetKey] | None = None,
    partition_key: str | None = None,
) -> RunReport:
    """Run a job to its end, or the part of it that makes `assets`.

    Raises:
        CheckFailedError: a blocking check failed.
        RunFailedError: a step failed.
    """
    job = definitions.resolve_job_def(job_name)
    run_id = str(uuid4())
    run_config = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}, "ops": dict(ops or {})}
    begin = time.monotonic()
    with _progress(instance, run_id, job_name, len(job.nodes), console):
        result = job.execute_in_process(
            run_config=run_config,
            instance=instance,
            tags={**(tags or {}), **process_tag(run_id)},
            run_id=run_id,
            raise_on_error=False,
            asset_selection=assets,
            partition_key=partition_key,
        )
    seconds = time.monotonic() - begin
    if not result.success:
        kind = CheckFailedError if _failed_checks(result) else RunFailedError
        raise kind(advised(_why(job_name, result)))
    checks = result.get_asset_check_evaluations()
    failed = {f"{c.asset_key.to_user_string()}: {c.check_name}": c.description for c in checks if not c.passed}
    return RunReport(
        run_id=run_id,
        seconds=seconds,
        stages=_stages(result, instance),
        checks_passed=sum(check.passed for check in checks),
        checks_failed=list(failed),
        findings={name: " ".join(found.split()) for name, found in failed.items() if found},
        metadata=_metadata(result),
    )


@contextmanager
def _progress(
    instance: dg.DagsterInstance, run_id: str, job_name: str, steps: int, console: Console
) -> Generator[None]:
    """A bar of the run's steps while a person watches; nothing where nobody does."""
    if not console.is_terminal:
        yield
        return
    done = threading.Event()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(job_name, total=steps)

        def watch() -> None:
            while not done.wait(POLL_SECONDS):
                finished, current = steps_of(instance, run_id)
                progress.update(task, completed=finished, description=f"{job_name}: {current}")

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def steps_of(instance: dg.DagsterInstance, run_id: str) -> tuple[int, str]:
    """How many steps have ended, and one that runs; asks for step events only, of which there are few."""
    records = instance.get_records_for_run(run_id, of_type=STEP_EVENTS).records
    events = [record.event_log_entry.get_dagster_event() for record in records]
    started = [event.step_key for event in events if event.event_type == dg.DagsterEventType.STEP_START]
    ended = {event.step_key for event in events if event.event_type != dg.DagsterEventType.STEP_START}
    running = [step for step in started if step and step not in ended]
    current = (running or ["…"])[-1].replace("__", "/")
    return len(ended), f"{current}: {_last_message(instance, run_id)}" if current in TELLING_STEPS else current


def _last_message(instance: dg.DagsterInstance, run_id: str) -> str:
    """What the run's own code said last, such as how far the parsing of a large archive is."""
    said = [entry.user_message for entry in instance.all_logs(run_id) if not entry.is_dagster_event]
    return said[-1] if said else "…"


def _stages(result: dg.ExecuteInProcessResult, instance: dg.DagsterInstance) -> list[Stage]:
    """The steps in the order in which they began."""
    written: dict[str, list[dg.AssetKey]] = {}
    for event in result.get_asset_materialization_events():
        if event.step_key and event.asset_key:
            keys = written.setdefault(event.step_key, [])
            if event.asset_key not in keys:
                keys.append(event.asset_key)
    times: dict[str, list[float]] = {}
    for record in instance.get_records_for_run(result.run_id, of_type=STEP_EVENTS).records:
        entry = record.event_log_entry
        times.setdefault(entry.get_dagster_event().step_key or "", []).append(entry.timestamp)
    stages: list[Stage] = []
    for step, stamps in times.items():
        keys = written.get(step, [])
        layers = list(dict.fromkeys(key.path[0] for key in keys))
        parts = [key.to_user_string() for key in keys] or [step]
        stages.append(Stage(parts, " + ".join(layers) or "checks", max(stamps) - min(stamps)))
    return stages


def _metadata(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for event in result.get_asset_materialization_events():
        materialization = event.materialization
        key = materialization.asset_key.to_user_string()
        found[key] = {name: value.value for name, value in materialization.metadata.items()}
    return found


def _why(job_name: str, result: dg.ExecuteInProcessResult) -> str:
    """The first failure of a run in one line."""
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                return " ".join(data.user_failure_data.description.split())
            if failed := _failed_checks(result):
                return f"{job_name} stopped at a failed check, {failed}; tunegenie ui shows what it found"
            chain = causes_of(event)
            if any(cause.name in INTERRUPTIONS for cause in chain):
                return INTERRUPTED
            return f"{job_name} failed at {event.step_key}: {_in_a_line(telling(chain))}"
    return f"{job_name} did not finish; tunegenie ui shows its log"


def _in_a_line(cause: Cause) -> str:
    """Without the name of its class."""
    return re.sub(r"^[\w.]+(Error|Exception): ", "", " ".join(cause.message.split()))


def _failed_checks(result: dg.ExecuteInProcessResult) -> str:
    failed = [c for c in result.get_asset_check_evaluations() if not c.passed and c.severity == ERROR]
    found = {f"{c.asset_key.to_user_string()}: {c.check_name}": c.description or "" for c in failed}
    return ", ".join(f"{name} ({' '.join(said.split())})" if said else name for name, said in found.items())
