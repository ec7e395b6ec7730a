"""Raw tables of what services were asked for: one row an item, whatever page told of it first or last."""

from __future__ import annotations

from tunegenie_assets.schemas.histories import HISTORIES
from tunegenie_assets.schemas.table import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    PROVENANCE,
    STRING,
    TIMESTAMP,
    Table,
    columns_of,
)

_REQUESTED = ("requested_at", TIMESTAMP, "When the service was asked (UTC).", True)
_BODY = ("body", STRING, "The item as the service sent it, as JSON.", True)
_TRACK = (
    ("track_id", STRING, "Spotify id; null for local files."),
    ("track_uri", STRING, "URI.", True),
    ("track_name", STRING, "Track name."),
    ("artist_id", STRING, "Id of the first artist."),
    ("artist_name", STRING, "First artist."),
    ("artist_names", STRING, "All artists, as a JSON array of names."),
    ("album_id", STRING, "Album id."),
    ("album_name", STRING, "Album."),
    ("duration_ms", INTEGER, "Length in milliseconds."),
    ("isrc", STRING, "International recording code."),
    ("is_local", BOOLEAN, "Whether it is a file on the listener's own disk."),
)

RECENTLY_PLAYED = Table(
    layer="raw",
    name="spotify_recently_played",
    row="One row is one play that Spotify told of among the last 50 of a listener.",
    columns=columns_of(
        ("play_date", DATE, "UTC day on which the play began, if it was heard whole. The partition.", True),
        ("started_at", TIMESTAMP, "`played_at` less the length of the track (UTC).", True),
        ("played_at", TIMESTAMP, "When the play ended (UTC).", True),
        *_TRACK,
        ("context_type", STRING, "What it was played from: playlist, album, artist or collection."),
        ("context_uri", STRING, "URI of that."),
        ("body", STRING, "The item as Spotify sent it, as JSON.", True),
    )
    + PROVENANCE,
    partition_column="play_date",
)

RECENTLY_PLAYED_PAGES = Table(
    layer="raw",
    name="spotify_recently_played_pages",
    row="One row is one answer to what a listener played lately.",
    columns=columns_of(
        ("listener_id", STRING, "Listener.", True),
        _REQUESTED,
        ("items", INTEGER, "Plays on the page.", True),
        (
            "is_full",
            BOOLEAN,
            "Whether it held as many plays as Spotify keeps: older ones may be gone.",
            True,
        ),
        ("oldest_played_at", TIMESTAMP, "End of its oldest play (UTC)."),
        ("newest_played_at", TIMESTAMP, "End of its newest play (UTC)."),
    ),
)

SAVED_TRACKS = Table(
    layer="raw",
    name="spotify_saved_tracks",
    row="One row is one track that a listener saved.",
    columns=columns_of(
        ("listener_id", STRING, "Listener.", True),
        ("added_at", TIMESTAMP, "When it was saved (UTC).", True),
        *_TRACK,
        _REQUESTED,
        _BODY,
    ),
)

TOP_ITEMS = Table(
    layer="raw",
    name="spotify_top_items",
    row="One row is one place in a listener's top tracks or artists, as Spotify works them out, on one day.",
    columns=columns_of(
        ("listener_id", STRING, "Listener.", True),
        ("snapshot_date", DATE, "UTC day on which Spotify was asked.", True),
        ("kind", STRING, "`tracks` or `artists`.", True),
        ("time_range", STRING, "`short_term`, `medium_term` or `long_term`.", True),
        ("rank", INTEGER, "Place, from 1.", True),
        ("item_id", STRING, "Id of the track or artist.", True),
        ("item_name", STRING, "Its name."),
        _REQUESTED,
        _BODY,
    ),
)

PLAYLISTS = Table(
    layer="raw",
    name="spotify_playlists",
    row="One row is one state of a playlist, from when it was first seen.",
    columns=columns_of(
        ("listener_id", STRING, "Listener in whose library it is.", True),
        ("playlist_id", STRING, "Id.", True),
        ("snapshot_id", STRING, "Spotify's mark of this state.", True),
        ("name", STRING, "Name.", True),
        ("description", STRING, "Description."),
        ("owner_id", STRING, "Account that owns it."),
        ("is_collaborative", BOOLEAN, "Whether others may change it."),
        ("is_public", BOOLEAN, "Whether it is shown on the profile; null where Spotify does not say."),
        ("items", INTEGER, "Number of items."),
        ("first_seen_at", TIMESTAMP, "When this state was seen first (UTC).", True),
        _BODY,
    ),
)

PLAYLIST_ITEMS = Table(
    layer="raw",
    name="spotify_playlist_items",
    row="One row is one item of one state of a playlist.",
    columns=columns_of(
        ("listener_id", STRING, "Listener in whose library the playlist is.", True),
        ("playlist_id", STRING, "Id of the playlist.", True),
        ("snapshot_id", STRING, "State of the playlist.", True),
        ("position", INTEGER, "Place, from 0.", True),
        ("added_at", TIMESTAMP, "When it was added (UTC)."),
        ("item_type", STRING, "`track` or `episode`; null for what is no longer available."),
        ("item_uri", STRING, "URI; null for what is no longer available."),
        ("item_name", STRING, "Name."),
        ("artist_name", STRING, "First artist of a track."),
        ("is_local", BOOLEAN, "Whether it is a file on the listener's own disk."),
        _REQUESTED,
        _BODY,
    ),
)

