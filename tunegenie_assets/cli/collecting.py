"""`tunegenie run-once`: ask the services now, then build the days of the plays that are new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import typer
from rich.console import Console

from tunegenie_assets.cli import display
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.runs import RunReport, dagster_instance, run_job, together
from tunegenie_assets.jobs import BUILD_COLLECTED, COLLECT
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.sensors import IMPORT_FOLLOWS_TAG, PAGES_KEY
from tunegenie_assets.sources.fetching import SCOPES

Outcomes = Sequence[Mapping[str, Any]]


def run(scopes: Sequence[str], *, as_json: bool) -> None:
    """Collect, and build where plays came.

    Raises:
        typer.BadParameter: a scope is not known.
        CommandError: nobody is connected, or nothing could be had.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise typer.BadParameter(f"unknown scope {', '.join(unknown)}; known: {', '.join(SCOPES)}")
    out, progress = display.consoles(as_json=as_json)
    platform = Platform.open()
    with dagster_instance(platform.settings) as instance:
        collected = run_job(
            platform.definitions,
            instance,
            COLLECT,
            progress,
            tags={IMPORT_FOLLOWS_TAG: "true"},
            ops={PAGES_KEY.to_python_identifier(): {"config": {"scopes": list(scopes or SCOPES)}}},
        )
        metadata = collected.metadata[PAGES_KEY.to_user_string()]
        outcomes: Outcomes = metadata["outcomes"]
        if not outcomes:
            raise CommandError("nobody is connected; run tunegenie login, or set TUNEGENIE_LASTFM_API_KEY and names")
        reports = [collected]
        if "first_day" in metadata:
            first, last = (date.fromisoformat(metadata[name]) for name in ("first_day", "last_day"))
            tags, assets = range_tags(first, last), platform.assets_with_rows(BUILD_COLLECTED)
            reports.append(run_job(platform.definitions, instance, BUILD_COLLECTED, progress, tags=tags, assets=assets))
    report = together(reports)
    if as_json:
        display.print_json({"command": "run-once", "outcomes": list(outcomes), "run": display.run_json(report)})
        return
    out.print(display.outcome_table("Collected", outcomes))
    _print_run(report, out)


def _print_run(report: RunReport, out: Console) -> None:
    out.print()
    out.print(display.checks_line(report))
    out.print()
    out.print(display.stage_table(report))
