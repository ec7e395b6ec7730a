"""What is looked up of tracks, albums and artists that were played: what no answer is known of, the most played first.

Answers and refusals are kept for ever. Speaking to the services is the business of services/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial

from tunegenie_assets.sources.clients import Clients
from tunegenie_assets.sources.collecting import Clock, Work
from tunegenie_assets.sources.heard import Heard, heard_since
from tunegenie_assets.sources.services.errors import (
    MissingScope,
    NeedsReauth,
    NotAvailable,
    NotFound,
    NotOnAllowList,
    TokenFileError,
    Unauthorized,
)
from tunegenie_assets.sources.services.lastfm import LASTFM, LastfmClient
from tunegenie_assets.sources.services.listenbrainz import LISTENBRAINZ, ListenBrainzClient
from tunegenie_assets.sources.services.musicbrainz import MUSICBRAINZ, MusicBrainzClient
from tunegenie_assets.sources.services.responses import Response, noted
from tunegenie_assets.sources.services.spotify import Kind, SpotifyClient
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.streams.musicbrainz import BY_NAME, BY_SPOTIFY_ID, link_key
from tunegenie_assets.sources.streams.registry import (
    ALBUMS,
    ARTIST_LINKS,
    ARTIST_TAGS,
    ARTISTS,
    AUDIO_FEATURES,
    LASTFM_TRACKS,
    MUSICBRAINZ_ARTISTS,
    MUSICBRAINZ_RECORDINGS,
    RECORDINGS_BY_NAME,
    TRACKS,
)
from tunegenie_assets.sources.streams.spotify_catalogue import unavailable_key
from tunegenie_assets.sources.streams.stream import ASKED_FOR, Stream, joined, names_in

LATELY = timedelta(days=7)
"""Plays so old count though no warehouse has told of them."""
AT_MOST: Mapping[str, int] = {LASTFM: 200, LISTENBRAINZ: 60, MUSICBRAINZ: 45}
"""Lookups of one stream in one pass, by service.

