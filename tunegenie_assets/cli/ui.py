"""`tunegenie ui`: the Dagster UI with its daemon, on this machine only."""

from __future__ import annotations

import os
import sys

from tunegenie_assets.instance.setup import WORKSPACE, prepare_dagster_home
from tunegenie_assets.settings import apply_to_process, load_settings


def run(*, port: int | None) -> None:
    """Replace this process by `dagster dev` for the code location of this home."""
    settings = load_settings()
    apply_to_process(settings)
    prepare_dagster_home(settings.dagster_home)
    settings.inbox_path.mkdir(parents=True, exist_ok=True)
    arguments = [
        *("-m", "dagster", "dev", "-w", str(settings.dagster_home / WORKSPACE)),
        *("--host", "127.0.0.1", "--port", str(port or settings.ui_port)),
    ]
    # A program of our own choosing with arguments of our own making.
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606  # this very interpreter
