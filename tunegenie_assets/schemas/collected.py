"""Raw tables of what services tell of by themselves: one row an item, whatever page told of it first or last."""

from __future__ import annotations

from tunegenie_assets.schemas.histories import HISTORIES
from tunegenie_assets.schemas.lookups import BODY, LOOKUPS, REQUESTED, TRACK
from tunegenie_assets.schemas.table import BOOLEAN, DATE, INTEGER, PROVENANCE, STRING, TIMESTAMP, Table, columns_of

RECENTLY_PLAYED = Table(
    layer="raw",
    name="spotify_recently_played",
    row="One row is one play that Spotify told of among the last 50 of a listener.",
    columns=columns_of(
        ("play_date", DATE, "UTC day on which the play began, if it was heard whole. The partition.", True),
        ("started_at", TIMESTAMP, "`played_at` less the length of the track (UTC).", True),
        ("played_at", TIMESTAMP, "When the play ended (UTC).", True),
        *TRACK,
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
        REQUESTED,
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
        *TRACK,
        REQUESTED,
        BODY,
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
        REQUESTED,
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
        ("name", STRING, "Name; null where Spotify tells none."),
        ("description", STRING, "Description."),
        ("owner_id", STRING, "Account that owns it."),
        ("is_collaborative", BOOLEAN, "Whether others may change it."),
        ("is_public", BOOLEAN, "Whether it is shown on the profile; null where Spotify does not say."),
        ("items", INTEGER, "Number of items."),
        ("first_seen_at", TIMESTAMP, "When this state was seen first (UTC).", True),
        BODY,
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
        REQUESTED,
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
        REQUESTED,
        BODY,
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
    CHARTS,
    *LOOKUPS,
)
"""The tables that are no plays: each is rewritten whole from the collector's state."""
