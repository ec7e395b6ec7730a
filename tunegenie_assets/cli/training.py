"""`tunegenie train`, and the training that follows an import, a rebuild or a demo: the recommender of a week."""

from __future__ import annotations

from datetime import date
from typing import Any

import dagster as dg
import typer
from rich.console import Console

from tunegenie_assets.cli import display, summaries
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.runs import CheckFailedError, RunReport, dagster_instance, run_job
from tunegenie_assets.cli.stats import NOTHING_BUILT
from tunegenie_assets.jobs import TRAIN_RECOMMENDER
from tunegenie_assets.keys import FIRST_PLAY_DAY
from tunegenie_assets.partitions import week_of
from tunegenie_assets.resources.services import utc_now

PUBLISHED = "recommender/published_model"
EVALUATION = "recommender/evaluation"


def run(*, week: date | None, as_json: bool) -> None:
    """Train the recommender of a week, or of that with the last plays, and say what became of it.

    Raises:
        typer.BadParameter: the week lies in the future, or before any play could.
        CommandError: nothing has been built, or the model was not good enough to be published.
    """
    out, progress = display.consoles(as_json=as_json)
    if week is not None and not FIRST_PLAY_DAY <= week <= utc_now().date():
        raise typer.BadParameter(f"{week} is no day from {FIRST_PLAY_DAY} to today")
    platform = Platform.open()
    latest = latest_week(platform)
    if latest is None:
        raise CommandError(NOTHING_BUILT)
    chosen = latest if week is None else week_of(week)
    with dagster_instance(platform.settings) as instance:
        report = train(platform.definitions, instance, progress, chosen)
    if as_json:
        display.print_json({"command": "train", "week": chosen.isoformat(), **_facts(report), **_run(report)})
        return
    _print(chosen, report, out)
    if recommended := summaries.recommendations_for(platform.warehouse, None, chosen):
        out.print(display.recommendation_table(recommended))
    elif _facts(report)["published"]:
        out.print(f"Nothing is recommended to anybody: {summaries.NO_NEW_TRACKS}.", markup=False)
    out.print()
    out.print(display.stage_table(report))


def latest_week(platform: Platform) -> date | None:
    """The week of the last play; None where nothing has been built."""
    if not platform.has_in_silver("plays", "counted_plays"):
        return None
    [last] = platform.warehouse.query("select max(play_date) as last from silver.plays").to_pylist()
    return week_of(last["last"]) if last["last"] else None


def train(definitions: dg.Definitions, instance: dg.DagsterInstance, progress: Console, week: date) -> RunReport:
    """Run the job of one week.

    Raises:
        CheckFailedError: the model is not good enough, or what it says is not as it must be; the one in use stays.
        RunFailedError: a step failed.
    """
    return run_job(definitions, instance, TRAIN_RECOMMENDER, progress, partition_key=week.isoformat())


def train_after(
    platform: Platform, definitions: dg.Definitions, instance: dg.DagsterInstance, progress: Console
) -> list[RunReport]:
    """The training of the week with the last plays, where there are any; one that is not good enough is no failure."""
    week = latest_week(platform)
    if week is None:
        return []
    try:
        return [train(definitions, instance, progress, week)]
    except CheckFailedError as error:
        progress.print(f"[yellow]The recommender stays as it was: {error}[/yellow]")
        return []


def _facts(report: RunReport) -> dict[str, Any]:
    published = report.metadata.get(PUBLISHED, {})
    return {"published": published.get("version"), "verdict": report.metadata.get(EVALUATION, {}).get("verdict")}


def _run(report: RunReport) -> dict[str, object]:
    return {"run": display.run_json(report)}


def _print(week: date, report: RunReport, out: Console) -> None:
    facts = _facts(report)
    if facts["published"] is None:
        out.print(f"Week of {week}: nothing to learn from yet, so there is no model.", markup=False)
    else:
        out.print(f"Week of {week}: published as {facts['published']}; {facts['verdict']}.", markup=False)
    out.print()
