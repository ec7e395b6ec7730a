"""`tunegenie rebuild`: the warehouse from what is kept outside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import dagster as dg
from rich.console import Console

from tunegenie_assets.cli import display, summaries
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.mending import mend
from tunegenie_assets.cli.runs import RunReport, dagster_instance, run_job, together
from tunegenie_assets.cli.training import train_after
from tunegenie_assets.jobs import BUILD_EVERYTHING, COLLECT, IMPORT_ARCHIVES, LAND_ARCHIVES
from tunegenie_assets.partitions import possible_days, range_tags
from tunegenie_assets.resources.services import utc_now
from tunegenie_assets.wiring import build_archive_store, build_collection, build_simulation


def run(*, as_json: bool) -> None:
    """Build all days that the landed archives, the collected pages and the simulated population hold."""
    out, progress = display.consoles(as_json=as_json)
    platform = Platform.open()
    for line in mend(platform.settings):
        progress.print(f"tunegenie: {line}", markup=False, soft_wrap=True)
    landed, simulated = days_to_rebuild(platform)
    if not landed and not simulated:
        raise CommandError("nothing to rebuild from: import an archive, collect from a service or run the demo first")
    with dagster_instance(platform.settings) as instance:
        report = build(platform, instance, progress, landed, simulated)
    layers = summaries.rows_by_layer(summaries.table_sizes(platform.warehouse))
    if as_json:
        rows = {layer: rows for layer, (_, rows) in layers.items()}
        display.print_json({"command": "rebuild", "rows_per_layer": rows, "run": display.run_json(report)})
        return
    out.print(display.table("Rows", ["layer", "tables", "rows"], [(k, n, r) for k, (n, r) in layers.items()]))
    out.print()
    out.print(display.checks_line(report))
    out.print()
    out.print(display.stage_table(report))


def days_to_rebuild(platform: Platform) -> tuple[list[date], list[date]]:
    """Those of plays that landed, and those of simulated ones."""
    return [*_archived_days(platform), *_collected_days(platform)], _simulated_days(platform)


def build(
    platform: Platform,
    instance: dg.DagsterInstance,
    progress: Console,
    landed: Sequence[date],
    simulated: Sequence[date],
) -> RunReport:
    """Run the jobs that fill an empty warehouse, and train the recommender.

    Raises:
        RunFailedError: a run failed.
    """
    reports = [run_job(platform.definitions, instance, job, progress) for job in (LAND_ARCHIVES, COLLECT)]
    # Years may lie between the two, so each has a run of its own.
    for job, days in ((BUILD_EVERYTHING, simulated), (IMPORT_ARCHIVES, landed)):
        if days:
            tags = range_tags(min(days), max(days))
            reports.append(run_job(platform.definitions, instance, job, progress, tags=tags))
    trained = train_after(platform, platform.definitions, instance, progress)
    return together([*reports, *trained], under=reports[-1])


def _archived_days(platform: Platform) -> list[date]:
    store = build_archive_store(platform.settings)
    parsed = [store.parsed.ensure(store.landing, archive) for archive in store.landing.archives()]
    return [day for archive in parsed for day in (archive.first_day, archive.last_day) if day]


def _collected_days(platform: Platform) -> set[date]:
    return possible_days(build_collection(platform.settings).plays_by_day(), utc_now().date())


def _simulated_days(platform: Platform) -> list[date]:
    return list(build_simulation(platform.settings).touched_days() or ())
