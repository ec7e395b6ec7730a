"""A small world for the tests of the stand-in, and the real clients that talk to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import spotipy

from tunegenie_assets.sandbox.accounts_service import SCOPES
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import (
    Account,
    Album,
    App,
    Artist,
    ArtistTag,
    Episode,
    LocalFile,
    Playable,
    PlayEvent,
    Track,
    World,
)

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
REDIRECT_URI = "http://127.0.0.1:8888/callback"
SECRET = "the client's secret"  # noqa: S105 - nobody's
LASTFM_KEY = "k" * 32
LISTENBRAINZ_TOKEN = "t" * 32
AGENT = "TuneGenie/1.0 ( tests@example.org )"
MBID = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"
FEATURES = {"tempo": 120.0, "energy": 0.5, "key": 3}

ARTIST = Artist("A" * 22, "Drowsy Mirrors", ("hip hop", "conscious hip hop"), popularity=60, followers=1234, mbid=MBID)
GUEST = Artist("G" * 22, "Sól & Máni", ("folk",), popularity=20)
TRACKS = [
    Track(
        f"{number:022d}",
        f"Song {number}",
        (ARTIST.artist_id, GUEST.artist_id) if number == 1 else (ARTIST.artist_id,),
        "B" * 22 if number < 100 else "S" * 22,
        duration_ms=180_000,
        track_number=number + 1,
        popularity=90 - number // 2,
        isrc=f"QZABC26{number:05d}",
        mbid=f"{number:08d}-0000-4000-8000-000000000000",
        audio_features=FEATURES if number % 2 == 0 else None,
    )
    for number in range(120)
]
EPISODE = Episode("E" * 22, "How a Record Is Pressed", "Needle and Groove", 900_000, "2026-03-02")
LOCAL_FILE = LocalFile("Second Take", "Four Friends", "In the Garage", 187_000)
_numbers = count(1)


def small_world() -> World:
    """Two artists, an album and a single; nobody has an account yet."""
    albums = [
        Album("B" * 22, "Blue Orchards", (ARTIST.artist_id,), tuple(t.track_id for t in TRACKS[:100]), "1983-06-15"),
        Album("S" * 22, "Lighthouse", (ARTIST.artist_id,), tuple(t.track_id for t in TRACKS[100:]), "1981", "single"),
    ]
    return World(
        app=App("the-client", SECRET, [REDIRECT_URI, "http://127.0.0.1/any-port", "http://localhost:8888/callback"]),
        accounts={},
        artists={artist.artist_id: artist for artist in (ARTIST, GUEST)},
        albums={album.album_id: album for album in albums},
        tracks={track.track_id: track for track in TRACKS},
        episodes={EPISODE.episode_id: EPISODE},
        artist_tags={ARTIST.artist_id: [ArtistTag("hip hop", 100), ArtistTag("seen live", 40)]},
        lastfm_api_keys={LASTFM_KEY},
        listenbrainz_tokens={LISTENBRAINZ_TOKEN},
    )


def fixed_clock() -> SandboxClock:
    return SandboxClock(NOW)


def sign_up(sandbox: Sandbox, *plays: PlayEvent) -> Account:
    """A new account of its own, so that tests can share a server."""
    name = f"listener-{next(_numbers)}"
    account = Account(name, f"sp-{name}", f"id-{name}", name.title(), f"fm-{name}", plays=list(plays))
    sandbox.world.accounts[name] = account
    return account


def play(item: Playable | None, *, minutes_ago: float, seconds: float = 180) -> PlayEvent:
    """One that ended so long ago."""
    ended_at = NOW - timedelta(minutes=minutes_ago)
    return PlayEvent(item, ended_at - timedelta(seconds=seconds), ended_at)


def spotify(sandbox: Sandbox, account: Account, scopes: frozenset[str] = SCOPES) -> Any:
    """The real client, with its own retries off. What its methods return has no types."""
    token = sandbox.access_token(account.listener_id, scopes)
    client = spotipy.Spotify(auth=token, retries=0, status_forcelist=(599,))
    client.prefix = sandbox.spotify_api_url
    return client


@dataclass
class Web:
    """Plain requests to the Web API with a token."""

    sandbox: Sandbox
    token: str

    def __call__(self, method: str, path: str, **how: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return requests.request(method, self.sandbox.spotify_api_url + path, headers=headers, timeout=10, **how)

    def get(self, path: str, **params: str | int) -> requests.Response:
        return self("GET", path, params=params)


def web(sandbox: Sandbox, account: Account, scopes: frozenset[str] = SCOPES) -> Web:
    return Web(sandbox, sandbox.access_token(account.listener_id, scopes))


def lastfm(sandbox: Sandbox, method: str, **params: str | int) -> Any:
    query = {"api_key": LASTFM_KEY, "format": "json", "method": method, **params}
    return requests.get(sandbox.lastfm_url, params=query, timeout=10).json()


def message_of(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["message"]


def params_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
