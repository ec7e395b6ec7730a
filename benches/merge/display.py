"""The tables of the merge bench, on standard error; the figures themselves are in the parts that measured them."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benches.merge.archives import ArchiveResult, ReaderResult
from benches.merge.days import DayCost
from benches.merge.merging import MergeResult
from benches.merge.score import Score

RULES = {
    "exact_time_and_track": "same second, same names",
    "within_60_s_and_track": "within 60 s, same names",
    "time_as_key": "the second as key",
}


def show_merge(console: Console, result: MergeResult) -> None:
    table = Table(title=f"{result.records:,} records of {result.ours.plays_true:,} plays from five sources")
    for column in ("rule", "precision", "recall", "loops intact", "plays right", "plays counted"):
        table.add_column(column, justify="left" if column == "rule" else "right")
    table.add_row(*_cells("TuneGenie", result.ours), style="bold")
    for rule, naive in result.naive.items():
        table.add_row(*_cells(RULES[rule], naive))
    console.print(table)
    seen = Table(title="By the number of sources that saw a play")
    for column in ("sources", "plays", "counted more than once", "run together with another"):
        seen.add_column(column, justify="right")
    for row in result.coverage:
        seen.add_row(str(row.sources), f"{row.plays_true:,}", f"{row.split:,}", f"{row.mixed:,}")
    console.print(seen)
    console.print("Fates:", ", ".join(f"{fate} {count:,}" for fate, count in sorted(result.fates.items())))
    order = "the same plays and fates" if result.order_independent else "[red]other plays or fates[/red]"
    console.print(f"Other orders of import give {order}; a second import changes {result.second_import_changes} rows.")


def show_archive(console: Console, result: ArchiveResult) -> None:
    network = "network cut" if result.network_cut else "network not cut"
    console.print(
        f"Archive of {result.rows:,} rows, {result.unpacked_mb:.0f} MB: to gold in {result.seconds:.1f} s "
        f"({result.cpu_seconds:.1f} s of processor time), peak {result.peak_mb:.0f} MB, {network}."
    )


def show_reader(console: Console, result: ReaderResult) -> None:
    console.print(
        f"Reader: {result.rows:,} rows, {result.unpacked_mb:.0f} MB in one file, {result.seconds:.1f} s, "
        f"peak {result.peak_mb:.0f} MB."
    )


def show_days(console: Console, result: DayCost) -> None:
    console.print(
        f"A new day of {result.day_records:,} records: {result.short_seconds:.3f} s into {result.short_records:,}, "
        f"{result.long_seconds:.3f} s into {result.long_records:,} records, {result.ratio:.2f} times "
        f"(median of {result.trials})."
    )


def _cells(rule: str, score: Score) -> tuple[str, ...]:
    shares = (score.precision, score.recall, score.loops_intact, score.exact)
    return (rule, *(f"{share:.3%}" for share in shares), f"{score.plays_counted:,}")
