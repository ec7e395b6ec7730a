"""The soak: polls of simulated days in a child process that is killed now and then, against a stand-in that fails.

What is asked of the child is decided here; how it went is found out in score.py and truth.py.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import requests

from benches.collect import faulty
from benches.collect.child import STATE, Collecting, Order, Report, SandboxTime, Setup
from benches.collect.kills import Kill, random_kills
from benches.collect.listening import heavy_listeners
from benches.collect.parent import Child
from benches.processes import BenchError
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.faults import FaultPlan
from tunegenie_assets.sandbox.journal import JournalEntry
from tunegenie_assets.sandbox.limits import Limits
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import World
from tunegenie_assets.sources.services.login import Login
from tunegenie_assets.sources.services.spotify import SCOPES, SpotifyClient
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.streams.registry import RECENTLY_PLAYED

SEED = 20
BEGIN = datetime(2026, 8, 3, tzinfo=UTC)
DAILY_CALLS = 500
"""Fewer than the default of 800, so that the budget binds: unmetered, the first day of these listeners takes 715."""
QUOTA = 1000
QUOTA_WAIT = timedelta(hours=14)
"""As observed: 48,925 seconds and more."""
LIBRARY_AT = time(2, 40)
CHARTS_AT = time(3, 20)
_KNOWN_AFTER = 5
"""Polls."""
_ANOTHER_APP = {"app": "another"}


@dataclass(frozen=True)
class Plan:
    """How large a soak is."""

    polls: int
    days: int
    listeners: int
    kills: int
    exhaustions: int


@dataclass
class Soaked:
    """A soak that ended; its folder and its sandbox are still there."""

    plan: Plan
    world: World
    due: list[datetime] = field(default_factory=list[datetime])
    """When the polls were; the last one waited for what was parked, and met no fault."""
    kills: list[Kill] = field(default_factory=list[Kill])
    reports: list[Report] = field(default_factory=list[Report])
    exhausted_at: list[int] = field(default_factory=list[int])
    """Requests that the journal held each time that the quota was exhausted."""

    @property
    def end(self) -> datetime:
        return self.due[-1]

    @property
    def scrobblers(self) -> list[str]:
        """Half of the listeners."""
        names = list(self.world.accounts)
        return names[: (len(names) + 1) // 2]


class Soak:
    """One soak in `folder`; `tell` is called with the number of each poll."""

    def __init__(self, plan: Plan, sandbox: Sandbox, folder: Path, tell: Callable[[int], object]) -> None:
        self._plan = plan
        self._sandbox = sandbox
        self._tell = tell
        self.soaked = Soaked(plan, sandbox.world)
        self._setup = _setup(sandbox, folder, self.soaked.scrobblers)
        self._state = CollectorState(folder / STATE)
        random = Random(SEED)
        # Not at the first poll, which everything is new to, and not at the last, which nothing comes after.
        spread = range(1, plan.polls - 1)
        self._kills = dict(
            zip(sorted(random.sample(spread, plan.kills)), random_kills(plan.kills, random), strict=True)
        )
        self._exhaustions = _worst_moments(sandbox.world, plan)
        self._pending: deque[Kill] = deque()
        self._armed: Kill | None = None
        self._last_scopes_at = BEGIN - timedelta(days=1)

    def run(self, folder: Path) -> Soaked:
        for listener_id in self._sandbox.world.accounts:
            self._log_in(listener_id)
        self._sandbox.faults = faulty.plan(SEED)
        step = timedelta(days=self._plan.days) / self._plan.polls
        with Child(self._setup, folder) as child:
            for number in range(self._plan.polls - 1):
                self._poll(child, number, BEGIN + number * step)
            self._last_poll(child, BEGIN + (self._plan.polls - 1) * step)
        return self.soaked

    def _poll(self, child: Child, number: int, due_at: datetime) -> None:
        self._move_to(due_at)
        self.soaked.due.append(self._sandbox.clock.now())
        if number in self._exhaustions:
            self._exhaust_quota()
        if number in self._kills:
            self._pending.append(self._kills[number])
        kill = None
        if self._armed is None and self._pending:
            kill = self._armed = self._pending.popleft()
        report = child.collect(Order(number, self._now(), self._scopes(), kill))
        if report is not None:
            self.soaked.reports.append(report)
        elif self._armed is None:
            raise BenchError("the child was killed by somebody else")
        else:
            self.soaked.kills.append(self._armed)
            self._armed = None
        self._tell(number)

    def _last_poll(self, child: Child, due_at: datetime) -> None:
        """Without faults, and not before everything that is parked may go on."""
        self._sandbox.faults = FaultPlan()
        waits = [w.retry_at.replace(tzinfo=UTC) for w in self._state.parked() if w.stream == RECENTLY_PLAYED.name]
        self._move_to(max([due_at, *waits]))
        self.soaked.due.append(self._sandbox.clock.now())
        report = child.collect(Order(self._plan.polls, self._now(), ["plays"]))
        if report is None:
            raise BenchError("the last poll was killed")
        self.soaked.reports.append(report)

    def _scopes(self) -> list[str]:
        """Plays always, the rest at the first poll after its time."""
        now, since = self._sandbox.clock.now(), self._last_scopes_at
        self._last_scopes_at = now
        scopes = ["plays"]
        if _passes(LIBRARY_AT, since, now):
            scopes += ["library", "enrichment"]
        if _passes(CHARTS_AT, since, now) and now.weekday() == 0:
            scopes.append("charts")
        return scopes

    def _exhaust_quota(self) -> None:
        """Another app of the same developer asks until it is refused."""
        faults, self._sandbox.faults = self._sandbox.faults, FaultPlan()
        with requests.Session() as session:
            session.trust_env = False
            url = f"{self._sandbox.spotify_api_url}me"
            while session.get(url, params=_ANOTHER_APP, timeout=10).status_code != requests.codes.too_many_requests:
                pass
        self._sandbox.faults = faults
        self.soaked.exhausted_at.append(len(self._sandbox.journal))

    def _move_to(self, moment: datetime) -> None:
        self._sandbox.clock.set(max(moment, self._sandbox.clock.now()))

    def _now(self) -> datetime:
        return self._sandbox.clock.now().replace(tzinfo=None)

    def _log_in(self, listener_id: str) -> None:
        collecting = Collecting(self._setup, SandboxTime(self._sandbox.base_url, self._now()))
        login = Login(
            collecting.accounts(),
            collecting.tokens,
            identify=lambda token: SpotifyClient(collecting.caller, token, base_url=self._sandbox.spotify_api_url).me(),
        )
        pending = login.begin(listener_id, SCOPES)
        answer = requests.get(f"{pending.url}&{urlencode({'account': listener_id})}", allow_redirects=False, timeout=10)
        login.finish(pending, answer.headers["Location"])


def make_sandbox(plan: Plan) -> Sandbox:
    world = heavy_listeners(SEED, listeners=plan.listeners, begin=BEGIN, days=plan.days)
    limits = Limits(quota_per_day=QUOTA, least_quota_wait=QUOTA_WAIT)
    return Sandbox(world, clock=SandboxClock(BEGIN), limits=limits)


def is_of_another_app(entry: JournalEntry) -> bool:
    return _ANOTHER_APP.items() <= entry.params.items()


def our_spotify_calls(journal: list[JournalEntry]) -> list[JournalEntry]:
    """Those that may count against the quota: whether those for tokens do is not known."""
    return [
        entry for entry in journal if entry.path.startswith(("/v1/", "/api/token")) and not is_of_another_app(entry)
    ]


def _setup(sandbox: Sandbox, folder: Path, scrobblers: list[str]) -> Setup:
    world = sandbox.world
    return Setup(
        folder=str(folder),
        base_url=sandbox.base_url,
        client_id=world.app.client_id,
        client_secret=world.app.client_secret,
        redirect_uri=world.app.redirect_uris[0],
        lastfm_key=next(iter(world.lastfm_api_keys)),
        lastfm_names={name: world.accounts[name].lastfm_name for name in scrobblers},
        daily_calls=DAILY_CALLS,
        seed=SEED,
    )


def _passes(at: time, since: datetime, now: datetime) -> bool:
    """Whether a time of the day lies in (since, now]."""
    today = datetime.combine(now.date(), at, tzinfo=UTC)
    return since < today <= now


def _worst_moments(world: World, plan: Plan) -> set[int]:
    """The polls before which most is played while the quota keeps us out, one in each part of the soak."""
    step = timedelta(days=plan.days) / plan.polls
    heaviest = next(iter(world.accounts.values())).plays

    def missed(number: int) -> int:
        begin = BEGIN + number * step
        return sum(begin < play.ended_at <= begin + QUOTA_WAIT for play in heaviest)

    length = plan.polls // plan.exhaustions
    # Not before something is known, and not so late that the wait would end in the next part or after the soak.
    begin, end = _KNOWN_AFTER, length - int(QUOTA_WAIT / step) - 1
    parts = (range(part * length + begin, part * length + end) for part in range(plan.exhaustions))
    return {max(part, key=missed) for part in parts}
