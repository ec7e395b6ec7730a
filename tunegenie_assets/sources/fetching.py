"""Which pages of which streams are asked for now: of plays, library and charts what is new.

What is looked up is decided in enriching.py. Speaking to the services is the business of services/, landing and
remembering of collecting.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, get_args

from tunegenie_assets.sources.clients import Clients
from tunegenie_assets.sources.collecting import Clock, Work
from tunegenie_assets.sources.enriching import Enrichment, Wanted
from tunegenie_assets.sources.services.errors import NotAvailable, NotFound
from tunegenie_assets.sources.services.lastfm import LastfmClient
from tunegenie_assets.sources.services.responses import Purpose, Response, noted
from tunegenie_assets.sources.services.spotify import SpotifyClient, TimeRange
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.streams.registry import (
    CHARTS,
    PLAYLIST_ITEMS,
    PLAYLISTS,
    RECENTLY_PLAYED,
    SAVED_TRACKS,
    SCROBBLES,
    STREAMS,
    TOP_ITEMS,
)
from tunegenie_assets.sources.streams.spotify_library import ADDED_AFTER, BEGAN, complete_key
from tunegenie_assets.sources.streams.stream import Stream, known_until, latest_whole, snapshot_of, walked

Scope = Literal["plays", "library", "enrichment", "charts"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

_SCOPES_BY_PURPOSE: Mapping[Purpose, Scope] = {
    Purpose.PLAYS: "plays",
    Purpose.LIBRARY: "library",
    Purpose.ENRICHMENT: "enrichment",
    Purpose.CHARTS: "charts",
}
SCOPE_OF: Mapping[str, Scope] = {stream.name: _SCOPES_BY_PURPOSE[stream.purpose] for stream in STREAMS}
"""By name of a stream."""

LATE_SCROBBLES = timedelta(days=14)
"""Last.fm takes scrobbles that are as old as this."""
RECENT_SCROBBLES = timedelta(hours=3)
WIDE_WALK = timedelta(days=1)
"""How often late scrobbles are looked for; in between those of RECENT_SCROBBLES are."""
LATE_SAVES = timedelta(days=1)
FULL_WALK = timedelta(days=7)
"""Saved tracks are walked to the end so often, to notice those that are no longer saved."""
FRESH_SNAPSHOT = timedelta(hours=20)
"""Top items and charts are asked for once a day."""


class Fetching:
    """The works of a pass, given what is known in `state`.

    With `since` (naive UTC) scrobbles are asked for from then on, whatever is known.
    """

    def __init__(self, clients: Clients, state: CollectorState, clock: Clock, since: datetime | None = None) -> None:
        self._clients = clients
        self._state = state
        self._clock = clock
        self._since = since

    def works(self, scopes: Sequence[Scope], wanted: Wanted | None = None) -> list[Work]:
        """All works of these scopes."""
        of_scope: dict[Scope, Callable[[], Iterator[Work]]] = {
            "plays": self._plays,
            "library": self._library,
            "enrichment": Enrichment(self._clients, self._state, self._clock, wanted or Wanted()).works,
            "charts": self._charts,
        }
        return [work for scope in scopes for work in of_scope[scope]()]

    def _plays(self) -> Iterator[Work]:
        for listener_id, spotify in self._clients.spotify.items():
            yield Work(RECENTLY_PLAYED, listener_id, partial(_one, spotify.recently_played))
        lastfm = self._clients.lastfm
        if lastfm is not None:
            for listener_id, name in self._clients.lastfm_names.items():
                yield Work(SCROBBLES, listener_id, partial(self._scrobbles, lastfm, listener_id, name))

    def _library(self) -> Iterator[Work]:
        for listener_id, spotify in self._clients.spotify.items():
            yield Work(SAVED_TRACKS, listener_id, partial(self._saved_tracks, spotify, listener_id))
            yield Work(TOP_ITEMS, listener_id, partial(self._top_items, spotify, listener_id))
            yield Work(PLAYLISTS, listener_id, spotify.playlists)
            yield Work(PLAYLIST_ITEMS, listener_id, partial(self._playlist_items, spotify, listener_id))

    def _charts(self) -> Iterator[Work]:
        lastfm = self._clients.lastfm
        if lastfm is not None:
            yield Work(CHARTS, self._clients.shared, partial(self._chart_pages, lastfm))

    def _scrobbles(self, lastfm: LastfmClient, listener_id: str, name: str) -> Iterator[Response]:
        now = self._clock().replace(microsecond=0)
        # A second more: the end is not part of what is asked for.
        until = now + timedelta(seconds=1)
        if self._since is not None:
            return lastfm.scrobbles(name, until=until, since=self._since)
        walks = walked(self._state.records(SCROBBLES.name, subject=listener_id, without_day=True), until)
        known = known_until(walks)
        # Two weeks are pages of known scrobbles: too many to ask for and to keep at every poll.
        is_wide_due = not any(ends - begins >= LATE_SCROBBLES and now - ends < WIDE_WALK for begins, ends in walks)
        since = known - (LATE_SCROBBLES if is_wide_due else RECENT_SCROBBLES) if known else None
        return lastfm.scrobbles(name, until=until, since=since)

    def _saved_tracks(self, spotify: SpotifyClient, listener_id: str) -> Iterator[Response]:
        now = self._clock()
        walks = walked(self._state.records(SAVED_TRACKS.name, subject=listener_id), now)
        known, whole = known_until(walks), latest_whole(walks)
        is_full = whole is None or now - whole >= FULL_WALK
        after = None if known is None or is_full else known - LATE_SAVES
        notes = {BEGAN: now.isoformat()} | ({ADDED_AFTER: after.isoformat()} if after else {})
        for page in spotify.saved_tracks(added_after=after):
            yield noted(page, notes)

    def _top_items(self, spotify: SpotifyClient, listener_id: str) -> Iterator[Response]:
        due = self._due(TOP_ITEMS, listener_id)
        kinds: tuple[Literal["tracks", "artists"], ...] = ("tracks", "artists")
        for kind in kinds:
            for time_range in get_args(TimeRange):
                if due(kind, time_range):
                    yield spotify.top_items(kind, time_range)

    def _playlist_items(self, spotify: SpotifyClient, listener_id: str) -> Iterator[Response]:
        """Of the latest snapshot of each playlist the items, where they are not known."""
        latest: dict[str, tuple[datetime, str]] = {}
        for record in self._state.records(PLAYLISTS.name, subject=listener_id):
            playlist_id, snapshot_id = record.key.split("|", 1)
            latest[playlist_id] = max(latest.get(playlist_id, (datetime.min, "")), (record.requested_at, snapshot_id))  # noqa: DTZ901 - naive UTC
        known = self._state.keys(PLAYLIST_ITEMS.name, listener_id)
        for playlist_id, (_, snapshot_id) in sorted(latest.items()):
            if complete_key(playlist_id, snapshot_id) in known:
                continue
            notes = {"playlist_id": playlist_id, "snapshot_id": snapshot_id}
            try:
                for page in spotify.playlist_items(playlist_id):
                    yield noted(page, notes)
            except (NotAvailable, NotFound) as error:
                if error.response is not None:
                    yield noted(error.response, notes)

    def _chart_pages(self, lastfm: LastfmClient) -> Iterator[Response]:
        due = self._due(CHARTS, self._clients.shared)
        if due("tracks"):
            yield lastfm.chart_tracks()
        if due("artists"):
            yield lastfm.chart_artists()

    def _due(self, stream: Stream, subject: str) -> Callable[..., bool]:
        """Whether a list of the stream is to be asked for again: each by itself, since a quota may come between."""
        known, now = self._state.keys(stream.name, subject), self._clock()

        def is_due(*what: str) -> bool:
            days = (now.date(), (now - FRESH_SNAPSHOT).date())
            asked_at = [known[key][1] for key in (snapshot_of(day, *what) for day in days) if key in known]
            # What a clock told that was ahead counts for nothing.
            return not any(timedelta(0) <= now - moment <= FRESH_SNAPSHOT for moment in asked_at)

        return is_due


def _one(ask: Callable[[], Response]) -> Iterator[Response]:
    yield ask()
