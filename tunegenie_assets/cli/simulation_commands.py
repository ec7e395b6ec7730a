"""The commands that simulate, as app.py offers them: declared here, done in the modules they name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ml.listeners.exports.export_format import ExportFormat
from tunegenie_assets.cli.arguments import DATE, Json
from tunegenie_assets.sandbox.profile import Profile

app = typer.Typer()

# Of the population, the same for both commands that simulate one.
Listeners = Annotated[
    int | None,
    typer.Option(min=1, max=1_000_000, help="Listeners to simulate [TUNEGENIE_SIMULATED_LISTENERS]."),
]
Days = Annotated[int | None, typer.Option(min=1, max=3650, help="Days they listen [TUNEGENIE_SIMULATED_DAYS].")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of the population [TUNEGENIE_SEED].")]
Until = Annotated[datetime | None, typer.Option(formats=DATE, help="Day after the last one; today (UTC) without it.")]


@app.command()
def demo(
    *,
    listeners: Listeners = None,
    days: Days = None,
    seed: Seed = None,
    until: Until = None,
    account: Annotated[
        bool, typer.Option(help="Connect an account as well, at a stand-in for the services on this machine.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Simulate a population and a connected account, materialize the whole graph, and say where to look."""
    from tunegenie_assets.cli import demo as command  # noqa: PLC0415  # Dagster and dbt take seconds to import

    last = until.date() if until else None
    command.run(listeners=listeners, days=days, seed=seed, until=last, with_account=account, as_json=as_json)


@app.command()
def simulate(
    *,
    folder: Annotated[Path, typer.Option("--to", help="A new or an empty folder.")],
    formats: Annotated[
        list[ExportFormat] | None, typer.Option("--format", help="As this service exports; all of them without it.")
    ] = None,
    listeners: Listeners = None,
    days: Days = None,
    seed: Seed = None,
    until: Until = None,
    as_json: Json = False,
) -> None:
    """Write simulated listeners as files: what each service would have exported, and the truth beside it.

    Nothing is imported and no home is needed. The same seed and days give the same bytes.
    """
    from tunegenie_assets.cli import simulating as command  # noqa: PLC0415  # as above

    request = command.Request(
        listeners=listeners,
        days=days,
        seed=seed,
        until=until.date() if until else None,
        formats=list(dict.fromkeys(formats)) if formats else list(ExportFormat),
        folder=folder,
    )
    command.run(request, as_json=as_json)


@app.command()
def sandbox(
    *,
    listeners: Annotated[int, typer.Option(min=1, max=50, help="Accounts; the first five may use the app.")] = 2,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days that they have listened.")] = 30,
    profile: Annotated[Profile, typer.Option(help="What Spotify lets the app do.")] = Profile.DEV2026,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 is any free one.")] = 0,
    faults: Annotated[
        Path | None, typer.Option(help="JSON file of what goes wrong, and when; docs/collecting.md shows one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Serve a stand-in for Spotify, Last.fm, MusicBrainz and ListenBrainz over simulated listeners until Ctrl-C."""
    from tunegenie_assets.cli import sandboxing as command  # noqa: PLC0415  # as above

    request = command.Request(listeners=listeners, days=days, profile=profile, port=port, faults=faults)
    command.run(request, as_json=as_json)