Two streams at 4 calls a second, one at 1 and three at 1: all together a pass stays under five minutes.
"""
_FEATURES_AT_ONCE = 50
_SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}")
_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_OF_THE_ACCOUNT = (NeedsReauth, NotOnAllowList, MissingScope, Unauthorized, TokenFileError, NotAvailable)
"""What another account may still be served with."""


@dataclass(frozen=True)
class Wanted:
    """What the warehouse would like to know more of, the most played first."""

    tracks: Sequence[str] = ()
    albums: Sequence[str] = ()
    artists: Sequence[str] = ()
    """Ids of Spotify."""
    artist_names: Sequence[str] = ()
    named_tracks: Sequence[tuple[str, str]] = ()
    """Names of artist and track."""
    recordings: Sequence[str] = ()
    """Ids of MusicBrainz."""
    again: bool = False
    """Whether to ask for exactly this and all of it, also for what is known."""


class Enrichment:
    """The lookups of a pass. What is unknown is found out when a work has its turn: plays have been collected then."""

    def __init__(self, clients: Clients, state: CollectorState, clock: Clock, wanted: Wanted) -> None:
        self._clients = clients
        self._state = state
        self._clock = clock
        self._wanted = wanted
        self._accounts = list(clients.spotify.values())
        """Those that may be asked through, as far as is known; the first is."""

    def works(self) -> Iterator[Work]:
        """The works in the order in which a budget is to be spent on them."""
        if self._accounts:
            yield from self._of_spotify()
        if self._clients.lastfm is not None:
            yield from self._of_lastfm(self._clients.lastfm)
        if self._clients.listenbrainz is not None:
            yield from self._of_listenbrainz(self._clients.listenbrainz)
        if self._clients.musicbrainz is not None:
            yield from self._of_musicbrainz(self._clients.musicbrainz)

    def _of_spotify(self) -> Iterator[Work]:
        catalogue: tuple[tuple[Stream, Kind, Callable[[], Iterable[str]]], ...] = (
            (ARTISTS, "artist", self._artist_ids),
            (TRACKS, "track", lambda: self._wanted.tracks),
            (ALBUMS, "album", lambda: self._wanted.albums),
        )
        for stream, kind, ids in catalogue:
            yield Work(
                stream, self._clients.shared, partial(self._asked_of_any, partial(self._catalogue, stream, kind, ids))
            )
        yield Work(AUDIO_FEATURES, self._clients.shared, partial(self._asked_of_any, self._audio_features))

    def _of_lastfm(self, lastfm: LastfmClient) -> Iterator[Work]:
        yield self._lookups(ARTIST_TAGS, self._artist_names, lastfm.artist_tags)
        yield self._lookups(LASTFM_TRACKS, self._named_tracks, lambda key: lastfm.track_info(*names_in(key)))

    def _of_listenbrainz(self, listenbrainz: ListenBrainzClient) -> Iterator[Work]:
        yield self._lookups(RECORDINGS_BY_NAME, self._named_tracks, lambda key: listenbrainz.lookup(*names_in(key)))

    def _of_musicbrainz(self, musicbrainz: MusicBrainzClient) -> Iterator[Work]:
        yield self._lookups(ARTIST_LINKS, self._unlinked, partial(_link, musicbrainz))
        yield self._lookups(MUSICBRAINZ_ARTISTS, self._artist_mbids, musicbrainz.artist)
        yield self._lookups(MUSICBRAINZ_RECORDINGS, self._recordings, musicbrainz.recording)

    def _lookups(self, stream: Stream, keys: Callable[[], Iterable[str]], ask: Callable[[str], Response]) -> Work:
        """One call for each key of which no answer is known, up to what one pass may take."""

        def fetch() -> Iterator[Response]:
            unknown = self._unknown(stream, keys())
            for key in unknown if self._wanted.again else unknown[: AT_MOST[stream.service]]:
                try:
                    response = ask(key)
                except NotFound as error:
                    if error.response is None:
                        raise
                    # Remembered like an answer, so that it is not asked again.
                    response = error.response
                yield noted(response, {ASKED_FOR: key})

        return Work(stream, self._clients.shared, fetch)

    def _asked_of_any(self, ask: Callable[[SpotifyClient], Iterator[Response]]) -> Iterator[Response]:
        """What is asked through one account, and through the next where that one may not."""
        while True:
            try:
                yield from ask(self._accounts[0])
            except _OF_THE_ACCOUNT:
                if len(self._accounts) == 1:
                    raise
                del self._accounts[0]
            else:
                return

    def _catalogue(
        self, stream: Stream, kind: Kind, ids: Callable[[], Iterable[str]], spotify: SpotifyClient
    ) -> Iterator[Response]:
        yield from spotify.lookup(kind, self._unknown(stream, filter(_SPOTIFY_ID.fullmatch, ids())))

    def _audio_features(self, spotify: SpotifyClient) -> Iterator[Response]:
        if unavailable_key(self._clock().date()) in self._state.keys(AUDIO_FEATURES.name, self._clients.shared):
            return
        # Also of tracks that are described: nothing else tells of these.
        described = () if self._wanted.again else self._state.keys(TRACKS.name, self._clients.shared)
        tracks = (*self._wanted.tracks, *self._heard.tracks, *described)
        ids = self._unknown(AUDIO_FEATURES, filter(_SPOTIFY_ID.fullmatch, tracks))
        for begin in range(0, len(ids), _FEATURES_AT_ONCE):
            try:
                yield spotify.audio_features(ids[begin : begin + _FEATURES_AT_ONCE])
            except NotAvailable as error:
                # An app of 2026: the columns stay null, and tomorrow it is asked again.
                if error.response is not None:
                    yield error.response
                return

    @cached_property
    def _heard(self) -> Heard:
        return (
            Heard()
            if self._wanted.again
            else heard_since(self._state, self._clients.listeners, (self._clock() - LATELY).date())
        )

    def _artist_ids(self) -> Iterable[str]:
        return filter(_SPOTIFY_ID.fullmatch, (*self._wanted.artists, *self._heard.artists))

    def _artist_names(self) -> Iterable[str]:
        return filter(str.strip, (*self._wanted.artist_names, *self._heard.artist_names))

    def _named_tracks(self) -> Iterable[str]:
        return (joined(*names) for names in self._wanted.named_tracks if all(map(str.strip, names)))

    def _unlinked(self) -> Iterable[str]:
        """Artists by Spotify id, and by name those of whom no id is known, or none that is linked."""
        yield from (link_key(BY_SPOTIFY_ID, spotify_id) for spotify_id in self._artist_ids())
        settled = set[str]() if self._wanted.again else self._names_of_ids()
        yield from (link_key(BY_NAME, name) for name in self._artist_names() if name.casefold() not in settled)

    def _names_of_ids(self) -> set[str]:
        """Of artists whose Spotify id is known the names, but for those whom nobody linked to it."""
        names = dict(self._heard.artists)
        for record in self._state.records(ARTISTS.name, subject=self._clients.shared):
            names[record.key] = json.loads(record.body).get("name") or ""
        links = self._links
        not_linked = {key for key, mbid in links.items() if mbid is None}
        return {
            n.casefold() for spotify_id, n in names.items() if link_key(BY_SPOTIFY_ID, spotify_id) not in not_linked
        }

    @property
    def _links(self) -> Mapping[str, str | None]:
        """Ids of MusicBrainz by key of their links; None where nobody is known."""
        records = self._state.records(ARTIST_LINKS.name, subject=self._clients.shared)
        return {record.key: json.loads(record.body).get("mbid") for record in records}

    def _artist_mbids(self) -> Iterable[str]:
        links = self._links
        asked = [
            *(link_key(BY_SPOTIFY_ID, spotify_id) for spotify_id in self._artist_ids()),
            *(link_key(BY_NAME, name) for name in self._artist_names()),
        ]
        wanted = [links.get(key) for key in asked]
        others = () if self._wanted.again else links.values()
        return _mbids_among((*wanted, *self._heard.artist_mbids, *others))

    def _recordings(self) -> Iterable[str]:
        return _mbids_among((*self._wanted.recordings, *self._heard.recordings))

    def _unknown(self, stream: Stream, keys: Iterable[str]) -> list[str]:
        known = {} if self._wanted.again else self._state.keys(stream.name, self._clients.shared)
        unknown = [key for key in dict.fromkeys(keys) if key not in known]
        most = self._clients.most_lookups
        return unknown if most is None else unknown[: max(most - len(known), 0)]


def _link(musicbrainz: MusicBrainzClient, key: str) -> Response:
    asked_by, name = names_in(key)
    return musicbrainz.artist_of_spotify_id(name) if asked_by == BY_SPOTIFY_ID else musicbrainz.search_artist(name)


def _mbids_among(texts: Iterable[str | None]) -> Iterator[str]:
    # Scrobbles may carry anything, and MusicBrainz refuses what is no id.
    return (text for text in texts if text and _MBID.fullmatch(text))
