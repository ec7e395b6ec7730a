"""Which pages of which streams are asked for now: what is new, and of what is unknown the most played first.

Speaking to the services is the business of services/, landing and remembering of collecting.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, get_args

from tunegenie_assets.sources.collecting import Clock, Work
from tunegenie_assets.sources.services.errors import NotAvailable, NotFound
from tunegenie_assets.sources.services.lastfm import LastfmClient
from tunegenie_assets.sources.services.pages import SHARED
from tunegenie_assets.sources.services.responses import Purpose, Response
from tunegenie_assets.sources.services.spotify import Kind, SpotifyClient, TimeRange
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.streams.registry import (
    ALBUMS,
    ARTIST_TAGS,
    ARTISTS,
    AUDIO_FEATURES,
    CHARTS,
    PLAYLIST_ITEMS,
    PLAYLISTS,
    RECENTLY_PLAYED,
    SAVED_TRACKS,
    SCROBBLES,
    STREAMS,
    TOP_ITEMS,
    TRACKS,
)
from tunegenie_assets.sources.streams.spotify_catalogue import unavailable_key
from tunegenie_assets.sources.streams.spotify_library import ADDED_AFTER, BEGAN, complete_key
from tunegenie_assets.sources.streams.stream import Stream, known_until, walked

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
FULL_WALK_DAYS = 7
"""Saved tracks are walked to the end so often, to notice those that are no longer saved."""
FRESH_SNAPSHOT = timedelta(hours=20)
"""Top items and charts are asked for once a day."""
_CATALOGUE: tuple[tuple[Stream, Kind], ...] = ((TRACKS, "track"), (ALBUMS, "album"), (ARTISTS, "artist"))
_LOOKED_UP_AT_ONCE = 50


@dataclass(frozen=True)
class Wanted:
    """What the warehouse would like to know more of, the most played first."""

    tracks: Sequence[str] = ()
    albums: Sequence[str] = ()
    artists: Sequence[str] = ()
    """Ids of Spotify."""
    artist_names: Sequence[str] = ()


@dataclass(frozen=True)
class Clients:
    """Whom the services are asked for. A service without credentials is absent."""

    spotify: Mapping[str, SpotifyClient] = field(default_factory=dict[str, SpotifyClient])
    """By listener."""
    lastfm: LastfmClient | None = None
    lastfm_names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names at Last.fm, by listener."""
    shared: str = SHARED
    """The subject of what is nobody's own."""
    most_lookups: int | None = None
    """The most of one stream in all passes together; None: all that the budget allows."""


