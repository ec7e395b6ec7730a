"""What the services know: the catalogue, the accounts with what they played and keep, and the app that asks.

Plain data and what follows from it alone. How it is served, and to whom, is not decided here.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tunegenie_assets.sandbox.grants import Grants

SHORTEST_PLAY = timedelta(seconds=30)
"""Plays up to this long are never reported."""
SPOTIFY = "spotify"
"""Id of the account that owns editorial playlists."""


@dataclass(frozen=True)
class Artist:
    artist_id: str
    name: str
    genres: tuple[str, ...] = ()
    popularity: int = 0
    followers: int = 0
    mbid: str | None = None
    """Id on MusicBrainz; None where MusicBrainz does not know the artist."""


@dataclass(frozen=True)
class Album:
    album_id: str
    name: str
    artist_ids: tuple[str, ...]
    track_ids: tuple[str, ...]
    release_date: str
    """A year, a month or a day."""
    album_type: str = "album"
    upc: str | None = None
    label: str = ""
    mbid: str | None = None


@dataclass(frozen=True)
class Track:
    track_id: str
    name: str
    artist_ids: tuple[str, ...]
    album_id: str
    duration_ms: int
    track_number: int = 1
    disc_number: int = 1
    explicit: bool = False
    popularity: int = 0
    isrc: str | None = None
    mbid: str | None = None
    audio_features: Mapping[str, float] | None = field(default=None, hash=False)

    @property
    def uri(self) -> str:
        return f"spotify:track:{self.track_id}"


@dataclass(frozen=True)
class Episode:
    """An episode of a podcast."""

    episode_id: str
    name: str
    show_name: str
    duration_ms: int
    release_date: str

    @property
    def uri(self) -> str:
        return f"spotify:episode:{self.episode_id}"


@dataclass(frozen=True)
class LocalFile:
    """A file of the listener's own; Spotify knows its tags and no id."""

    name: str
    artist_name: str
    album_name: str
    duration_ms: int

    @property
    def uri(self) -> str:
        tags = (self.artist_name, self.album_name, self.name, str(self.duration_ms // 1000))
        return "spotify:local:" + ":".join(tag.replace(" ", "+") for tag in tags)


Playable = Track | Episode | LocalFile


@dataclass(frozen=True)
class PlayEvent:
    """One play; times are aware UTC. A `None` item is a track that Spotify has since removed."""

    item: Playable | None
    started_at: datetime
    ended_at: datetime
    context: str | None = None
    """URI of the playlist, album or artist it was played from."""
    visible_from: datetime | None = None
    """When a play that arrives late, such as one made offline, is reported."""
    private_session: bool = False

    def is_visible(self, now: datetime) -> bool:
        """Whether the services report it: it ended, was long enough, has arrived and was not made in private."""
        arrived_at = max(self.ended_at, self.visible_from or self.ended_at)
        return now >= arrived_at and self.ended_at - self.started_at > SHORTEST_PLAY and not self.private_session


@dataclass(frozen=True)
class SavedItem:
    """A track or album in a listener's library, or an artist that they follow; it is there from `added_at` on."""

    item_id: str
    added_at: datetime


@dataclass(frozen=True)
class PlaylistItem:
    """`None` is a track that Spotify has removed."""

    item: Playable | None
    added_at: datetime
    added_by: str


@dataclass
class Playlist:
    playlist_id: str
    name: str
    owner_id: str
    """Spotify id of the owner."""
    items: list[PlaylistItem] = field(default_factory=list[PlaylistItem])
    description: str = ""
    public: bool = True
    collaborative: bool = False
    version: int = 1
    """Counts the writes."""

    @property
    def uri(self) -> str:
        return f"spotify:playlist:{self.playlist_id}"

    @property
    def snapshot_id(self) -> str:
        """Changes with every write, and whenever what the playlist holds is different."""
        content = [self.name, self.description]
        content += [f"{item.item.uri if item.item else None} {item.added_at.isoformat()}" for item in self.items]
        digest = hashlib.sha256("\n".join(content).encode()).hexdigest()[:40]
        return base64.b64encode(f"{self.version},{digest}".encode()).decode()


@dataclass
class Account:
    listener_id: str
    spotify_id: str
    account_id: str
    display_name: str | None
    lastfm_name: str
    country: str = "US"
    product: str = "premium"
    on_allow_list: bool = True
    lastfm_private: bool = False
    """Whether Last.fm hides the recent tracks."""
    plays: list[PlayEvent] = field(default_factory=list[PlayEvent])
    saved_tracks: list[SavedItem] = field(default_factory=list[SavedItem])
    saved_albums: list[SavedItem] = field(default_factory=list[SavedItem])
    followed_artists: list[SavedItem] = field(default_factory=list[SavedItem])
    playlist_ids: list[str] = field(default_factory=list[str])
    """Those it owns or follows, as the account lists them."""

    def visible_plays(self, now: datetime) -> list[PlayEvent]:
        """The plays that are reported at `now`, the one that ended last first."""
        return sorted((play for play in self.plays if play.is_visible(now)), key=lambda play: play.ended_at)[::-1]


@dataclass
class App:
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uris: Sequence[str]
    has_premium_owner: bool = True
    rotates_refresh_tokens: bool = False
    """Whether a refresh answers with a new refresh token and ends the old one."""


class DevelopmentGenres(StrEnum):
    """What an artist's `genres` is in development mode: reports of the field contradict each other."""

    ABSENT = "absent"
    NULL = "null"
    EMPTY = "empty"
    LISTED = "listed"


@dataclass(frozen=True)
class ArtistTag:
    """A tag of Last.fm; `count` is relative, 100 for the one given most."""

    name: str
    count: int


@dataclass
class World:
    app: App
    accounts: dict[str, Account]
    """By listener id. The first is the one that consents when /authorize names none."""
    artists: dict[str, Artist]
    albums: dict[str, Album]
    tracks: dict[str, Track]
    playlists: dict[str, Playlist] = field(default_factory=dict[str, Playlist])
    episodes: dict[str, Episode] = field(default_factory=dict[str, Episode])
    artist_tags: dict[str, list[ArtistTag]] = field(default_factory=dict[str, list[ArtistTag]])
    """Tags of Last.fm by artist id, the most frequent first."""
    lastfm_api_keys: set[str] = field(default_factory=set[str], repr=False)
    lastfm_single_as_object: bool = False
    """Whether Last.fm writes a list of one element as that element, as it once did and its clones do."""
    lastfm_errors_in_200: bool = True
    """Whether Last.fm answers errors with 200, as many methods do, or with the status that fits."""
    development_genres: DevelopmentGenres = DevelopmentGenres.ABSENT
    listenbrainz_tokens: set[str] = field(default_factory=set[str], repr=False)
    grants: Grants = field(default_factory=Grants, repr=False)
    """Consents and tokens: they outlive a server, as they do at Spotify."""

    def account_of_spotify_id(self, spotify_id: str) -> Account | None:
        return next((account for account in self.accounts.values() if account.spotify_id == spotify_id), None)

    def account_of_lastfm_name(self, name: str) -> Account | None:
        return next((a for a in self.accounts.values() if a.lastfm_name.casefold() == name.casefold()), None)
