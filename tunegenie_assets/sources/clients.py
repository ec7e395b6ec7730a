"""Whom the services are asked for, and through which clients.

What they are asked is decided in fetching.py and enriching.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tunegenie_assets.sources.services.lastfm import LastfmClient
from tunegenie_assets.sources.services.listenbrainz import ListenBrainzClient
from tunegenie_assets.sources.services.musicbrainz import MusicBrainzClient
from tunegenie_assets.sources.services.pages import SHARED
from tunegenie_assets.sources.services.spotify import SpotifyClient


@dataclass(frozen=True)
class Clients:
    """A service without credentials is absent."""

    spotify: Mapping[str, SpotifyClient] = field(default_factory=dict[str, SpotifyClient])
    """By listener."""
    lastfm: LastfmClient | None = None
    lastfm_names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names at Last.fm, by listener."""
    musicbrainz: MusicBrainzClient | None = None
    listenbrainz: ListenBrainzClient | None = None
    shared: str = SHARED
    """The subject of what is nobody's own."""
    most_lookups: int | None = None
    """The most of one stream in all passes together; None: all that the budget allows."""

    @property
    def listeners(self) -> set[str]:
        """Who is connected to a service that tells of plays."""
        return {*self.spotify, *self.lastfm_names}
