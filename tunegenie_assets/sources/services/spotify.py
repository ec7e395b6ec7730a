"""What TuneGenie asks of Spotify's Web API, for one account. Every answer is given as received.

What the pages mean is not known here; writing a playlist once is the business of playlists.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from spotipy import Spotify

from tunegenie_assets.sources.services.accounts import SPOTIFY, TokenSource
from tunegenie_assets.sources.services.calls import Caller
from tunegenie_assets.sources.services.errors import BadResponse, NotAvailable, NotFound
from tunegenie_assets.sources.services.responses import Purpose, Response
from tunegenie_assets.sources.services.spotify_connection import SpotifyConnection

API_URL = "https://api.spotify.com/v1/"

RECENTLY_PLAYED = frozenset({"user-read-recently-played"})
LIBRARY_READ = frozenset({"user-library-read"})
TOP_READ = frozenset({"user-top-read"})
PLAYLISTS_READ = frozenset({"playlist-read-private", "playlist-read-collaborative"})
PLAYLISTS_WRITE = frozenset({"playlist-modify-private"})
SCOPES = RECENTLY_PLAYED | LIBRARY_READ | TOP_READ | PLAYLISTS_READ | PLAYLISTS_WRITE
"""Everything that a login asks for."""

PAGE_SIZE = 50
SEARCH_SIZE = 10
PLAYLIST_WRITE_SIZE = 100

Kind = Literal["track", "album", "artist"]
TimeRange = Literal["short_term", "medium_term", "long_term"]
_BATCH_SIZES: dict[Kind, int] = {"track": 50, "album": 20, "artist": 50}
_AUDIO_FEATURES = "audio-features"


class SpotifyClient:
    """Spotify on behalf of the account whose `tokens` these are."""

    def __init__(
        self, caller: Caller, tokens: TokenSource, *, base_url: str = API_URL, unavailable: set[str] | None = None
    ) -> None:
        """`unavailable` collects what this app turns out not to have; clients of one app share it."""
        self._connection = SpotifyConnection(caller, tokens, base_url=base_url)
        self._unavailable: set[str] = set() if unavailable is None else unavailable

    def me(self) -> Response:
        """Who the account is."""
        return self._connection.call(Spotify.me, purpose=Purpose.PLAYS)

    def recently_played(self, *, limit: int = PAGE_SIZE, after: datetime | None = None) -> Response:
        """The latest plays, newest first, at most 50; `after` is naive UTC. Its links lead no further back."""
        cursor = None if after is None else int(after.replace(tzinfo=UTC).timestamp() * 1000)

        def ask(spotify: Spotify) -> object:
            return spotify.current_user_recently_played(limit=limit, after=cursor)

        return self._connection.call(ask, purpose=Purpose.PLAYS, scopes=RECENTLY_PLAYED)

    def saved_tracks(self, *, added_after: datetime | None = None) -> Iterator[Response]:
        """Pages of saved tracks, the latest first, until one holds a track that was saved by `added_after`."""

        def ask(spotify: Spotify) -> object:
            return spotify.current_user_saved_tracks(limit=PAGE_SIZE)

        for page in self._connection.pages(ask, purpose=Purpose.LIBRARY, scopes=LIBRARY_READ):
            yield page
            if added_after is not None and any(_added_at(item, page) <= added_after for item in page.items()):
                return

    def top_items(self, kind: Literal["tracks", "artists"], time_range: TimeRange) -> Response:
        """The 50 tracks or artists that Spotify calls the account's favourites."""

        def ask(spotify: Spotify) -> object:
            method = spotify.current_user_top_tracks if kind == "tracks" else spotify.current_user_top_artists
            return method(limit=PAGE_SIZE, time_range=time_range)

        return self._connection.call(ask, purpose=Purpose.LIBRARY, scopes=TOP_READ)

    def playlists(self) -> Iterator[Response]:
        """Pages of the playlists that the account owns or follows."""

        def ask(spotify: Spotify) -> object:
            return spotify.current_user_playlists(limit=PAGE_SIZE)

        return self._connection.pages(ask, purpose=Purpose.LIBRARY, scopes=PLAYLISTS_READ)

    def playlist_items(self, playlist_id: str) -> Iterator[Response]:
        """Pages of a playlist that the account owns or collaborates on; others are NotAvailable."""

        def ask(spotify: Spotify) -> object:
            return spotify.playlist_items(playlist_id, limit=PAGE_SIZE)

        return self._connection.pages(ask, purpose=Purpose.LIBRARY, scopes=PLAYLISTS_READ)

    def lookup(self, kind: Kind, ids: Sequence[str]) -> Iterator[Response]:
        """What Spotify knows under these ids: many to a response where the app may still ask so, else one.

        An id that Spotify does not know gives a response of status 404, or null in a response of many.
        """
        rest = list(ids)
        size = _BATCH_SIZES[kind]
        while len(rest) > 1 and f"{kind}s" not in self._unavailable:
            try:
                yield self._probed(f"{kind}s", partial(_many, kind=kind, ids=rest[:size]))
            except NotAvailable:
                break
            del rest[:size]
        for spotify_id in rest:
            yield self._one(kind, spotify_id)

    def audio_features(self, ids: Sequence[str]) -> Response:
        """Of at most 100 tracks, in their order, null for unknown ones.

        Raises:
            NotAvailable: the app does not have them, which one call finds out.
        """

        def ask(spotify: Spotify) -> object:
            with warnings.catch_warnings():
                # Spotipy calls it deprecated; apps from before still have it.
                warnings.simplefilter("ignore", DeprecationWarning)
                return spotify.audio_features(list(ids))

        return self._probed(_AUDIO_FEATURES, ask)

    def search(self, query: str, kind: Kind = "track", *, limit: int = SEARCH_SIZE) -> Response:
        """The first matches, at most 10."""

        def ask(spotify: Spotify) -> object:
            return spotify.search(query, limit=limit, type=kind)

        return self._connection.call(ask, purpose=Purpose.ENRICHMENT)

    def create_playlist(self, name: str, description: str) -> Response:
        """A new private playlist. It is not known whether a call that fails made one."""

        def ask(spotify: Spotify) -> object:
            return spotify.current_user_playlist_create(name, public=False, description=description)

        return self._connection.call(ask, purpose=Purpose.LIBRARY, scopes=PLAYLISTS_WRITE, replayable=False)

    def describe_playlist(self, playlist_id: str, description: str) -> Response:
        """Change the description of a playlist."""

        def ask(spotify: Spotify) -> object:
            return spotify.playlist_change_details(playlist_id, description=description)

        return self._connection.call(ask, purpose=Purpose.LIBRARY, scopes=PLAYLISTS_WRITE, has_body=False)

    def replace_playlist_items(self, playlist_id: str, uris: Sequence[str]) -> Response:
        """Leave only these, at most 100, in a playlist; doing so twice is doing so once."""

        def ask(spotify: Spotify) -> object:
            return spotify.playlist_replace_items(playlist_id, list(uris))

        return self._connection.call(ask, purpose=Purpose.LIBRARY, scopes=PLAYLISTS_WRITE)

    def add_playlist_items(self, playlist_id: str, uris: Sequence[str]) -> Response:
        """Put these, at most 100, at the end. It is not known whether a call that fails did."""

        def ask(spotify: Spotify) -> object:
            return spotify.playlist_add_items(playlist_id, list(uris))

        return self._connection.call(ask, purpose=Purpose.LIBRARY, scopes=PLAYLISTS_WRITE, replayable=False)

    def _one(self, kind: Kind, spotify_id: str) -> Response:
        def ask(spotify: Spotify) -> object:
            methods: dict[Kind, Callable[[str], Any]] = {
                "track": spotify.track,
                "album": spotify.album,
                "artist": spotify.artist,
            }
            return methods[kind](spotify_id)

        try:
            return self._connection.call(ask, purpose=Purpose.ENRICHMENT)
        except NotFound as error:
            if error.response is None:
                raise
            return error.response

    def _probed(self, what: str, ask: Callable[[Spotify], object]) -> Response:
        """A call that newer apps do not have; a refusal is remembered."""
        if what in self._unavailable:
            raise NotAvailable(SPOTIFY, what)
        try:
            return self._connection.call(ask, purpose=Purpose.ENRICHMENT)
        except (NotAvailable, NotFound) as error:
            # Endpoints that are gone answer 403 or 404.
            self._unavailable.add(what)
            raise NotAvailable(SPOTIFY, what, response=error.response) from error


def _many(spotify: Spotify, *, kind: Kind, ids: list[str]) -> object:
    methods: dict[Kind, Callable[[list[str]], Any]] = {
        "track": spotify.tracks,
        "album": spotify.albums,
        "artist": spotify.artists,
    }
    return methods[kind](ids)


def playlist_content(item: dict[str, object]) -> dict[str, object] | None:
    """The track or episode of a playlist's item, which older apps get as `track`; None when it is gone."""
    content = item.get("item") or item.get("track")
    return content if isinstance(content, dict) else None


def _added_at(item: dict[str, object], page: Response) -> datetime:
    try:
        return datetime.fromisoformat(str(item.get("added_at"))).astimezone(UTC).replace(tzinfo=None)
    except ValueError as error:
        raise BadResponse(SPOTIFY, "a saved track without a time", response=page) from error
