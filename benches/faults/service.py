"""A stand-in for Last.fm whose clock stands still, so that every home collects the same plays from it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

from benches.faults.homes import LISTENER, SEED, UNTIL
from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tunegenie_assets.sandbox.build import world_from
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.settings import PREFIX


@contextmanager
def scrobbles(days: int) -> Generator[Mapping[str, str]]:
    """The settings of a home whose listener has an account there."""
    now = datetime.combine(UNTIL, time(), tzinfo=UTC)
    # Another listener than that of the archives: what is collected is then more than what they tell.
    spec = PopulationSpec(listeners=1, seed=SEED + 1, first_day=UNTIL - timedelta(days=days), until=UNTIL)
    catalogue = generate_catalogue(spec.seed)
    listeners = simulate_listeners(spec, catalogue)
    plays = simulate_plays(listeners, catalogue, spec.first_day, spec.until)
    world = world_from(catalogue, plays, listeners, connected=listeners["listener_id"].to_pylist(), now=now)
    [account] = world.accounts.values()
    with Sandbox(world, clock=SandboxClock(now)) as sandbox:
        yield {
            f"{PREFIX}LASTFM_URL": sandbox.lastfm_url,
            f"{PREFIX}LASTFM_API_KEY": min(world.lastfm_api_keys),
            f"{PREFIX}LASTFM_NAMES": f"{LISTENER}={account.lastfm_name}",
        }
