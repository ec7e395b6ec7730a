"""`tunegenie demo`: a simulated population through the whole graph."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from rich.console import Console

from ml.listeners.population import PopulationSpec
from tunegenie_assets.cli import display, summaries
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.runs import RunReport, dagster_instance, run_job
from tunegenie_assets.definitions import build_simulation
from tunegenie_assets.jobs import BUILD_EVERYTHING
from tunegenie_assets.keys import FIRST_PLAY_DAY
from tunegenie_assets.partitions import range_tags


def run(*, listeners: int | None, days: int | None, seed: int | None, until: date | None, as_json: bool) -> None:
    """Simulate, build, and print the summary."""
    begin = time.monotonic()
    out, progress = display.consoles(as_json=as_json)
    platform = Platform.open()
    settings = platform.settings
    last = until or datetime.now(UTC).date()
    spec = PopulationSpec(
        listeners=listeners or settings.simulated_listeners,
        seed=settings.seed if seed is None else seed,
        first_day=last - timedelta(days=days or settings.simulated_days),
        until=last,
    )
    _check_days(spec)
    # The population is written down once everything else about the command is known to be usable.
    definitions = platform.definitions
    simulation = build_simulation(settings)
    simulation.settle(spec)
    touched = simulation.touched_days() or (spec.first_day, spec.until - timedelta(days=1))
    progress.print(
        f"Simulating {spec.listeners} listeners from {spec.first_day} to {spec.until - timedelta(days=1)} "
        f"under {settings.home}"
    )
    with dagster_instance(settings) as instance:
        report = run_job(
            definitions,
            instance,
            BUILD_EVERYTHING,
            progress,
            tags=range_tags(*touched),
        )
    seconds = time.monotonic() - begin
    if as_json:
        display.print_json(_document(platform, report, seconds))
    else:
        _print(platform, report, seconds, out)


def _check_days(spec: PopulationSpec) -> None:
    today = datetime.now(UTC).date()
    if spec.first_day < FIRST_PLAY_DAY or spec.until > today:
        raise CommandError(
            f"cannot simulate {spec.first_day} to {spec.until - timedelta(days=1)}: days from {FIRST_PLAY_DAY} "
            f"to yesterday, {today - timedelta(days=1)}, can be simulated"
        )


def _document(platform: Platform, report: RunReport, seconds: float) -> dict[str, object]:
    warehouse = platform.warehouse
    layers = summaries.rows_by_layer(summaries.table_sizes(warehouse))
    return {
        "command": "demo",
        "seconds": round(seconds, 2),
        "run": display.run_json(report),
        "rows_per_layer": {layer: rows for layer, (_, rows) in layers.items()},
        "top_genres": summaries.top_genres(warehouse),
        "recommendations": summaries.recommendations_for(warehouse, None),
        "warehouse": str(platform.settings.warehouse_path),
    }


def _print(platform: Platform, report: RunReport, seconds: float, out: Console) -> None:
    warehouse = platform.warehouse
    layers = summaries.rows_by_layer(summaries.table_sizes(warehouse))
    out.print()
    out.print(display.table("Rows", ["layer", "tables", "rows"], [(k, n, r) for k, (n, r) in layers.items()]))
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
    out.print(f"Look around: [bold]tunegenie ui[/bold], or open {platform.settings.warehouse_path} with DuckDB.")
