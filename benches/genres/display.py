"""The tables of the genres bench, on standard error."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from benches.genres.held_out import Score, World
from benches.genres.told import Told
from ml.genres.calibration import Bin, reliability

Differences = Mapping[str, tuple[float, float, float]]


def show_scores(console: Console, world: World, scores: Mapping[str, Score], differences: Differences) -> None:
    known = int(world.labels.is_known.sum())
    table = Table(title=f"{world.title}: {known:,} known artists, {len(world.labels.families)} families")
    for column in ("guessed by", "top-1", "macro-F1", "coverage", "calibration error", "inference is better by"):
        table.add_column(column, justify="left" if column == "guessed by" else "right")
    for name, score in scores.items():
        table.add_row(
            name,
            f"{score.family_top1:.3f}",
            f"{score.macro_f1:.3f}",
            f"{score.coverage:.3f}",
            f"{score.calibration_error:.3f}",
            _points(differences[name]) if name in differences else "",
        )
    console.print(table)


def show_told(console: Console, told: Told) -> None:
    title = f"Of what {told.witness} tells at a confidence, the share that another witness tells too"
    show_reliability(console, reliability(told.confidence, told.is_right), title)


def show_reliability(
    console: Console, bins: list[Bin], title: str = "Of the guesses at a confidence, the share that is right"
) -> None:
    table = Table(title=title)
    for column in ("confidence", "guesses", "on average", "right"):
        table.add_column(column, justify="right")
    for each in bins:
        table.add_row(
            f"{each.least:.1f} to {each.most:.1f}", f"{each.guesses:,}", f"{each.confidence:.3f}", f"{each.right:.3f}"
        )
    console.print(table)


def show_time(console: Console, shares: Mapping[str, float]) -> None:
    table = Table(title="A real archive's listening time, with the catalogue alone")
    table.add_column("family from")
    table.add_column("share of the time", justify="right")
    for source, share in shares.items():
        table.add_row(source, f"{share:.1%}")
    console.print(table)


def _points(difference: tuple[float, float, float]) -> str:
    """Percentage points and their interval."""
    middle, low, high = (100 * value for value in difference)
    return f"{middle:+.1f} ({low:+.1f} to {high:+.1f})"
