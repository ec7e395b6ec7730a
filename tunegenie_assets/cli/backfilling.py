"""`tunegenie backfill`: past days once more: what services still tell of them, then what follows from it."""

from __future__ import annotations

from datetime import date, timedelta

import typer

from tunegenie_assets.cli import display
from tunegenie_assets.cli.collecting import build, collect, print_run, stop_where_something_failed
from tunegenie_assets.cli.connecting import CONNECT, utc_now
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.runs import dagster_instance, together
from tunegenie_assets.sources.errors import InvalidRequestError
from tunegenie_assets.sources.landing import check_listener_id


def run(*, days: int, listener: str | None, as_json: bool) -> None:
    """Ask again for what can be asked again, and build the last `days` UTC days, today among them.

    Raises:
        typer.BadParameter: no listener can be called so.
        CommandError: after everything else, something could not be had.
    """
    out, progress = display.consoles(as_json=as_json)
    listeners = [_checked(listener)] if listener else []
    platform = Platform.open()
    with dagster_instance(platform.settings) as instance:
        collected = collect(platform, instance, progress, ["plays"], since_days=days, listeners=listeners)
        first, last = _days(utc_now().date(), days, collected.days)
        built = build(platform, instance, progress, (first, last))
    report = together([collected.report, built])
    if as_json:
        display.print_json(
            {
                "command": "backfill",
                "first_day": first,
                "last_day": last,
                "outcomes": collected.outcomes,
                "run": display.run_json(report),
            }
        )
    else:
        if collected.outcomes:
            out.print(display.outcome_table("Collected", collected.outcomes))
        else:
            who = f"{listener} is not connected" if listener else "Nobody is connected"
            out.print(f"{who}, so nothing was asked for; {CONNECT}.", markup=False, soft_wrap=True)
        out.print()
        out.print(f"[bold]Built[/bold] {first} to {last}")
        print_run(report, out)
    stop_where_something_failed(collected.outcomes)


def _checked(listener: str) -> str:
    try:
        return check_listener_id(listener)
    except InvalidRequestError as error:
        raise typer.BadParameter(str(error)) from error


def _days(today: date, days: int, collected: tuple[date, date] | None) -> tuple[date, date]:
    """The days to build; what was found may lie before them, such as plays of a device that was offline for long."""
    first, last = today - timedelta(days=days - 1), today
    if collected is None:
        return first, last
    return min(first, collected[0]), max(last, collected[1])
