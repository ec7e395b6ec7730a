"""Tables for people and documents for machines. What they hold is worked out elsewhere."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from io import UnsupportedOperation
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:  # runs.py imports Dagster, which what only reads need not wait for
    from tunegenie_assets.cli.runs import RunReport, Stage

SLOWEST_STAGES = 5
LONGEST_FINDING = 300
_KNOWN_NAMES = {"spotify_recently_played": "spotify live"}


def consoles(*, as_json: bool) -> tuple[Console, Console]:
    """Where the answer goes and where progress goes; with `--json` standard output holds the document only."""
    return Console(file=sys.stdout, quiet=as_json, highlight=False), Console(file=_own_stderr(), highlight=False)


def _own_stderr() -> TextIO:
    """Standard error by a descriptor of its own: Dagster sends the usual one to a file while a step runs."""
    try:
        return os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8", buffering=1)
    except (OSError, UnsupportedOperation):
        return sys.stderr


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document on standard output; times that name no zone are UTC, and say so here."""
    sys.stdout.write(json.dumps(document, default=_as_json) + "\n")


def source_name(source: str) -> str:
    """`spotify_extended_history` is "spotify extended": the last word says no more than what stands around it."""
    return _KNOWN_NAMES.get(source) or source.rsplit("_", 1)[0].replace("_", " ")


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], unwrapped: Container[str] = ()
) -> Table:
    """Numbers to the right, words to the left; columns in `unwrapped` keep each cell on one line."""
    materialized = [tuple(row) for row in rows]
    made = Table(
        title=escape(title), title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for index, name in enumerate(columns):
        numbers = all(isinstance(row[index], int | float) or row[index] is None for row in materialized)
        justify = "right" if numbers else "left"
        made.add_column(name, justify=justify, overflow="fold", header_style="dim", no_wrap=name in unwrapped)
    for row in materialized:
        made.add_row(*(_cell(value) for value in row))
    return made


def recommendation_table(recommended: Sequence[Mapping[str, Any]]) -> Table:
    """The recommendations of one listener, by rank."""
    who = recommended[0]["listener_id"] if recommended else "nobody"
    rows = [(r["rank"], r["track_name"], r["artist_name"], r["primary_genre"], r["reason"]) for r in recommended]
    return table(f"Recommended to {who}", ["", "track", "artist", "genre", "because"], rows)


def outcome_table(title: str, outcomes: Iterable[Mapping[str, Any]]) -> Table:
    """What became of each work of a pass of collection."""
    return table(title, ["what", "whose", "pages", "new", ""], [_outcome_row(outcome) for outcome in outcomes])


def _outcome_row(outcome: Mapping[str, Any]) -> tuple[object, ...]:
    subject = "" if outcome["subject"].startswith("_") else outcome["subject"]
    until = outcome["parked_until"]
    state = f"waits until {until[:16].replace('T', ' ')} UTC: {outcome['problem']}" if until else outcome["problem"]
    return (outcome["stream"].replace("_", " "), subject, outcome["pages"], outcome["records"], state or "")


def stage_table(report: RunReport) -> Table:
    """Where the time of a run went: the slowest stages, then the rest together."""
    stages = sorted(report.stages, key=lambda stage: -stage.seconds)
    shown, rest = stages[:SLOWEST_STAGES], stages[SLOWEST_STAGES:]
    rows: list[tuple[object, ...]] = [(s.layer, _stage_name(s), round(s.seconds, 1)) for s in shown]
    if rest:
        rows.append(("", f"{len(rest)} more stages", round(sum(s.seconds for s in rest), 1)))
    overhead = report.seconds - sum(s.seconds for s in stages)
    rows.append(("", "start and bookkeeping of the run", round(max(overhead, 0.0), 1)))
    rows.append(("total", "", round(report.seconds, 1)))
    return table("Where the time went", ["layer", "stage", "seconds"], rows)


def checks_line(report: RunReport) -> str:
    """How many checks passed, for each that did not a line and what it found, and where to see more."""
    total = report.checks_passed + len(report.checks_failed)
    line = f"[bold]Checks[/bold] {report.checks_passed} of {total} passed"
    for name in report.checks_failed:
        line += f"\n  [yellow]not passed[/yellow] {name}"
        if name in report.findings:
            line += f"\n    {escape(_shortened(report.findings[name]))}"
    return line + ("\n  [dim]tunegenie ui shows all that they found[/dim]" if report.checks_failed else "")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_FINDING else f"{text[:LONGEST_FINDING]}…"


def complain_of_checks(report: RunReport, out: Console) -> None:
    """The checks where one did not pass; nothing where all did."""
    if report.checks_failed:
        out.print(checks_line(report))


def run_json(report: RunReport) -> dict[str, Any]:
    return {
        "run_id": report.run_id,
        "seconds": round(report.seconds, 2),
        "stages": [{"name": s.name, "layer": s.layer, "seconds": round(s.seconds, 2)} for s in report.stages],
        "checks_passed": report.checks_passed,
        "checks_failed": report.checks_failed,
    }


def _stage_name(stage: Stage) -> str:
    first, *others = stage.parts
    return f"{first} and {len(others)} more" if others else first


def _as_json(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    # Names of tracks hold brackets, which rich would read as its own markup.
    return escape(str(value))
