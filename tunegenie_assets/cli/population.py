"""Which population `demo` and `simulate` mean: what the command line says, else the settings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from ml.listeners.population import PopulationSpec
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.keys import FIRST_PLAY_DAY
from tunegenie_assets.settings import Settings


def population_spec(
    settings: Settings, *, listeners: int | None, days: int | None, seed: int | None, until: date | None
) -> PopulationSpec:
    """The population that listens on so many days before `until`, which without one is today (UTC).

    Raises:
        CommandError: these days cannot be simulated, since they hold no plays or have not been.
    """
    today = datetime.now(UTC).date()
    last = until or today
    count = days or settings.simulated_days
    if last > today or count > (last - FIRST_PLAY_DAY).days:
        raise CommandError(
            f"cannot simulate {count} days until {last}: days from {FIRST_PLAY_DAY}, when scrobbling began, "
            f"to yesterday, {today - timedelta(days=1)}, can be simulated"
        )
    try:
        return PopulationSpec(
            listeners=listeners or settings.simulated_listeners,
            seed=settings.seed if seed is None else seed,
            first_day=last - timedelta(days=count),
            until=last,
        )
    except ValueError as error:
        raise CommandError(str(error)) from error
