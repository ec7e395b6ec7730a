"""A small world for the stand-in, and the clients that talk to it: two listeners, an album of 120 tracks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import requests
from pydantic import SecretStr

from tests.unit.sources.services.loopback import Ledger
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import (
    Account,
    Album,
    App,
    Artist,
    ArtistTag,
    PlayEvent,
    Playlist,
    PlaylistItem,
    SavedItem,
    Track,
    World,
)
from tunegenie_assets.sources.services.accounts import SpotifyAccounts, SpotifyApp, StoredTokenSource
from tunegenie_assets.sources.services.calls import Caller
from tunegenie_assets.sources.services.login import Login
from tunegenie_assets.sources.services.spotify import SCOPES, SpotifyClient
from tunegenie_assets.sources.services.tokens import Token, TokenStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URI = "http://127.0.0.1:8765/callback"
SECRET = "cl13nt"  # noqa: S105 - nobody's
LASTFM_KEY = "l4stfm"
LISTENBRAINZ_TOKEN = "l1sten"  # noqa: S105 - nobody's
ARTIST_ID = "0" * 21 + "A"
ALBUM_ID = "0" * 21 + "B"
MBID = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"
TRACK_IDS = [f"{number:022d}" for number in range(120)]
TRACK_URIS = [f"spotify:track:{track_id}" for track_id in TRACK_IDS]


def a_world() -> World:
    tracks = {track_id: _track(number) for number, track_id in enumerate(TRACK_IDS)}
    world = World(
        app=App("id", SECRET, [URI]),
        accounts={},
        artists={ARTIST_ID: Artist(ARTIST_ID, "Cher", ("pop",), mbid=MBID)},
        albums={ALBUM_ID: Album(ALBUM_ID, "Believe", (ARTIST_ID,), tuple(TRACK_IDS), "1998")},
        tracks=tracks,
        artist_tags={ARTIST_ID: [ArtistTag("pop", 100), ArtistTag("seen live", 40)]},
        lastfm_api_keys={LASTFM_KEY},
        listenbrainz_tokens={LISTENBRAINZ_TOKEN},
    )
    for place, name in enumerate(("ada", "bob")):
        account = Account(name, f"sp-{name}", f"acc-{name}", name.title(), f"fm-{name}")
        account.plays = [_play(tracks[TRACK_IDS[n]], n) for n in range(60)]
        account.saved_tracks = [SavedItem(TRACK_IDS[n], NOW - timedelta(days=n)) for n in range(60)]
        held = [PlaylistItem(item, NOW, name) for item in (tracks[TRACK_IDS[0]], None)]
        playlist = Playlist(f"{place:022d}", f"Mix of {name}", account.spotify_id, held)
        world.playlists[playlist.playlist_id] = playlist
        account.playlist_ids = [playlist.playlist_id]
        world.accounts[name] = account
    # Ada follows a playlist that is not hers.
    world.accounts["ada"].playlist_ids.append(world.accounts["bob"].playlist_ids[0])
    return world


def _track(number: int) -> Track:
    return Track(
        track_id=TRACK_IDS[number],
        name=f"Song {number}",
        artist_ids=(ARTIST_ID,),
        album_id=ALBUM_ID,
        duration_ms=180_000,
        mbid=f"00000000-0000-4000-8000-{number:012d}",
        audio_features={"tempo": 120.0, "energy": 0.5},
    )


def _play(track: Track, number: int) -> PlayEvent:
    ended_at = NOW - timedelta(minutes=4 * number + 1)
    return PlayEvent(track, ended_at - timedelta(minutes=3), ended_at)


@dataclass
class Connected:
    """Clients of one running sandbox, whose clock sleeping moves."""

    sandbox: Sandbox
    folder: Path
    has_secret: bool = True
    budget: Ledger = field(default_factory=Ledger)
    sleeps: list[float] = field(default_factory=list[float])
    ahead: timedelta = timedelta()
    """How far our clock, not that of the services, is ahead."""

    def now(self) -> datetime:
        return self.sandbox.clock.now().replace(tzinfo=None) + self.ahead

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.sandbox.clock.advance(timedelta(seconds=seconds))

    @property
    def caller(self) -> Caller:
        random = Random(0)
        return Caller(clock=self.now, sleep=self.sleep, random=random, budget=self.budget)

    @property
    def store(self) -> TokenStore:
        return TokenStore(self.folder / "tokens")

    def accounts(self, *, secret: str = SECRET, redirect_uri: str = URI, client_id: str = "id") -> SpotifyAccounts:
        app = SpotifyApp(client_id, redirect_uri, SecretStr(secret) if self.has_secret else None)
        return SpotifyAccounts(app, self.caller, accounts_url=self.sandbox.accounts_url)

    def login(self, accounts: SpotifyAccounts | None = None) -> Login:
        return Login(
            accounts or self.accounts(),
            self.store,
            identify=lambda token: SpotifyClient(self.caller, token, base_url=self.sandbox.spotify_api_url).me(),
        )

    def log_in(self, listener_id: str = "ada", scopes: Collection[str] = SCOPES) -> Token:
        """As a listener does who agrees."""
        login = self.login()
        pending = login.begin(listener_id, scopes)
        return login.finish(pending, agree(pending.url, listener_id))

    def client(self, account_id: str = "acc-ada", unavailable: set[str] | None = None) -> SpotifyClient:
        tokens = StoredTokenSource(self.accounts(), self.store, account_id)
        return SpotifyClient(self.caller, tokens, base_url=self.sandbox.spotify_api_url, unavailable=unavailable)

    def calls(self, method: str = "*", path: str = "") -> int:
        """How many requests of this kind the sandbox has seen."""
        return sum(method in ("*", entry.method) and path in entry.path for entry in self.sandbox.journal)


def agree(url: str, listener_id: str, **answer: str) -> str:
    """The address that the browser ends at when the listener agrees."""
    address = f"{url}&{urlencode({'account': listener_id, **answer})}"
    return requests.get(address, allow_redirects=False, timeout=10).headers["Location"]


def a_clock() -> SandboxClock:
    return SandboxClock(NOW)
