"""`tunegenie report`: the data-quality report written anew from all that checks said, and what is wrong now."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from ml.quality.markdown import STATES, sentence, severity_text, trend_text
from ml.quality.standing import Outcome, Standing, Totals, totals
from tunegenie_assets.assets.quality import standing_of
from tunegenie_assets.checks.advice import known_checks
from tunegenie_assets.cli import display
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.runs import dagster_instance, run_job
from tunegenie_assets.cli.stats import NOTHING_BUILT
from tunegenie_assets.jobs import REPORT_QUALITY
from tunegenie_assets.resources.report_folder import DATA_QUALITY, SUMMARY, page_of

_COLOURS = {Outcome.FAILED: "red", Outcome.WARNED: "yellow"}


@dataclass(frozen=True)
class Request:
    """How it is told."""

    as_markdown: bool
    opens: bool
    is_strict: bool
    as_json: bool


def run(request: Request) -> None:
    """Write the report, and say what is wrong and where it lies.

    Raises:
        CommandError: nothing has been built yet.
        typer.Exit: with 1 where a check fails, and that was to be told.
    """
    out, progress = display.consoles(as_json=request.as_json or request.as_markdown)
    platform = Platform.open()
    settings = platform.settings
    if not platform.has_warehouse:
        raise CommandError(NOTHING_BUILT)
    with dagster_instance(settings) as instance:
        run_job(platform.definitions, instance, REPORT_QUALITY, progress)
    graph = platform.definitions.resolve_asset_graph()
    known = known_checks(graph.get_check_spec(key) for key in graph.asset_check_keys)
    standing = standing_of(platform.warehouse, known)
    counted = totals(standing)
    page = page_of(settings.reports_path, DATA_QUALITY)
    if request.as_json:
        display.print_json(_document(standing, counted, page))
    elif request.as_markdown:
        sys.stdout.write(page.with_name(SUMMARY).read_text(encoding="utf-8"))
    else:
        _print(standing, counted, page, out)
    if request.opens:
        webbrowser.open(page.as_uri())
    if request.is_strict and counted.failed:
        raise typer.Exit(1)


def _document(standing: Sequence[Standing], counted: Totals, page: Path) -> dict[str, object]:
    return {
        "command": "report",
        "page": str(page),
        "summary": str(page.with_name(SUMMARY)),
        "headline": counted.headline,
        "failed": counted.failed,
        "warned": counted.warned,
        "passed": counted.passed,
        "flapping": counted.flapping,
        "never_ran": counted.never_ran,
        "checks": [_as_json(one) for one in standing],
    }


def _as_json(one: Standing) -> dict[str, object]:
    last = one.last
    return {
        "asset": one.known.asset,
        "check": one.known.check,
        "severity": last.severity if last else None,
        "blocking": one.known.is_blocking,
        "outcome": one.outcome.value if one.outcome else None,
        "found": last.summary if last else None,
        "evaluated_at": last.evaluated_at if last else None,
        "trend": [outcome.value for outcome in one.trend],
        "flapping": one.is_flapping,
        "to_do": one.known.advice,
    }


def _print(standing: Sequence[Standing], counted: Totals, page: Path, out: Console) -> None:
    out.print(f"[bold]{counted.headline}[/bold]")
    for one in standing:
        if one.outcome in _COLOURS or one.is_flapping:
            _print_one(one, out)
    if counted.never_ran:
        out.print(f"[dim]{counted.never_ran:,} have not run yet.[/dim]")
    out.print()
    out.print(f"All of them, with their trends: {page}", soft_wrap=True)


def _print_one(one: Standing, out: Console) -> None:
    colour = _COLOURS.get(one.outcome, "magenta") if one.outcome else "dim"
    out.print(
        f"  [{colour}]{STATES[one.outcome]}{', flaps' if one.is_flapping else ''}[/{colour}]"
        f" {escape(one.known.asset)}: {escape(one.known.check)} [dim]{severity_text(one)} {trend_text(one)}[/dim]"
    )
    if one.outcome is Outcome.PASSED:
        return
    if one.last and one.last.summary:
        out.print(f"    found: {escape(one.last.summary)}", soft_wrap=True)
    out.print(f"    to do: {escape(sentence(one.known.advice))}", soft_wrap=True)
