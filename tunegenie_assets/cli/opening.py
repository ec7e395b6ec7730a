"""How a command begins: its settings, with the home closed to others and a warning where something stays open."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from tunegenie_assets.private_home import keep_private, warning_of
from tunegenie_assets.settings import DOTENV, Settings, load_settings


def open_home(**overrides: object) -> Settings:
    """The settings of this process; from here on it writes nothing that others may read.

    Raises:
        SettingsError: a setting cannot be used.
    """
    settings = load_settings(**overrides)
    for warning in (keep_private(settings.home), warning_of(Path(DOTENV))):
        if warning:
            Console(stderr=True, highlight=False, soft_wrap=True).print(f"warning: {warning}", markup=False)
    return settings
