"""The account that the demo connects: a stand-in for the services in this process, and a login with it.

All but the listener's consent is the code that serves real accounts; the stand-in itself is in sandbox/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tunegenie_assets.cli.sandboxing import CONTACT, named
from tunegenie_assets.keys import SIMULATED_PREFIX
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.services import Credentials, Services, Time
from tunegenie_assets.sandbox.build import REDIRECT_URIS, world_from
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import PlayEvent, World
from tunegenie_assets.sources.services.pages import SIMULATED
from tunegenie_assets.sources.services.spotify import SCOPES
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.services.transport import TIMEOUT_S, new_session

CONNECTED = f"{SIMULATED_PREFIX}connected"
"""The listener whose account it is."""
SUBJECTS = (CONNECTED, SIMULATED)
"""Of all that the stand-in tells."""
_DAILY_CALLS = 800
_CANDIDATES = 9
"""The account is that of the one among so many who listens neither much nor little."""
_PATHS = {"/v1/": "spotify", "/2.0/": "lastfm", "/ws/2/": "musicbrainz", "/1/": "listenbrainz"}
_A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Account:
    """The account while the stand-in runs, and the services with which a pass collects from it."""

    services: Services
    sandbox: Sandbox

    def calls(self) -> dict[str, int]:
        """How many requests the stand-in has had, by service; those of the login went to Spotify's accounts service."""
        paths = [entry.path for entry in self.sandbox.journal]
        services = (next((name for begin, name in _PATHS.items() if path.startswith(begin)), "login") for path in paths)
        return dict(Counter(services))


@contextmanager
def connected_account(spec: PopulationSpec, catalogue_seed: int, state: CollectorState) -> Generator[Account]:
    """The account of CONNECTED, who has listened on the days of `spec`; it is connected until the block ends."""
    # Time stands at the end of the simulation, and passes where somebody waits: so nobody has to.
    clock = SandboxClock(_begin(spec, state))
    with (
        TemporaryDirectory(prefix="tunegenie-demo-") as tokens,
        Sandbox(simulated_account(spec, catalogue_seed), clock=clock) as sandbox,
    ):
        services = _services(sandbox, Path(tokens))
        _log_in(services, state)
        yield Account(services, sandbox)


def simulated_account(spec: PopulationSpec, catalogue_seed: int) -> World:
    """The services with one account, played by somebody who is not in the population of `spec`."""
    catalogue = generate_catalogue(catalogue_seed, released_before=spec.until)
    candidates = PopulationSpec(_CANDIDATES, spec.seed + 1, spec.first_day, spec.until)
    population = simulate_listeners(candidates, catalogue)
    rows: list[dict[str, Any]] = population.to_pylist()
    by_plays = sorted(range(_CANDIDATES), key=lambda row: _plays_a_day(rows[row]))
    names = [f"other-{row}" for row in range(_CANDIDATES)]
    names[by_plays[_CANDIDATES // 2]] = CONNECTED
    population = named(population, names)
    plays = simulate_plays(population, catalogue, spec.first_day, spec.until)
    end = datetime.combine(spec.until, time(), UTC)
    world = world_from(catalogue, plays, population, connected=[CONNECTED], now=end)
    # Spotify's end of a play less the length of its track may lie on the day before.
    account, first = world.accounts[CONNECTED], datetime.combine(spec.first_day, time(), UTC)
    account.plays = [play for play in account.plays if _began_as_told(play) >= first]
    return world


def _plays_a_day(listener: Mapping[str, Any]) -> float:
    return listener["active_share"] * listener["sessions_per_day"] * listener["session_length"]


def forget_account(collection: Collection) -> None:
    """Drop what the account told: it does not fit another population."""
    for subject in SUBJECTS:
        collection.forget(subject)


def _begin(spec: PopulationSpec, state: CollectorState) -> datetime:
    """After the days of `spec`, and after every pass of an earlier demo."""
    end, known = datetime.combine(spec.until, time()), state.latest(SUBJECTS)
    return max(end, known + _A_MOMENT if known else end).replace(tzinfo=UTC)


def _began_as_told(play: PlayEvent) -> datetime:
    length = timedelta(milliseconds=play.item.duration_ms) if play.item else timedelta(0)
    return min(play.started_at, play.ended_at - length)


def _services(sandbox: Sandbox, tokens: Path) -> Services:
    """The stand-in's, with no setting of the home: real accounts and quotas are not to be touched."""
    app, clock = sandbox.world.app, sandbox.clock
    [lastfm_key], [listenbrainz_token] = sandbox.world.lastfm_api_keys, sandbox.world.listenbrainz_tokens
    return Services(
        spotify_client_id=app.client_id,
        spotify_redirect_uri=REDIRECT_URIS[0],
        spotify_api_url=sandbox.spotify_api_url,
        spotify_accounts_url=sandbox.accounts_url,
        spotify_daily_calls=_DAILY_CALLS,
        lastfm_url=sandbox.lastfm_url,
        musicbrainz_url=sandbox.musicbrainz_url,
        listenbrainz_url=sandbox.listenbrainz_url,
        tokens_path=str(tokens),
        simulated=True,
        credentials=Credentials(
            spotify_client_secret=SecretStr(app.client_secret),
            lastfm_api_key=SecretStr(lastfm_key),
            listenbrainz_token=SecretStr(listenbrainz_token),
            contact=CONTACT,
            lastfm_names={CONNECTED: sandbox.world.accounts[CONNECTED].lastfm_name},
        ),
        time=Time(
            now=lambda: clock.now().replace(tzinfo=None),
            sleep=lambda seconds: clock.advance(timedelta(seconds=seconds)),
        ),
    )


def _log_in(services: Services, state: CollectorState) -> None:
    login = services.login(services.caller(state, services.time.now, services.time.sleep))
    pending = login.begin(CONNECTED, SCOPES)
    # Nobody is asked at the stand-in: it answers with the address at which the browser of a listener would end.
    answer = new_session(pending.url).get(pending.url, timeout=TIMEOUT_S, allow_redirects=False)
    login.finish(pending, answer.headers["Location"])
