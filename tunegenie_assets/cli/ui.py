"""`tunegenie ui`: the Dagster UI with its daemon, on this machine only."""

from __future__ import annotations

import os
import signal
import socket
import sys

from rich.console import Console

from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.lost_runs import fail_lost_runs
from tunegenie_assets.cli.opening import open_home
from tunegenie_assets.instance.left_over import end_left_over
from tunegenie_assets.instance.setup import WORKSPACE, prepare_dagster_home
from tunegenie_assets.locking import SERVING, hold_for_life
from tunegenie_assets.settings import Settings, apply_to_process, leave_out_warnings

HOST = "127.0.0.1"
UNHELPFUL_WARNINGS = (
    "ignore:Function `dev_command` is superseded",
    "ignore:Parameter `backfill_policy` of function",
)
"""What Dagster says to whoever writes code for it; a person at a terminal can do nothing about it."""


def run(*, port: int | None) -> None:
    """The UI of this process's settings."""
    settings = open_home()
    take_home(settings, port)
    Console(highlight=False).print(f"The UI is at {address(settings, port)}; Ctrl-C ends it.", soft_wrap=True)
    # Dagster takes the place of this process, and with it of what is not yet written.
    sys.stdout.flush()
    serve(settings, port)


def take_home(settings: Settings, port: int | None) -> None:
    """Make this process the one that serves this home, and end what a killed one before it left.

    Raises:
        CommandError: another serves it, or the port cannot be used.
    """
    # Two daemons would start every run twice.
    if not hold_for_life(settings.home / SERVING):
        raise CommandError(f"tunegenie run or tunegenie ui works on {settings.home} already; end it first")
    end_left_over(settings.dagster_home)
    number = port or settings.ui_port
    try:
        socket.create_server((HOST, number)).close()
    except OSError as error:
        raise CommandError(
            f"port {number} cannot be used ({error.strerror}): the UI of another home or another program may be "
            "there; end it, or choose another port with --port"
        ) from error


def serve(settings: Settings, port: int | None) -> None:
    """Replace this process, which has taken the home, by `dagster dev` for the code location of these settings."""
    apply_to_process(settings)
    leave_out_warnings(UNHELPFUL_WARNINGS)
    prepare_dagster_home(settings.dagster_home, database=settings.dagster_database)
    fail_lost_runs(settings)
    settings.inbox_path.mkdir(parents=True, exist_ok=True)
    arguments = [
        *("-m", "dagster", "dev", "-w", str(settings.dagster_home / WORKSPACE)),
        *("--host", HOST, "--port", str(port or settings.ui_port)),
        # Else each tick is a line, and what matters is lost among them.
        *("--log-level", "warning"),
    ]
    # A shell starts what it puts into the background with SIGINT ignored, and Dagster then ignores SIGTERM as well.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # A program of our own choosing with arguments of our own making.
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606  # this very interpreter


def address(settings: Settings, port: int | None) -> str:
    """Where the UI is."""
    return f"http://{HOST}:{port or settings.ui_port}"
