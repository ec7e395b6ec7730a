"""`tunegenie demo`: a simulated population, and an account at a stand-in for the services, through the whole graph."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import dagster as dg
from rich.console import Console

from tunegenie_assets.cli import display, summaries
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.demo_account import CONNECTED, Account, connected_account, forget_account
from tunegenie_assets.cli.population import population_spec
from tunegenie_assets.cli.runs import RunReport, dagster_instance, run_job, together
from tunegenie_assets.cli.training import train_after
from tunegenie_assets.definitions import build_definitions
from tunegenie_assets.jobs import BUILD_EVERYTHING, COLLECT
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.resources.report_folder import DBT_DOCS, page_of
from tunegenie_assets.sensors import IMPORT_FOLLOWS_TAG, PAGES_KEY
from tunegenie_assets.sources.fetching import SCOPES
from tunegenie_assets.wiring import build_collection, build_simulation

FIRST_LISTENER = "sim-00001"
"""Who every population has, whatever its size."""


@dataclass(frozen=True)
class Connected:
    """What a pass over the demo's account brought, and how many calls it took, by service."""

    outcomes: Sequence[Mapping[str, Any]]
    calls: Mapping[str, int]
    report: RunReport


def run(
    *,
    listeners: int | None,
    days: int | None,
    seed: int | None,
    until: date | None,
    with_account: bool,
    as_json: bool,
) -> None:
    """Simulate, collect, build, and print the summary."""
    begin = time.monotonic()
    out, progress = display.consoles(as_json=as_json)
    platform = Platform.open()
    settings = platform.settings
    spec = population_spec(settings, listeners=listeners, days=days, seed=seed, until=until)
    collection, simulation = build_collection(settings), build_simulation(settings)
    with dagster_instance(settings) as instance:
        if simulation.settled() != spec:
            forget_account(collection)
        a_connection = connected_account(spec, settings.seed, collection.state) if with_account else nullcontext()
        with a_connection as account:
            definitions = build_definitions(settings, account.services if account else None)
            # The population is written down once everything else about the command is known to be usable.
            simulation.settle(spec)
            progress.print(
                f"Simulating {spec.listeners} listeners{' and a connected account' if account else ''} "
                f"from {spec.first_day} to {spec.until - timedelta(days=1)} under {settings.home}"
            )
            connected = _collect(account, definitions, instance, progress) if account else None
        touched = simulation.touched_days() or (spec.first_day, spec.until - timedelta(days=1))
        built = run_job(definitions, instance, BUILD_EVERYTHING, progress, tags=range_tags(*touched))
        trained = train_after(platform, definitions, instance, progress)
    report = together([*([connected.report] if connected else []), built, *trained], under=built)
    seconds = time.monotonic() - begin
    if as_json:
        display.print_json(_document(platform, connected, report, seconds))
    else:
        _print(platform, connected, report, seconds, out)


def _collect(
    account: Account, definitions: dg.Definitions, instance: dg.DagsterInstance, progress: Console
) -> Connected:
    report = run_job(
        definitions,
        instance,
        COLLECT,
        progress,
        tags={IMPORT_FOLLOWS_TAG: "true"},
        ops={PAGES_KEY.to_python_identifier(): {"config": {"scopes": list(SCOPES)}}},
    )
    return Connected(report.metadata[PAGES_KEY.to_user_string()]["outcomes"], account.calls(), report)


def _document(platform: Platform, connected: Connected | None, report: RunReport, seconds: float) -> dict[str, object]:
    warehouse = platform.warehouse
    layers = summaries.rows_by_layer(summaries.table_sizes(warehouse))
    return {
        "command": "demo",
        "seconds": round(seconds, 2),
        "run": display.run_json(report),
        "connected": _account_json(connected) if connected else None,
        "rows_per_layer": {layer: rows for layer, (_, rows) in layers.items()},
        "top_genres": summaries.top_genres(warehouse),
        "recommendations": summaries.recommendations_for(warehouse, None),
        "warehouse": str(platform.settings.warehouse_path),
    }


def _account_json(connected: Connected) -> dict[str, object]:
    return {"listener": CONNECTED, "outcomes": list(connected.outcomes), "calls": dict(connected.calls)}


def _print(platform: Platform, connected: Connected | None, report: RunReport, seconds: float, out: Console) -> None:
    warehouse = platform.warehouse
    layers = summaries.rows_by_layer(summaries.table_sizes(warehouse))
    out.print()
    out.print(display.table("Rows", ["layer", "tables", "rows"], [(k, n, r) for k, (n, r) in layers.items()]))
    out.print()
    if connected:
        out.print(display.outcome_table("Connected account", connected.outcomes))
        calls = ", ".join(f"{service} {count}" for service, count in sorted(connected.calls.items()))
        out.print(f"[dim]calls: {calls}[/dim]")
        out.print()
    out.print(display.checks_line(report))
    out.print()
    genres = [
        (g["genre"], int(g["plays"]), float(g["hours"]), float(g["percent"])) for g in summaries.top_genres(warehouse)
    ]
    out.print(display.table("Top genres", ["genre", "plays", "hours", "percent of plays"], genres))
    out.print()
    recommended = summaries.recommendations_for(warehouse, None)
    out.print(display.recommendation_table(recommended))
    out.print()
    out.print(display.stage_table(report))
    out.print(f"[dim]{seconds:.1f} s with the start of the program[/dim]")
    out.print()
    out.print(f'Ask it: [bold]tunegenie ask "who are my top artists?" --listener {FIRST_LISTENER}[/bold]')
    out.print(f"Look around: [bold]tunegenie ui[/bold], or open {platform.settings.warehouse_path} with DuckDB.")
    out.print(f"Every table and metric explained: {page_of(platform.settings.reports_path, DBT_DOCS)}")
