"""The tables of the warehouse bench, on standard error."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benches.warehouse.measuring import Measured


def show(console: Console, measured: Measured) -> None:
    table = Table(title="Gold from nothing, and one new day")
    for column in (
        "plays", "days", "build", "plays a second", "peak memory", "database", "a new day", "tables built whole",
    ):  # fmt: skip
        table.add_column(column, justify="right")
    for build, day in zip(measured.builds, measured.day_seconds, strict=True):
        table.add_row(
            f"{build.plays:,}",
            f"{build.days:,}",
            f"{build.seconds:,.0f} s",
            f"{build.rows_per_second:,.0f}",
            f"{build.peak_mb:,.0f} MB",
            f"{build.database_mb:,.0f} MB",
            f"{day:.2f} s",
            f"{build.whole_seconds:,.0f} s",
        )
    console.print(table)
    slowest = ", ".join(f"{model} {seconds:.1f} s" for model, seconds in measured.builds[-1].slowest.items())
    console.print(f"Of {measured.builds[-1].plays:,} plays longest: {slowest}.")
    console.print(
        f"DuckDB copies those plays once in {measured.copy_seconds:.1f} s, "
        f"{measured.copy_seconds / measured.builds[-1].seconds:.3f} of the time of their build."
    )
    console.print(
        f"A new day of {measured.new_plays:,} plays costs {measured.day_cost_ratio:.2f} times as much in the longest "
        f"history as in the shortest (medians of {measured.trials}; models that are kept by day)."
    )
