"""The tables of the simulate bench, on standard error."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benches.simulate.measuring import PEERS, THIRTY_MILLION, Measured, Written


def show(console: Console, measured: Measured) -> None:
    plan = measured.plan
    rates = Table(title=f"Plays a second to Parquet, the median of {plan.trials}, in turns")
    for column in ("", "plays a second", "rows", "ours is"):
        rates.add_column(column, justify="right" if column else "left")
    rates.add_row("TuneGenie", f"{measured.rate:,.0f}", f"{measured.ranges[0].plays:,}", "", style="bold")
    for name, title in PEERS.items():
        rate = measured.peer_rate(name)
        rates.add_row(title, f"{rate:,.0f}", f"{measured.peers[name][0].plays:,}", f"{measured.rate / rate:,.2f} times")
    console.print(rates)

    runs = Table(title="Memory, of each process")
    for column in ("listeners", "days", "plays", "simulated in", "plays a second", "peak memory"):
        runs.add_column(column, justify="right")
    runs.add_row(*_cells(plan.range_listeners, measured.ranges[0]))
    for crowd in (measured.few, measured.many):
        runs.add_row(*_cells(plan.crowd, crowd))
    console.print(runs)
    console.print(
        f"{THIRTY_MILLION:,} plays in {THIRTY_MILLION / measured.rate:,.0f} s. {plan.crowd:,} listeners are made in "
        f"{measured.many.listeners_seconds:.1f} s; {plan.many_days} days take "
        f"{measured.many.peak_mb / measured.few.peak_mb:.2f} times the memory of {plan.few_days}."
    )


def _cells(listeners: int, written: Written) -> tuple[str, ...]:
    return (
        f"{listeners:,}",
        f"{written.days:,}",
        f"{written.plays:,}",
        f"{written.seconds:,.1f} s",
        f"{written.rate:,.0f}",
        f"{written.peak_mb:,.0f} MB",
    )
