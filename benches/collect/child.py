"""`python -m benches.collect.child`: a process that collects, as often as the bench says, and may be killed.

Reads a line of JSON each from standard input: first a Setup, then an Order for each pass; answers each with a Report.
It holds nothing from one pass to the next, as every run of production is a process of its own.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import requests
from pydantic import SecretStr, TypeAdapter
from upath import UPath

from benches.collect.kills import Kill, Killer
from tunegenie_assets.sources.budget import DailyBudget
from tunegenie_assets.sources.collecting import Collector
from tunegenie_assets.sources.fetching import SCOPE_OF, SCOPES, Clients, Fetching, Scope, Wanted
from tunegenie_assets.sources.services.accounts import SPOTIFY, SpotifyAccounts, SpotifyApp, StoredTokenSource
from tunegenie_assets.sources.services.calls import Caller
from tunegenie_assets.sources.services.lastfm import LastfmClient
from tunegenie_assets.sources.services.pages import PageStore
from tunegenie_assets.sources.services.spotify import SpotifyClient
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.services.tokens import TokenStore
from tunegenie_assets.sources.streams.registry import RECENTLY_PLAYED

STATE = "collector.sqlite"
LANDING = "landing"
TOKENS = "tokens"
USER_AGENT = "TuneGenie/0 ( bench@example.org )"


@dataclass(frozen=True)
class Setup:
    """What does not change while the bench runs."""

    folder: str
    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    lastfm_key: str = field(repr=False)
    lastfm_names: dict[str, str]
    daily_calls: int
    seed: int


@dataclass(frozen=True)
class Order:
    """One pass: its number, the time at its begin (naive UTC), and where the process ends, from here on."""

    number: int
    now: datetime
    scopes: list[str]
    kill: Kill | None = None


@dataclass(frozen=True)
class Report:
    """How the works of a pass ended."""

    pages: int = 0
    parked: int = 0
    needs_reauth: int = 0
    problems: list[str] = field(default_factory=list[str])
    """Of works that failed and are not parked."""


SETUP, ORDER, REPORT = TypeAdapter(Setup), TypeAdapter(Order), TypeAdapter(Report)


class SandboxTime:
    """The clock of the stand-in, which stands still but for what this process sleeps."""

    def __init__(self, base_url: str, now: datetime) -> None:
        self._url = f"{base_url}/__admin/clock"
        self._now = now
        self._session = requests.Session()
        self._session.trust_env = False

    def clock(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._session.post(self._url, json={"advance_seconds": seconds}, timeout=10).raise_for_status()
        self._now += timedelta(seconds=seconds)


class Collecting:
    """Everything that a pass needs, made anew for it."""

    def __init__(self, setup: Setup, time: SandboxTime, number: int = 0) -> None:
        self._setup = setup
        self._time = time
        folder = Path(setup.folder)
        self.state = CollectorState(folder / STATE)
        self.tokens = TokenStore(folder / TOKENS)
        self.collector = Collector(PageStore(UPath(folder / LANDING)), self.state, time.clock)
        self.caller = Caller(
            clock=time.clock,
            sleep=time.sleep,
            random=Random(f"{setup.seed} {number}"),
            budget=DailyBudget(self.state, {SPOTIFY: setup.daily_calls}),
        )

    def accounts(self) -> SpotifyAccounts:
        setup = self._setup
        app = SpotifyApp(setup.client_id, setup.redirect_uri, SecretStr(setup.client_secret))
        return SpotifyAccounts(app, self.caller, accounts_url=setup.base_url)

    def clients(self) -> Clients:
        setup, accounts, unavailable = self._setup, self.accounts(), set[str]()
        spotify = {
            token.listener_id: SpotifyClient(
                self.caller,
                StoredTokenSource(accounts, self.tokens, token.account_id),
                base_url=f"{setup.base_url}/v1/",
                unavailable=unavailable,
            )
            for token in self.tokens.tokens(SPOTIFY)
        }
        lastfm = LastfmClient(
            self.caller, SecretStr(setup.lastfm_key), user_agent=USER_AGENT, base_url=f"{setup.base_url}/2.0/"
        )
        return Clients(spotify, lastfm, setup.lastfm_names)

    def collect(self, scopes: Iterable[str]) -> Report:
        """A pass over the scopes, and over those of parked work whose time has come."""
        self.collector.catch_up()
        now = self._time.clock()
        due = {SCOPE_OF[work.stream] for work in self.state.parked() if work.retry_at <= now}
        asked: list[Scope] = [scope for scope in SCOPES if scope in due or scope in scopes]
        wanted = wanted_by(self.state) if "enrichment" in asked else None
        outcomes = self.collector.collect(Fetching(self.clients(), self.state, self._time.clock).works(asked, wanted))
        return Report(
            pages=sum(outcome.pages for outcome in outcomes),
            parked=sum(outcome.parked_until is not None for outcome in outcomes),
            needs_reauth=sum(outcome.needs_reauth for outcome in outcomes),
            problems=[o.problem for o in outcomes if o.problem and o.parked_until is None],
        )


def wanted_by(state: CollectorState) -> Wanted:
    """Everything that was played, the most played first, as a warehouse would want it."""
    played: Counter[tuple[str, str, str, str]] = Counter()
    for record in state.records(RECENTLY_PLAYED.name):
        if record.day is None:
            continue
        track = json.loads(record.body)["track"]
        # A local file has no id.
        if track["id"] is not None:
            artist = track["artists"][0]
            played[track["id"], track["album"]["id"], artist["id"], artist["name"]] += 1
    ordered = sorted(played, key=lambda ids: (-played[ids], ids))
    tracks, albums, artists, names = (_once(column) for column in zip(*ordered, strict=True)) if ordered else [[]] * 4
    return Wanted(tracks, albums, artists, names)


def _once(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _lines() -> Iterator[str]:
    return iter(sys.stdin.readline, "")


def main() -> None:
    lines = _lines()
    setup = SETUP.validate_json(next(lines))
    killer = Killer()
    for line in lines:
        order = ORDER.validate_json(line)
        if order.kill is not None:
            killer.arm(order.kill)
        time = SandboxTime(setup.base_url, order.now)
        report = Collecting(setup, time, order.number).collect(order.scopes)
        sys.stdout.write(REPORT.dump_json(report).decode() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