class Fetching:
    """The works of a pass, given what is known in `state`."""

    def __init__(self, clients: Clients, state: CollectorState, clock: Clock) -> None:
        self._clients = clients
        self._state = state
        self._clock = clock

    def works(self, scopes: Sequence[Scope], wanted: Wanted | None = None) -> list[Work]:
        """All works of these scopes."""
        of_scope: dict[Scope, Callable[[], Iterator[Work]]] = {
            "plays": self._plays,
            "library": self._library,
            "enrichment": partial(self._enrichment, wanted or Wanted()),
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

    def _enrichment(self, wanted: Wanted) -> Iterator[Work]:
        spotify = next(iter(self._clients.spotify.values()), None)
        if spotify is not None:
            ids: dict[Kind, Sequence[str]] = {
                "track": wanted.tracks,
                "album": wanted.albums,
                "artist": wanted.artists,
            }
            for stream, kind in _CATALOGUE:
                unknown = self._unknown(stream, ids[kind])
                yield Work(stream, self._clients.shared, partial(spotify.lookup, kind, unknown))
            if unavailable_key(self._clock().date()) not in self._state.keys(AUDIO_FEATURES.name, self._clients.shared):
                unknown = self._unknown(AUDIO_FEATURES, wanted.tracks)
                yield Work(AUDIO_FEATURES, self._clients.shared, partial(_audio_features, spotify, unknown))
        if self._clients.lastfm is not None:
            names = self._unknown(ARTIST_TAGS, wanted.artist_names)
            yield Work(ARTIST_TAGS, self._clients.shared, partial(_artist_tags, self._clients.lastfm, names))

    def _charts(self) -> Iterator[Work]:
        lastfm = self._clients.lastfm
        if lastfm is not None and self._is_due(CHARTS, self._clients.shared):
            yield Work(CHARTS, self._clients.shared, partial(_in_turn, [lastfm.chart_tracks, lastfm.chart_artists]))

    def _scrobbles(self, lastfm: LastfmClient, listener_id: str, name: str) -> Iterator[Response]:
        now = self._clock().replace(microsecond=0)
        walks = walked(self._state.records(SCROBBLES.name, subject=listener_id, without_day=True))
        known = known_until(walks)
        # Two weeks are pages of known scrobbles: too many to ask for and to keep at every poll.
        is_wide_due = not any(ends - begins >= LATE_SCROBBLES and now - ends < WIDE_WALK for begins, ends in walks)
        since = known - (LATE_SCROBBLES if is_wide_due else RECENT_SCROBBLES) if known else None
        # A second more: the end is not part of what is asked for.
        return lastfm.scrobbles(name, until=now + timedelta(seconds=1), since=since)

    def _saved_tracks(self, spotify: SpotifyClient, listener_id: str) -> Iterator[Response]:
        now = self._clock()
        known = known_until(walked(self._state.records(SAVED_TRACKS.name, subject=listener_id)))
        is_full = known is None or now.toordinal() % FULL_WALK_DAYS == 0
        after = None if known is None or is_full else known - LATE_SAVES
        notes = {BEGAN: now.isoformat()} | ({ADDED_AFTER: after.isoformat()} if after else {})
        for page in spotify.saved_tracks(added_after=after):
            yield _noted(page, notes)

    def _top_items(self, spotify: SpotifyClient, listener_id: str) -> Iterator[Response]:
        if not self._is_due(TOP_ITEMS, listener_id):
            return
        kinds: tuple[Literal["tracks", "artists"], ...] = ("tracks", "artists")
        for kind in kinds:
            for time_range in get_args(TimeRange):
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
                    yield _noted(page, notes)
            except (NotAvailable, NotFound) as error:
                if error.response is not None:
                    yield _noted(error.response, notes)

    def _unknown(self, stream: Stream, wanted: Sequence[str]) -> list[str]:
        known = self._state.keys(stream.name, self._clients.shared)
        unknown = [key for key in dict.fromkeys(wanted) if key not in known]
        most = self._clients.most_lookups
        return unknown if most is None else unknown[: max(most - len(known), 0)]

    def _is_due(self, stream: Stream, subject: str) -> bool:
        times = [requested_at for _, requested_at in self._state.keys(stream.name, subject).values()]
        return not times or self._clock() - max(times) > FRESH_SNAPSHOT


def _one(ask: Callable[[], Response]) -> Iterator[Response]:
    yield ask()


def _in_turn(asks: Sequence[Callable[[], Response]]) -> Iterator[Response]:
    for ask in asks:
        yield ask()


def _audio_features(spotify: SpotifyClient, ids: Sequence[str]) -> Iterator[Response]:
    for begin in range(0, len(ids), _LOOKED_UP_AT_ONCE):
        try:
            yield spotify.audio_features(ids[begin : begin + _LOOKED_UP_AT_ONCE])
        except NotAvailable as error:
            # An app of 2026: the columns stay null, and tomorrow it is asked again.
            if error.response is not None:
                yield error.response
            return


def _artist_tags(lastfm: LastfmClient, names: Sequence[str]) -> Iterator[Response]:
    for name in names:
        try:
            yield lastfm.artist_tags(name)
        except NotFound as error:
            # Remembered like an answer, so that it is not asked again.
            if error.response is not None:
                yield error.response


def _noted(response: Response, notes: Mapping[str, str]) -> Response:
    return replace(response, params={**response.params, **notes})
