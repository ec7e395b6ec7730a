"""`tunegenie import`: archives through landing to gold, and what became of each of their records."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import typer
from rich.console import Console

from tunegenie_assets.cli import display, summaries
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.reconciliation import ImportedFile, listener_line, reconcile, reconciliation_table
from tunegenie_assets.cli.runs import RunReport, dagster_instance, run_job, together
from tunegenie_assets.cli.training import train_after
from tunegenie_assets.jobs import IMPORT_ARCHIVES, LAND_ARCHIVES
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.sensors import ARCHIVES_KEY, IMPORT_FOLLOWS_TAG
from tunegenie_assets.sources.errors import InvalidRequestError
from tunegenie_assets.sources.landing import check_listener_id, check_timezone

Archives = Sequence[Mapping[str, Any]]


def run(paths: Sequence[Path], *, listener: str | None, timezone: str | None, as_json: bool) -> None:
    """Land the files, then build the days they hold and everything after.

    Raises:
        typer.BadParameter: the listener's name or the zone cannot be used.
        CommandError: after everything else, rows of a file became neither plays nor anything that is told.
        typer.Exit: with code 1, after everything else, where some of the files was refused.
    """
    begin = time.monotonic()
    out, progress = display.consoles(as_json=as_json)
    platform = Platform.open()
    listener = platform.settings.listener if listener is None else listener
    _check(listener, timezone)
    config = {"paths": [str(path.absolute()) for path in paths], "listener": listener, "timezone": timezone}
    with dagster_instance(platform.settings) as instance:
        plays_before = _plays_by_archive(platform, listener)
        archives, report = _land_and_build(platform, instance, config, progress)
    merged_now = earlier_plays_merged(plays_before, _plays_by_archive(platform, listener))
    fates = summaries.fates_by_file(platform.warehouse, listener)
    imported = [(archive, reconcile(archive, fates)) for archive in archives]
    seconds = time.monotonic() - begin
    if as_json:
        document = _document(listener, imported, report, seconds)
        display.print_json({**document, "earlier_plays_merged": merged_now})
    else:
        out.print()
        out.print(reconciliation_table(f"Imported for {listener}", imported, out.width))
        out.print(listener_line(listener, fates, summaries.merges(platform.warehouse, listener)), markup=False)
        if merged_now:
            out.print(_merged_line(merged_now))
        _print(imported, report, seconds, out)
        _print_recommendations(platform, listener, out)
    _stop_where_rows_are_missing(imported)
    if any(archive["problem"] for archive in archives):
        raise typer.Exit(1)


def _check(listener: str, timezone: str | None) -> None:
    try:
        check_listener_id(listener)
        if timezone is not None:
            check_timezone(timezone)
    except InvalidRequestError as error:
        raise typer.BadParameter(str(error)) from error


def _land_and_build(
    platform: Platform, instance: dg.DagsterInstance, config: Mapping[str, Any], progress: Console
) -> tuple[Archives, RunReport]:
    """What became of each archive in landing, and of all runs together."""
    landed = run_job(
        platform.definitions,
        instance,
        LAND_ARCHIVES,
        progress,
        tags={IMPORT_FOLLOWS_TAG: "true"},
        ops={ARCHIVES_KEY.to_python_identifier(): {"config": config}},
    )
    metadata = landed.metadata[ARCHIVES_KEY.to_user_string()]
    archives: Archives = metadata["files"]
    _complain(archives, progress)
    first, last = (date.fromisoformat(metadata[name]) for name in ("first_day", "last_day"))
    built = run_job(
        platform.definitions,
        instance,
        IMPORT_ARCHIVES,
        progress,
        tags=range_tags(first, last),
        assets=platform.assets_with_rows(IMPORT_ARCHIVES),
    )
    trained = train_after(platform, platform.definitions, instance, progress)
    return archives, together([landed, built, *trained], under=built)


def _stop_where_rows_are_missing(imported: Sequence[tuple[Mapping[str, Any], Sequence[ImportedFile]]]) -> None:
    """The checks compare what was built; that all of it was built is seen here, beside what was read."""
    missing = {file.name: file.unaccounted for _, files in imported for file in files if file.source}
    missing = {name: rows for name, rows in missing.items() if rows}
    if missing:
        [name, rows] = next(iter(missing.items()))
        where = name if len(missing) == 1 else f"{name} and {len(missing) - 1} other files"
        raise CommandError(f"{abs(rows):,} rows of {where} are not accounted for; run tunegenie rebuild")


def earlier_plays_merged(before: Mapping[str, int], after: Mapping[str, int]) -> int:
    """How many plays of archives that were built before are now merged into plays of those that were not.

    Both are plays by archive, of one listener. 0 where no archive is new.
    """
    fewer = sum(plays - after.get(archive, 0) for archive, plays in before.items())
    return max(fewer, 0) if after.keys() - before.keys() else 0


def _plays_by_archive(platform: Platform, listener: str) -> Mapping[str, int]:
    return summaries.plays_by_archive(platform.warehouse, listener) if platform.has_in_silver("play_ledger") else {}


def _merged_line(merged: int) -> str:
    if merged == 1:
        return "1 earlier play turned out to be the same as a play in these files."
    return f"{merged:,} earlier plays turned out to be the same as plays in these files."


def _complain(archives: Archives, progress: Console) -> None:
    """A line for each file that was refused or left out, and for the first unreadable records of the others."""
    for archive in archives:
        lines = [archive["problem"]] if archive["problem"] else [*archive["problems"], *archive["examples"]]
        if archive["restored"]:
            lines.insert(0, f"{archive['path']}: its copy in landing was damaged, and is whole again")
        hidden = 0 if archive["problem"] else archive["rejected"] - len(archive["examples"])
        if hidden > 0:
            lines.append(f"… and {hidden} more; all are listed in raw.rejected_records")
        for line in (*lines, *archive["skipped"]):
            progress.print(f"tunegenie: {line}", markup=False, soft_wrap=True)


def _document(
    listener: str,
    imported: Sequence[tuple[Mapping[str, Any], Sequence[ImportedFile]]],
    report: RunReport,
    seconds: float,
) -> dict[str, Any]:
    return {
        "command": "import",
        "listener": listener,
        "seconds": round(seconds, 2),
        "archives": [
            {name: value for name, value in archive.items() if name not in {"members", "reasons"}}
            for archive, _ in imported
        ],
        "files": [{"archive": archive["path"], **file.as_json()} for archive, files in imported for file in files],
        "run": display.run_json(report),
    }


def _print(
    imported: Sequence[tuple[Mapping[str, Any], Sequence[ImportedFile]]],
    report: RunReport,
    seconds: float,
    out: Console,
) -> None:
    again = sum(archive["status"] == "already_landed" for archive, _ in imported)
    if again:
        out.print(f"[dim]{again} of {len(imported)} had been imported before[/dim]")
    out.print()
    out.print(display.checks_line(report))
    out.print()
    out.print(display.stage_table(report))
    out.print(f"[dim]{seconds:.1f} s with the start of the program[/dim]")
    out.print()
    out.print("What it holds: [bold]tunegenie stats[/bold]. Look around: [bold]tunegenie ui[/bold].")


def _print_recommendations(platform: Platform, listener: str, out: Console) -> None:
    recommended = summaries.recommendations_for(platform.warehouse, listener)
    if recommended:
        out.print(display.recommendation_table(recommended))
    elif platform.settings.catalogue is None:
        out.print("For recommendations, set TUNEGENIE_CATALOGUE to a table of Spotify tracks and import again.")