TRACKS = Table(
    layer="raw",
    name="spotify_tracks",
    row="One row is one track that Spotify was asked for; without a name it is unknown there.",
    columns=columns_of(
        ("track_id", STRING, "Id that was asked for.", True),
        ("track_name", STRING, "Track name; null for an unknown id."),
        ("artist_id", STRING, "Id of the first artist."),
        ("artist_name", STRING, "First artist."),
        ("artist_names", STRING, "All artists, as a JSON array of names."),
        ("album_id", STRING, "Album id."),
        ("album_name", STRING, "Album."),
        ("release_date", STRING, "A year, a month or a day, as Spotify knows it."),
        ("duration_ms", INTEGER, "Length in milliseconds."),
        ("explicit", BOOLEAN, "Whether the lyrics are explicit."),
        ("isrc", STRING, "International recording code."),
        ("popularity", INTEGER, "0 to 100; null for apps of 2026."),
        _REQUESTED,
        _BODY,
    ),
)

ALBUMS = Table(
    layer="raw",
    name="spotify_albums",
    row="One row is one album that Spotify was asked for; without a name it is unknown there.",
    columns=columns_of(
        ("album_id", STRING, "Id that was asked for.", True),
        ("album_name", STRING, "Album; null for an unknown id."),
        ("album_type", STRING, "`album`, `single` or `compilation`."),
        ("artist_id", STRING, "Id of the first artist."),
        ("artist_name", STRING, "First artist."),
        ("release_date", STRING, "A year, a month or a day, as Spotify knows it."),
        ("total_tracks", INTEGER, "Number of tracks."),
        ("upc", STRING, "Product code."),
        ("label", STRING, "Label; null for apps of 2026."),
        ("popularity", INTEGER, "0 to 100; null for apps of 2026."),
        _REQUESTED,
        _BODY,
    ),
)

ARTISTS = Table(
    layer="raw",
    name="spotify_artists",
    row="One row is one artist that Spotify was asked for; without a name it is unknown there.",
    columns=columns_of(
        ("artist_id", STRING, "Id that was asked for.", True),
        ("artist_name", STRING, "Name; null for an unknown id."),
        ("genres", STRING, "Genres as a JSON array of names; null where Spotify sends none."),
        ("popularity", INTEGER, "0 to 100; null for apps of 2026."),
        ("followers", INTEGER, "Followers; null for apps of 2026."),
        _REQUESTED,
        _BODY,
    ),
)

_FEATURES = (
    "danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness", "liveness", "valence",
    "tempo",
)  # fmt: skip

AUDIO_FEATURES = Table(
    layer="raw",
    name="spotify_audio_features",
    row="One row is one track's audio features, where the app may still ask for them.",
    columns=columns_of(
        ("track_id", STRING, "Id that was asked for.", True),
        *((name, FLOAT, f"Spotify's measure of {name}; null for an unknown id.") for name in _FEATURES),
        ("key", INTEGER, "Pitch class, -1 when unknown."),
        ("mode", INTEGER, "1 major, 0 minor."),
        ("time_signature", INTEGER, "Beats a bar."),
        _REQUESTED,
        _BODY,
    ),
)

ARTIST_TAGS = Table(
    layer="raw",
    name="lastfm_artist_tags",
    row="One row is one tag of one artist at Last.fm; an artist without tags has one row without a tag.",
    columns=columns_of(
        ("artist_name", STRING, "Artist that was asked for.", True),
        ("tag", STRING, "Tag in lower case; null where there are none."),
        ("count", INTEGER, "Weight, 0 to 100, relative to the artist's first tag."),
        _REQUESTED,
    ),
)

CHARTS = Table(
    layer="raw",
    name="lastfm_charts",
    row="One row is one place in Last.fm's chart of tracks or artists on one day.",
    columns=columns_of(
        ("snapshot_date", DATE, "UTC day on which Last.fm was asked.", True),
        ("kind", STRING, "`tracks` or `artists`.", True),
        ("rank", INTEGER, "Place, from 1.", True),
        ("name", STRING, "Track or artist.", True),
        ("artist_name", STRING, "Artist of a track."),
        ("listeners", INTEGER, "Listeners at Last.fm."),
        ("playcount", INTEGER, "Scrobbles at Last.fm."),
        _REQUESTED,
        _BODY,
    ),
)

LISTENING: tuple[Table, ...] = (*HISTORIES, RECENTLY_PLAYED)
"""Every raw table of plays, by day."""

COLLECTED: tuple[Table, ...] = (
    RECENTLY_PLAYED_PAGES,
    SAVED_TRACKS,
    TOP_ITEMS,
    PLAYLISTS,
    PLAYLIST_ITEMS,
    TRACKS,
    ALBUMS,
    ARTISTS,
    AUDIO_FEATURES,
    ARTIST_TAGS,
    CHARTS,
)
"""The tables that are no plays: each is rewritten whole from the collector's state."""
