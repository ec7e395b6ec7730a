"""The tables of the collect bench, on standard error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from benches.collect.kills import Kill
from benches.collect.score import Score
from tunegenie_assets.sandbox.journal import JournalEntry

_COLUMNS: Mapping[str, str] = {
    "shown": "shown",
    "collected": "collected",
    "in_gaps": "in gaps",
    "between_polls": "between polls",
    "lost": "lost",
    "doubled": "doubled",
    "never_shown": "never shown",
    "gaps": "gaps",
    "empty_gaps": "empty",
    "false_gaps": "false",
}

_LOST_SHOWN = 5
"""Of each listener."""


def show_scores(console: Console, scores: Mapping[str, Score]) -> None:
    table = Table(title="Plays at Spotify, by listener")
    table.add_column("listener")
    for title in _COLUMNS.values():
        table.add_column(title, justify="right")
    for listener_id, score in scores.items():
        table.add_row(listener_id, *(f"{getattr(score, name):,}" for name in _COLUMNS))
    console.print(table)
    for listener_id, score in scores.items():
        for heard in score.lost_plays[:_LOST_SHOWN]:
            console.print(f"[red]lost[/red] {listener_id} {heard.ended_ms} {heard.uri}")


def show_trouble(console: Console, journal: Sequence[JournalEntry], kills: Sequence[Kill]) -> None:
    faults = Table(title=f"Faults of {len(journal):,} requests")
    faults.add_column("fault")
    faults.add_column("times", justify="right")
    for fault, times in Counter(entry.fault for entry in journal if entry.fault).most_common():
        faults.add_row(fault, f"{times:,}")
    console.print(faults)
    places = Counter(kill.place for kill in kills)
    console.print("Killed:", ", ".join(f"{place} {times}" for place, times in sorted(places.items())) or "never")


def show_problems(console: Console, problems: Counter[str]) -> None:
    if not problems:
        return
    table = Table(title="Works that ended early and are not parked")
    table.add_column("why")
    table.add_column("times", justify="right")
    for problem, times in problems.most_common():
        table.add_row(problem, f"{times:,}")
    console.print(table)
