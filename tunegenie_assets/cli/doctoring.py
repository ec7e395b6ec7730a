"""`tunegenie doctor`: every configured connection tried, and what to do where one does not work.

Trying the services is in examining.py, trying Snowflake in examining_snowflake.py,
sending test alerts in examining_alerts.py.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import typer
from rich.console import Console

from tunegenie_assets.cli import display
from tunegenie_assets.cli.connecting import Connections
from tunegenie_assets.cli.examining import Finding, State, examine_services
from tunegenie_assets.cli.examining_alerts import examine_alerts
from tunegenie_assets.locking import WarehouseBusyError, warehouse_lock
from tunegenie_assets.private_home import keep_private, warning_of
from tunegenie_assets.schedules import build_schedules
from tunegenie_assets.settings import DOTENV, Environment, Settings, SettingsError, apply_to_process

_TABLES = "select count(*) as found from information_schema.tables where lower(table_schema) = 'silver'"
LOCK_SECONDS = 2.0
_COLOURS = {
    State.WORKS: "green",
    State.WAITS: "yellow",
    State.WARNS: "yellow",
    State.FAILS: "red",
    State.ABSENT: "dim",
    State.NOT_GIVEN: "dim",
}


def run(*, as_json: bool, send_test_alert: bool = False) -> None:
    """Print all findings; the exit code is 1 when something that is configured does not work."""
    out, progress = display.consoles(as_json=as_json)
    connections = Connections.open()
    # The warehouse of production finds its passphrase there.
    apply_to_process(connections.settings)
    progress.print("Trying every connection; services get a moment to answer.")
    findings = [
        examine_settings(connections.settings),
        examine_privacy(connections.settings, Path(DOTENV)),
        *examine_warehouse(connections.settings),
        *examine_services(connections),
        *examine_alerts(connections.settings, send=send_test_alert),
    ]
    works = all(finding.state is not State.FAILS for finding in findings)
    if as_json:
        document = [{"what": f.what, "state": f.state.value, "says": f.says} for f in findings]
        display.print_json({"command": "doctor", "works": works, "findings": document})
    else:
        _print(findings, out)
    if not works:
        raise typer.Exit(1)


def examine_settings(settings: Settings) -> Finding:
    """Whether they can be used also where they are read later than here."""
    try:
        build_schedules(settings.schedule, settings.poll, settings.timezone)
    except SettingsError as error:
        return Finding("settings", State.FAILS, str(error))
    return Finding("settings", State.WORKS, f"{settings.env.value}, everything under {settings.home}")


def examine_privacy(settings: Settings, dotenv: Path) -> Finding:
    """Whether others on this machine may read what is kept here."""
    warnings = [warning for warning in (keep_private(settings.home), warning_of(dotenv)) if warning]
    if warnings:
        return Finding("privacy", State.WARNS, "; ".join(warnings))
    return Finding("privacy", State.WORKS, "nobody else on this machine may read the home and its settings")


def examine_warehouse(settings: Settings, wait_s: float = LOCK_SECONDS) -> list[Finding]:
    """Whether the warehouse can be used."""
    if settings.env is not Environment.PRODUCTION:
        return [_examine_file(settings, wait_s)]
    # Snowflake's client takes seconds to import.
    from tunegenie_assets.cli.examining_snowflake import examine_snowflake  # noqa: PLC0415

    return examine_snowflake(settings)


def _examine_file(settings: Settings, wait_s: float) -> Finding:
    what = "warehouse"
    if not settings.warehouse_path.exists():
        return Finding(what, State.ABSENT, "nothing has been built yet; run tunegenie import, run-once or demo")
    try:
        tables = _tables_of_silver(settings, wait_s)
    except WarehouseBusyError:
        return Finding(what, State.WAITS, "a run is at work on it; try again when it is done")
    except (OSError, ValueError, duckdb.Error) as error:
        return Finding(what, State.FAILS, " ".join(str(error).split()))
    if not tables:
        return Finding(what, State.WARNS, "it holds no plays; run tunegenie import, run-once or demo")
    return Finding(what, State.WORKS, f"can be read; {tables} tables of silver")


def _tables_of_silver(settings: Settings, wait_s: float) -> int:
    # Not through the resource: it waits ten minutes for a run, and tries a damaged file for two.
    with (
        warehouse_lock(settings.warehouse_lock_path, wait_s),
        closing(duckdb.connect(str(settings.warehouse_path), read_only=True)) as connection,
    ):
        [count] = connection.execute(_TABLES).fetchall()[0]
        return int(count)


def _print(findings: list[Finding], out: Console) -> None:
    longest = max(len(finding.what) for finding in findings)
    for finding in findings:
        colour = _COLOURS[finding.state]
        out.print(f"[{colour}]{finding.state.value:<9}[/{colour}] [bold]{finding.what:<{longest}}[/bold]", end="  ")
        # Whole, so that what is to be copied can be.
        out.print(finding.says, markup=False, soft_wrap=True)
