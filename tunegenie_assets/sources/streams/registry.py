"""Every stream that is collected. Which pages are asked for is decided in ../fetching.py."""

from __future__ import annotations

from tunegenie_assets.sources.streams.lastfm import ARTIST_TAGS, CHARTS, LASTFM_TRACKS, SCROBBLES
from tunegenie_assets.sources.streams.listenbrainz import RECORDINGS_BY_NAME
from tunegenie_assets.sources.streams.musicbrainz import ARTIST_LINKS, MUSICBRAINZ_ARTISTS, MUSICBRAINZ_RECORDINGS
from tunegenie_assets.sources.streams.spotify_catalogue import ALBUMS, ARTISTS, AUDIO_FEATURES, TRACKS
from tunegenie_assets.sources.streams.spotify_library import PLAYLIST_ITEMS, PLAYLISTS, SAVED_TRACKS, TOP_ITEMS
from tunegenie_assets.sources.streams.spotify_plays import RECENTLY_PLAYED
from tunegenie_assets.sources.streams.stream import Stream

STREAMS: tuple[Stream, ...] = (
    RECENTLY_PLAYED,
    SCROBBLES,
    SAVED_TRACKS,
    TOP_ITEMS,
    PLAYLISTS,
    PLAYLIST_ITEMS,
    TRACKS,
    ALBUMS,
    ARTISTS,
    AUDIO_FEATURES,
    ARTIST_TAGS,
    LASTFM_TRACKS,
    RECORDINGS_BY_NAME,
    ARTIST_LINKS,
    MUSICBRAINZ_ARTISTS,
    MUSICBRAINZ_RECORDINGS,
    CHARTS,
)
