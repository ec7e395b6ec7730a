"""The table of all benches: its rows, and how they look on a page and in a terminal.

Nothing is measured or read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from rich.markup import escape
from rich.table import Table

from benches.suite.entries import Bench, Shown
from benches.suite.results import Result

HEADINGS = ("command", "size", "figure", "meaning", "value", "ratio to", "floor", "holds")

PAGE = """\
# Benchmarks

What `make bench` measured, in one table. Where a figure is a ratio, both sides were measured in the same run; the peer
or the limit is named beside it. A speed of 2 times is twice as fast as the peer; any other ratio of 2 times costs twice
as much. A floor is what the bench requires: `make bench` ends with exit code 1 when one is missed. `make bench ONLY=io`
measures one bench again and leaves the rows of the others, each with the revision at which it ran, a plus sign where
files differed from it; `make bench SIZE=small` takes a minute a bench, shows that all of them work, and writes nothing
here. The same as JSON: [benchmarks.json](benchmarks.json).

{figures}

## Runs

{runs}

## Machine

{machines}
"""


@dataclass(frozen=True)
class Row:
    """Cells as text, under HEADINGS; command and size stand in the first row of a bench only."""

    command: str
    size: str
    figure: str
    says: str
    value: str = ""
    ratio_to: str = ""
    floor: str = ""
    holds: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


def rows_of(bench: Bench, result: Result | None) -> list[Row]:
    """Of one bench; a bench that failed has one row that says so."""
    command = f"make {bench.target}"
    if result is None:
        return [Row(command, "", "not measured yet", "")]
    size = result.size if result.size == "full" else f"SIZE={result.size}"
    if result.failure:
        return [Row(command, size, "failed", result.failure, holds="no")]
    floors = {floor.figure: floor for floor in result.floors}
    lead = (command, f"{size}: {bench.size.format(**result.figures)}")
    rows: list[Row] = []
    for shown in bench.figures:
        if shown.figure not in result.figures:
            # It came to be asked for after the bench last ran.
            rows.append(Row(*(lead if not rows else ("", "")), shown.figure, shown.says, "not measured yet"))
            continue
        floor = floors.get(shown.figure)
        required = f"{floor.kind} {value_of(shown, floor.value)}" if floor else ""
        row = Row(
            *(lead if not rows else ("", "")),
            figure=shown.figure,
            says=shown.says,
            value=value_of(shown, result.figures[shown.figure]),
            ratio_to=shown.ratio_to,
            floor="yes" if floor and shown.unit == YES_OR_NO else required,
            holds=("no" if floor in result.missed else "yes") if floor else "",
        )
        rows.append(row)
    return rows


YES_OR_NO = "yes or no"
SHARE = "share"


def value_of(shown: Shown, value: float) -> str:
    """A value with its unit: three digits that matter, or all of a large number and of a count."""
    if shown.unit == YES_OR_NO:
        return "yes" if value else "no"
    if shown.unit == SHARE:
        return f"{value:.3%}"
    exact = isinstance(value, int) or float(value).is_integer() or abs(value) >= 100
    return f"{value:,.0f} {shown.unit}" if exact else f"{value:.3g} {shown.unit}"


def page(benches: Sequence[Bench], results: Mapping[str, Result]) -> str:
    """The text of docs/benchmarks.md."""
    figures = [row.cells for bench in benches for row in rows_of(bench, results.get(bench.name))]
    machines: dict[str, list[str]] = {}
    for name, result in results.items():
        machines.setdefault(", ".join(f"{fact} {value}" for fact, value in result.machine.items()), []).append(name)
    runs = [
        (f"make {bench.target}", bench.sentence, f"{result.seconds:,.0f} s", result.revision)
        for bench in benches
        if (result := results.get(bench.name))
    ]
    return PAGE.format(
        figures=_markdown(HEADINGS, figures),
        runs=_markdown(("command", "asks", "took", "revision"), runs),
        machines="\n".join(f"- {facts} ({', '.join(names)})" for facts, names in machines.items()),
    )


def terminal_table(benches: Sequence[Bench], results: Mapping[str, Result]) -> Table:
    table = Table(title="Benches")
    for heading in HEADINGS:
        table.add_column(heading, justify="right" if heading == "value" else "left", overflow="fold")
    for bench in benches:
        for row in rows_of(bench, results.get(bench.name)):
            table.add_row(*map(escape, row.cells), style="red" if row.holds == "no" else None)
        table.add_section()
    return table


def _markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
