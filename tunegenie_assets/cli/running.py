"""`tunegenie run`: collection by the clock, unattended, with the Dagster UI beside it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg
from rich.console import Console

from tunegenie_assets.cli import display
from tunegenie_assets.cli.connecting import NOBODY_CONNECTED, utc_now
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.opening import open_home
from tunegenie_assets.cli.ui import address, serve, take_home
from tunegenie_assets.resources.services import Services, build_services
from tunegenie_assets.schedules import build_schedules, next_run
from tunegenie_assets.settings import Collecting


def run(*, port: int | None, as_json: bool) -> None:
    """Say what will run when and for whom, then replace this process by Dagster.

    Raises:
        CommandError: nobody is connected, another process serves this home, or the port cannot be used.
        SettingsError: a setting cannot be used.
        TokenFileError: a token cannot be read.
    """
    settings = open_home(collecting=Collecting.ON)
    services = build_services(settings)
    listeners = connected(services, utc_now())
    if not listeners:
        raise CommandError(NOBODY_CONNECTED)
    schedules = build_schedules(settings.schedule, settings.poll, settings.timezone, is_collecting=True)
    take_home(settings, port)
    warnings = [warning for token in services.tokens() if (warning := token.warning(utc_now()))]
    now, url = datetime.now(UTC), address(settings, port)
    if as_json:
        display.print_json(
            {
                "command": "run",
                "listeners": listeners,
                "warnings": warnings,
                "schedules": _document(schedules, now),
                "ui": url,
            }
        )
    else:
        out = Console(highlight=False)
        _print(listeners, schedules, now, out)
        for warning in warnings:
            out.print(warning, markup=False, soft_wrap=True)
        out.print(f"The UI is at {url}; Ctrl-C ends both.", soft_wrap=True)
    # Dagster takes the place of this process, and with it of what is not yet written.
    sys.stdout.flush()
    serve(settings, port)


def connected(services: Services, now: datetime) -> dict[str, list[str]]:
    """The services that can be asked, by listener; `now` is naive UTC.

    Raises:
        TokenFileError: a token cannot be read.
    """
    found: dict[str, list[str]] = {}
    for account in services.connected(now):
        found.setdefault(account.listener_id, []).append(account.service)
    return dict(sorted(found.items()))


def _document(schedules: Sequence[dg.ScheduleDefinition], now: datetime) -> list[dict[str, object]]:
    return [
        {"name": one.name, "cron": one.cron_schedule, "timezone": one.execution_timezone, "next": next_run(one, now)}
        for one in schedules
    ]


def _print(
    listeners: Mapping[str, Sequence[str]],
    schedules: Sequence[dg.ScheduleDefinition],
    now: datetime,
    out: Console,
) -> None:
    rows = [
        (one.name.replace("_", " "), f"{next_run(one, now):%a %Y-%m-%d %H:%M}", one.cron_schedule, one.description)
        for one in schedules
    ]
    zone = schedules[0].execution_timezone
    out.print(display.table("By the clock", ["", f"next ({zone})", "cron", ""], rows))
    out.print("Work that had to wait goes on when it is time; what was collected is built as it comes.")
    who = [f"{listener} ({' and '.join(services)})" for listener, services in listeners.items()]
    out.print(f"For {', '.join(who)}.", markup=False, soft_wrap=True)
