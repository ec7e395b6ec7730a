"""A collector at the stand-in for the tests of a pass: its clients, its state, and what it has collected."""

from __future__ import annotations

import json
from datetime import timedelta

from pydantic import SecretStr
from upath import UPath

from tests.unit.sources.services.worlds import LASTFM_KEY, LISTENBRAINZ_TOKEN, TRACK_IDS, Connected
from tunegenie_assets.sandbox.world import PlayEvent
from tunegenie_assets.sources.collecting import Collector, Outcome, Work
from tunegenie_assets.sources.fetching import SCOPES, Clients, Fetching, Wanted
from tunegenie_assets.sources.services.lastfm import LastfmClient
from tunegenie_assets.sources.services.listenbrainz import ListenBrainzClient
from tunegenie_assets.sources.services.musicbrainz import MusicBrainzClient
from tunegenie_assets.sources.services.pages import LandedPage, Page, PageStore
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.streams.rows import spotify_play_row

AGENT = "TuneGenie/0 ( tests@example.org )"
EVERYTHING = Wanted(
    tracks=[*TRACK_IDS[:3], "9" * 22],
    artist_names=["Cher", "Nobody at all"],
    named_tracks=[("Cher", "Song 3"), ("Cher", "No | song")],
)
PLAYS, SCROBBLES = "spotify_recently_played", "lastfm_scrobbles"


class Bench:
    """A collector of ada and bob at the stand-in."""

    def __init__(self, connected: Connected) -> None:
        self.connected = connected
        self.pages = PageStore(UPath(connected.folder / "landing"))
        self.state_path = connected.folder / "collector.sqlite"
        self.state = CollectorState(self.state_path)
        for name in ("ada", "bob"):
            connected.log_in(name)

    def clients(self) -> Clients:
        caller, sandbox = self.connected.caller, self.connected.sandbox
        return Clients(
            spotify={name: self.connected.client(f"acc-{name}") for name in ("ada", "bob")},
            lastfm=LastfmClient(caller, SecretStr(LASTFM_KEY), user_agent=AGENT, base_url=sandbox.lastfm_url),
            lastfm_names={"ada": "fm-ada"},
            musicbrainz=MusicBrainzClient(caller, user_agent=AGENT, base_url=sandbox.musicbrainz_url),
            listenbrainz=ListenBrainzClient(
                caller, user_agent=AGENT, token=SecretStr(LISTENBRAINZ_TOKEN), base_url=sandbox.listenbrainz_url
            ),
        )

    @property
    def collector(self) -> Collector:
        return Collector(self.pages, self.state, self.connected.now)

    def works(self, *scopes: str, wanted: Wanted = EVERYTHING) -> list[Work]:
        return Fetching(self.clients(), self.state, self.connected.now).works(
            [scope for scope in SCOPES if scope in scopes], wanted
        )

    def collect(self, *scopes: str, wanted: Wanted = EVERYTHING) -> dict[tuple[str, str], Outcome]:
        outcomes = self.collector.collect(self.works(*scopes, wanted=wanted))
        return {(outcome.stream, outcome.subject): outcome for outcome in outcomes}

    def play(self, number: int, *, minutes_ago: int, late: timedelta = timedelta()) -> None:
        """Ada hears a song, which Spotify shows so much later."""
        world, now = self.connected.sandbox.world, self.connected.sandbox.clock.now()
        ended_at = now - timedelta(minutes=minutes_ago)
        track = world.tracks[TRACK_IDS[number]]
        world.accounts["ada"].plays.append(
            PlayEvent(track, ended_at - timedelta(minutes=3), ended_at, visible_from=now + late)
        )

    def land(self, stream: str, body: object, *, subject: str = "ada", **request: str) -> LandedPage:
        """A page that a killed pass did not remember."""
        service = stream.split("_", maxsplit=1)[0]
        request = {"method": "GET", "path": "", **request}
        [landed] = self.pages.write(
            [Page(service, stream, subject, request, self.connected.now(), 200, json.dumps(body))]
        )
        return landed

    def plays(self, listener: str = "ada") -> list[str]:
        """The numbers of the tracks of all plays that are known, by time."""
        rows = [spotify_play_row(r) for r in self.state.records(PLAYS, subject=listener) if r.day]
        return [row["track_name"] for row in sorted(rows, key=lambda row: row["played_at"])]
