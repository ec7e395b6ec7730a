"""`tunegenie import`: archives through landing to gold."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from tunegenie_assets.cli import display, summaries
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.runs import RunReport, dagster_instance, run_job
from tunegenie_assets.jobs import IMPORT_ARCHIVES, LAND_ARCHIVES
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.sensors import ARCHIVES_KEY, IMPORT_FOLLOWS_TAG

Files = Sequence[Mapping[str, Any]]


def run(paths: Sequence[Path], *, listener: str | None, timezone: str | None, as_json: bool) -> None:
    """Land the files, then build the days they hold and everything after."""
    begin = time.monotonic()
    out, progress = display.consoles(as_json=as_json)
    platform = Platform.open()
    listener = listener or platform.settings.listener
    config = {"paths": [str(path.absolute()) for path in paths], "listener": listener, "timezone": timezone}
    with dagster_instance(platform.settings) as instance:
        landed = run_job(
            platform.definitions,
            instance,
            LAND_ARCHIVES,
            progress,
            tags={IMPORT_FOLLOWS_TAG: "true"},
            ops={ARCHIVES_KEY.to_python_identifier(): {"config": config}},
        )
        metadata = landed.metadata[ARCHIVES_KEY.to_user_string()]
        _complain(metadata["files"], progress)
        first, last = (date.fromisoformat(metadata[name]) for name in ("first_day", "last_day"))
        built = run_job(platform.definitions, instance, IMPORT_ARCHIVES, progress, tags=range_tags(first, last))
    fates = summaries.fates_by_archive(platform.warehouse, listener)
    files = [{**file, "fates": fates.get(file["archive_id"] or "", {})} for file in metadata["files"]]
    seconds = time.monotonic() - begin
    if as_json:
        display.print_json(
            {
                "command": "import",
                "listener": listener,
                "seconds": round(seconds, 2),
                "files": files,
                "run": display.run_json(built),
            }
        )
    else:
        _print(files, listener, built, seconds, out)
        _print_recommendations(platform, listener, out)


def _complain(files: Files, progress: Console) -> None:
    """A line for each file that was refused and for the first unreadable records of the others."""
    for file in files:
        if file["problem"]:
            progress.print(f"tunegenie: {file['problem']}", markup=False, soft_wrap=True)
            continue
        for example in file["examples"]:
            progress.print(f"tunegenie: {example}", markup=False, soft_wrap=True)
        hidden = file["rejected"] - len(file["examples"])
        if hidden > 0:
            progress.print(f"tunegenie: … and {hidden} more; all are listed in raw.rejected_records", markup=False)


def _print_recommendations(platform: Platform, listener: str, out: Console) -> None:
    recommended = summaries.recommendations_for(platform.warehouse, listener)
    if recommended:
        out.print(display.recommendation_table(recommended))
    elif platform.settings.catalogue is None:
        out.print("For recommendations, set TUNEGENIE_CATALOGUE to a table of Spotify tracks and import again.")


def _print(files: Files, listener: str, built: RunReport, seconds: float, out: Console) -> None:
    rows: list[tuple[object, ...]] = []
    for file in files:
        if file["problem"]:
            rows.append((Path(file["path"]).name, "refused", None, None, None, "see above"))
            continue
        fates: Mapping[str, int] = file["fates"]
        others = {**{k: v for k, v in fates.items() if k not in {"kept", "merged_into"}}, **file["reasons"]}
        rows.append(
            (
                Path(file["path"]).name,
                file["kind"] + (" (imported before)" if file["status"] == "already_landed" else ""),
                file["records"] + file["rejected"],
                fates.get("kept", 0),
                fates.get("merged_into", 0),
                ", ".join(f"{count:,} {reason}" for reason, count in sorted(others.items())) or "none",
            )
        )
    columns = ["file", "kind", "records", "plays", "duplicates", "not counted, and why"]
    out.print()
    out.print(display.table(f"Imported for {listener}", columns, rows))
    out.print()
    out.print(display.checks_line(built))
    out.print()
    out.print(display.stage_table(built))
    out.print(f"[dim]{seconds:.1f} s with landing and the start of the program[/dim]")
    out.print()
    out.print("What it holds: [bold]tunegenie stats[/bold]. Look around: [bold]tunegenie ui[/bold].")
