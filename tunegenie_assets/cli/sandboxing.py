"""`tunegenie sandbox`: the stand-in for the services, run by hand over simulated listeners."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from rich.console import Console

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tunegenie_assets.cli import display
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.sandbox.build import world_from
from tunegenie_assets.sandbox.faults import FaultPlan
from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import World
from tunegenie_assets.settings import PREFIX, load_settings

LISTENING_GOES_ON = timedelta(days=7)
"""So long the accounts play on while the stand-in runs."""
CONTACT = "sandbox@example.org"
"""Without one MusicBrainz is asked nothing."""
HOME = ".tunegenie-sandbox"
"""A home of its own: simulated plays are not to be mixed with anybody's."""


@dataclass(frozen=True)
class Request:
    """What is asked for."""

    listeners: int
    days: int
    profile: Profile
    port: int
    faults: Path | None


def run(request: Request, *, as_json: bool, wait: Callable[[], None] | None = None) -> None:
    """Serve until `wait` returns, which without one is at Ctrl-C.

    Raises:
        CommandError: the port is taken, or the file of faults cannot be used.
    """
    settings = load_settings()
    faults = _faults(request.faults)
    world = simulated_world(request.listeners, request.days, settings.seed, datetime.now(UTC))
    world.app.redirect_uris = [*world.app.redirect_uris, settings.spotify_redirect_uri]
    with _sandbox(world, request, faults) as sandbox:
        if as_json:
            display.print_json({"command": "sandbox", "url": sandbox.base_url, **_document(sandbox)})
        else:
            _print(sandbox, Console(highlight=False))
        # Whoever started this waits for these lines, and nothing follows them.
        sys.stdout.flush()
        (wait or _until_interrupted)()


def simulated_world(listeners: int, days: int, seed: int, now: datetime) -> World:
    """The services as they are when so many listeners have listened for so many days until `now`, and go on."""
    today = now.date()
    first, until = today - timedelta(days=days), today + LISTENING_GOES_ON
    catalogue = generate_catalogue(seed, released_before=today)
    population = simulate_listeners(PopulationSpec(listeners, seed, first, until), catalogue)
    # At the other end of the wire nobody is known to be simulated.
    population = named(population, [f"listener-{number}" for number in range(1, listeners + 1)])
    plays = simulate_plays(population, catalogue, first, until)
    return world_from(catalogue, plays, population, connected=population["listener_id"].to_pylist(), now=now)


def named(population: pa.Table, names: Sequence[str]) -> pa.Table:
    """The population under other names; what each plays stays."""
    position = population.column_names.index("listener_id")
    return population.set_column(position, "listener_id", pa.array(names))


def settings_lines(sandbox: Sandbox) -> Mapping[str, str]:
    """The settings with which a home talks to this stand-in."""
    world = sandbox.world
    names = ",".join(f"{account.listener_id}={account.lastfm_name}" for account in world.accounts.values())
    [lastfm_key], [listenbrainz_token] = world.lastfm_api_keys, world.listenbrainz_tokens
    settings = {
        "home": HOME,
        "spotify_client_id": world.app.client_id,
        "spotify_client_secret": world.app.client_secret,
        "spotify_api_url": sandbox.spotify_api_url,
        "spotify_accounts_url": sandbox.accounts_url,
        "lastfm_api_key": lastfm_key,
        "lastfm_names": names,
        "lastfm_url": sandbox.lastfm_url,
        "musicbrainz_url": sandbox.musicbrainz_url,
        "listenbrainz_token": listenbrainz_token,
        "listenbrainz_url": sandbox.listenbrainz_url,
        "contact": CONTACT,
    }
    return {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}


def _document(sandbox: Sandbox) -> dict[str, object]:
    return {
        "profile": sandbox.profile.value,
        "listeners": list(sandbox.world.accounts),
        "settings": settings_lines(sandbox),
    }


def _print(sandbox: Sandbox, out: Console) -> None:
    first, *others = sandbox.world.accounts
    out.print(
        f"Spotify, Last.fm, MusicBrainz and ListenBrainz are at {sandbox.base_url} ({sandbox.profile.value}); "
        "Ctrl-C ends them."
    )
    out.print("For another shell, or for .env:")
    out.print()
    for name, value in settings_lines(sandbox).items():
        out.print(f"export {name}={value}", markup=False, soft_wrap=True)
    out.print()
    out.print(f"Then: tunegenie login --listener {first}")
    if others:
        out.print(
            f"Nobody is asked here: the address of a login connects {first}, and with &account={others[0]} at its end "
            f"{others[0]} (tunegenie login --listener {others[0]} --headless)."
        )


def _sandbox(world: World, request: Request, faults: FaultPlan) -> Sandbox:
    try:
        return Sandbox(world, profile=request.profile, faults=faults, port=request.port)
    except OSError as error:
        raise CommandError(
            f"port {request.port} cannot be used ({error.strerror}); choose another with --port"
        ) from error


def _faults(path: Path | None) -> FaultPlan:
    if path is None:
        return FaultPlan()
    try:
        return FaultPlan.from_file(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from error


def _until_interrupted() -> None:
    # A shell starts what it puts in the background with this signal ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        # The way to end it, so it did what was asked.
        return
