"""The tables of the realism bench, on standard error; the figures are those of ml/listeners/realism.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from ml.listeners.realism import MEANINGS, History, Judged, Likeness


def show(
    console: Console,
    histories: Sequence[History],
    judged: Sequence[Judged],
    likenesses: Sequence[Likeness],
    archive: Mapping[str, float] | None,
) -> None:
    plays = sum(len(history.track) for history in histories)
    table = Table(title=f"{len(histories)} simulated listeners, {plays:,} plays, beside three people")
    for column in ("figure", "three people", "median", "inside", "differ by", "alike"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    if archive is not None:
        table.add_column("archive", justify="right")
    for figure in judged:
        cells = [
            figure.real.meaning,
            f"{figure.real.least:g} to {figure.real.most:g}",
            f"{figure.median:.3g}",
            _mark(good=figure.is_inside),
            f"{figure.spread:.2f} times",
            _mark(good=figure.differs_alike),
        ]
        table.add_row(*cells, *([f"{archive.get(figure.figure, 0.0):.3g}"] if archive is not None else []))
    console.print(table)
    console.print(
        "differ by: mean range of three listeners over the range of the three people; alike: their range is not among "
        "the 2.5 % narrowest or widest of random triples."
    )
    distances = Table(title="The real archive among them: how far from their middle")
    for column in ("distribution", "distance", "listeners nearer", "usual"):
        distances.add_column(column, justify="left" if column == "distribution" else "right")
    for likeness in likenesses:
        share = f"{likeness.nearer_share:.0%}"
        distances.add_row(
            MEANINGS[likeness.distribution], f"{likeness.distance:.3f}", share, _mark(good=likeness.is_usual)
        )
    console.print(distances)


def _mark(*, good: bool) -> str:
    return "yes" if good else "[red]no[/red]"
