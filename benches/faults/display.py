"""The table of the faults bench, on standard error, and what failed of it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benches.faults.judging import Outcome, lines_of


def show(console: Console, outcomes: Sequence[Outcome]) -> None:
    table = Table(title="After one command")
    for title in ("fault", "command", "times", "recovered", "told", "lost", "left over"):
        table.add_column(title, justify="left" if title in ("fault", "command") else "right")
    for kind in dict.fromkeys(found.kind for found in outcomes):
        some = [found for found in outcomes if found.kind == kind]
        told = [found.is_told for found in some if found.is_told is not None]
        table.add_row(
            kind,
            some[0].command,
            str(len(some)),
            f"{sum(found.is_recovered for found in some)}",
            f"{sum(told)} of {len(told)}" if told else "",
            str(sum(found.lost for found in some)),
            str(sum(len(found.leaked) for found in some)),
        )
    console.print(table)
    for found in outcomes:
        show_failure(console, found)


def show_failure(console: Console, found: Outcome) -> None:
    """Nothing for one that went as it should."""
    if found.is_recovered and found.is_told is not False and not found.leaked:
        return
    tables = ", ".join(found.differs[:5]) or "none"
    console.print(
        f"[red]failed[/red] {found.kind}: ended well {found.is_one_command}, told {found.is_told}, "
        f"lost {found.lost}, tables that differ: {tables}; left over: {', '.join(found.leaked) or 'nothing'}"
    )
    for line in lines_of(found.said) or found.said.splitlines()[-3:]:
        console.print(f"  {line}", markup=False)
