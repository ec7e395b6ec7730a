"""Asking the services from a command, and showing what came; `tunegenie run-once`.

`backfill` and `enrich-artists` ask through here as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg
import typer
from rich.console import Console

from tunegenie_assets.checks.collected import waiting
from tunegenie_assets.cli import display
from tunegenie_assets.cli.connecting import NOBODY_CONNECTED, anyone_to_ask, utc_now
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.runs import RunReport, dagster_instance, run_job, together
from tunegenie_assets.jobs import BUILD_COLLECTED, COLLECT
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.resources.services import build_services
from tunegenie_assets.sensors import IMPORT_FOLLOWS_TAG, PAGES_KEY
from tunegenie_assets.sources.fetching import SCOPES, Scope
from tunegenie_assets.sources.services.state import ParkedWork
from tunegenie_assets.wiring import build_collection

Outcomes = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Collected:
    """What one pass brought; without outcomes there was nobody to ask."""

    report: RunReport
    outcomes: Outcomes
    days: tuple[date, date] | None
    """The first and the last day of the plays that are new."""


def run(scopes: Sequence[str], *, as_json: bool) -> None:
    """Collect, and build where something came.

    Raises:
        typer.BadParameter: a scope is not known.
        CommandError: nobody is connected, or, after everything else, something could not be had.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise typer.BadParameter(f"unknown scope {', '.join(unknown)}; known: {', '.join(SCOPES)}")
    platform = Platform.open()
    chosen: list[Scope] = [scope for scope in SCOPES if scope in (scopes or SCOPES)]
    if not _can_ask(platform, chosen):
        raise CommandError(NOBODY_CONNECTED)
    out, progress = display.consoles(as_json=as_json)
    with dagster_instance(platform.settings) as instance:
        collected = collect(platform, instance, progress, chosen)
        if not collected.outcomes:
            raise CommandError(NOBODY_CONNECTED)
        reports = [collected.report]
        if days := _days_to_build(collected):
            reports.append(build(platform, instance, progress, days))
    report = together(reports)
    if as_json:
        display.print_json({"command": "run-once", "outcomes": collected.outcomes, "run": display.run_json(report)})
    else:
        out.print(display.outcome_table("Collected", collected.outcomes))
        if parked := waiting(build_collection(platform.settings)):
            out.print(what_waits(parked), markup=False, soft_wrap=True)
        print_run(report, out)
    stop_where_something_failed(collected.outcomes)


def stop_where_something_failed(outcomes: Outcomes) -> None:
    """After all else: who looks at the exit code alone must learn it. What is parked goes on by itself.

    Raises:
        CommandError: a work did not come to its end.
    """
    failed = [outcome for outcome in outcomes if outcome["problem"] and not outcome["parked_until"]]
    if failed:
        reasons = "; ".join(dict.fromkeys(str(outcome["problem"]) for outcome in failed))
        raise CommandError(f"{len(failed)} of {len(outcomes)} works did not come to their end: {reasons}")


def _days_to_build(collected: Collected) -> tuple[date, date] | None:
    """Those of new plays; where only something else is new, today, since what is not by day is built with any."""
    if collected.days or not any(outcome["records"] for outcome in collected.outcomes):
        return collected.days
    return (utc_now().date(), utc_now().date())


def _can_ask(platform: Platform, scopes: Sequence[Scope]) -> bool:
    """Whether there is anyone to ask; looked at first, since a pass makes a warehouse and a Dagster home."""
    services = build_services(platform.settings)
    if anyone_to_ask(services):
        return True
    # These need nobody's account, but plays to look up.
    has_lookups = bool(services.credentials.contact or services.credentials.listenbrainz_token)
    return has_lookups and "enrichment" in scopes and platform.has_in_silver("plays")


def what_waits(parked: Sequence[ParkedWork]) -> str:
    """Until when, why, and that nobody has to do anything."""
    reasons = "; ".join(dict.fromkeys(work.reason for work in parked))
    until = f"{parked[0].retry_at:%Y-%m-%d %H:%M} UTC"
    return (
        f"Work waits ({', '.join(dict.fromkeys(work.stream for work in parked))}) until {until} or later: {reasons}. "
        "It goes on by itself while `tunegenie run` runs, or with the next `tunegenie run-once` after that."
    )


def collect(
    platform: Platform, instance: dg.DagsterInstance, progress: Console, scopes: Sequence[Scope], **options: object
) -> Collected:
    """One pass for these scopes; `options` are those of the configuration of landing/page_files.

    Raises:
        RunFailedError: nothing could be had.
    """
    report = run_job(
        platform.definitions,
        instance,
        COLLECT,
        progress,
        tags={IMPORT_FOLLOWS_TAG: "true"},
        ops={PAGES_KEY.to_python_identifier(): {"config": {"scopes": list(scopes), **options}}},
    )
    metadata = report.metadata[PAGES_KEY.to_user_string()]
    days = None
    if "first_day" in metadata:
        days = (date.fromisoformat(metadata["first_day"]), date.fromisoformat(metadata["last_day"]))
    return Collected(report, metadata["outcomes"], days)


def build(platform: Platform, instance: dg.DagsterInstance, progress: Console, days: tuple[date, date]) -> RunReport:
    """What follows from the collected pages of these days, both included."""
    tags, assets = range_tags(*days), platform.assets_with_rows(BUILD_COLLECTED)
    return run_job(platform.definitions, instance, BUILD_COLLECTED, progress, tags=tags, assets=assets)


def print_run(report: RunReport, out: Console) -> None:
    out.print()
    out.print(display.checks_line(report))
    out.print()
    out.print(display.stage_table(report))
