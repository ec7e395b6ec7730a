"""Raw listening history: one table a source, columns as the source names them, and what could not be read."""

from __future__ import annotations

from tunegenie_assets.schemas.table import (
    BOOLEAN,
    DATE,
    INTEGER,
    PROVENANCE,
    SOURCE_FILE,
    STRING,
    TIMESTAMP,
    Table,
    columns_of,
)

OTHER_FIELDS = "Fields that have no column, as a JSON object."

# When a play began is worked out where the record is read, since the partition follows from it.
PLAY_CLOCK = (
    ("play_date", DATE, "UTC day on which the play began. The partition.", True),
    ("started_at", TIMESTAMP, "When the play began (UTC), as well as the record tells.", True),
)

SPOTIFY_EXTENDED_HISTORY = Table(
    layer="raw",
    name="spotify_extended_history",
    row="One row is one record of a Spotify extended streaming history, as Spotify wrote it.",
    columns=columns_of(
        *PLAY_CLOCK,
        ("started_from", STRING, "Field that tells the begin: `ts`, less `ms_played`, or `offline_timestamp`.", True),
        ("ts", TIMESTAMP, "When the stream ended (UTC).", True),
        ("username", STRING, "Account name in older exports; personal, stays in raw."),
        ("platform", STRING, "Device and operating system; coarse since late 2023."),
        ("ms_played", INTEGER, "Milliseconds streamed.", True),
        ("conn_country", STRING, "Country of the connection, ISO 3166-1 alpha-2 or ZZ."),
        ("ip_addr", STRING, "Address of the connection, also from `ip_addr_decrypted`; personal, stays in raw."),
        ("user_agent_decrypted", STRING, "User agent in older exports; personal, stays in raw."),
        ("master_metadata_track_name", STRING, "Track name; null for episodes and audiobooks."),
        ("master_metadata_album_artist_name", STRING, "Name of the album's artist."),
        ("master_metadata_album_album_name", STRING, "Album name."),
        ("spotify_track_uri", STRING, "Track URI; null for episodes and audiobooks."),
        ("episode_name", STRING, "Podcast episode."),
        ("episode_show_name", STRING, "Podcast."),
        ("spotify_episode_uri", STRING, "Podcast episode URI."),
        ("audiobook_title", STRING, "Audiobook."),
        ("audiobook_uri", STRING, "Audiobook URI."),
        ("audiobook_chapter_uri", STRING, "Audiobook chapter URI."),
        ("audiobook_chapter_title", STRING, "Audiobook chapter."),
        ("reason_start", STRING, "Why the stream began."),
        ("reason_end", STRING, "Why the stream ended."),
        ("shuffle", BOOLEAN, "Whether shuffle was on."),
        ("skipped", BOOLEAN, "Whether the track was skipped; never filled in from 2015 to 2022."),
        ("offline", BOOLEAN, "Whether the track was played offline."),
        ("offline_timestamp", INTEGER, "When an offline stream began, in seconds, milliseconds or nonsense."),
        ("incognito_mode", BOOLEAN, "Whether it was a private session."),
        ("other_fields", STRING, OTHER_FIELDS),
    )
    + PROVENANCE,
    partition_column="play_date",
)

SPOTIFY_ACCOUNT_HISTORY = Table(
    layer="raw",
    name="spotify_account_history",
    row="One row is one record of the streaming history in Spotify's account data, as Spotify wrote it.",
    columns=columns_of(
        *PLAY_CLOCK,
        ("end_time", TIMESTAMP, "`endTime`: when the stream ended (UTC), cut to the minute.", True),
        ("ms_played", INTEGER, "`msPlayed`: milliseconds streamed.", True),
        ("artist_name", STRING, "`artistName`: the album's artist; null for podcasts and audiobooks."),
        ("track_name", STRING, "`trackName`."),
        ("podcast_name", STRING, "`podcastName`."),
        ("episode_name", STRING, "`episodeName`."),
        ("author_name", STRING, "`authorName` of an audiobook."),
        ("audiobook_name", STRING, "`audiobookName`."),
        ("chapter_name", STRING, "`chapterName` of an audiobook."),
        ("other_fields", STRING, OTHER_FIELDS),
    )
    + PROVENANCE,
    partition_column="play_date",
)

LASTFM_SCROBBLES = Table(
    layer="raw",
    name="lastfm_scrobbles",
    row="One row is one scrobble of a Last.fm export, as the exporting tool wrote it.",
    columns=columns_of(
        *PLAY_CLOCK,
        (
            "export_tool",
            STRING,
            "`ghan` (to the second) or `benjaminbenben` (to the minute).",
            True,
        ),
        ("precision_seconds", INTEGER, "Seconds to which the time is given: 1 or 60.", True),
        ("utc_time", STRING, "The time as text, as written."),
        ("artist", STRING, "Artist."),
        ("artist_mbid", STRING, "MusicBrainz id of the artist."),
        ("album", STRING, "Album."),
        ("album_mbid", STRING, "MusicBrainz id of the album."),
        ("track", STRING, "Track name."),
        ("track_mbid", STRING, "MusicBrainz id of the track."),
        ("other_fields", STRING, OTHER_FIELDS),
    )
    + PROVENANCE,
    partition_column="play_date",
)

LISTENBRAINZ_LISTENS = Table(
    layer="raw",
    name="listenbrainz_listens",
    row="One row is one listen of a ListenBrainz export.",
    columns=columns_of(
        *PLAY_CLOCK,
        ("anchor", STRING, "What `listened_at` is: `start`, or `end` for rows that its Spotify import wrote.", True),
        ("listened_at", TIMESTAMP, "`listened_at` (UTC).", True),
        ("artist_name", STRING, "Artist credit as submitted; several are joined by commas."),
        ("track_name", STRING, "Track name as submitted."),
        ("release_name", STRING, "Album as submitted."),
        ("duration_ms", INTEGER, "Length of the track, from `duration_ms` or `duration` in seconds."),
        ("ms_played", INTEGER, "Milliseconds played, where submitted."),
        ("spotify_track_id", STRING, "Spotify id, from `spotify_id` or `origin_url`."),
        ("isrc", STRING, "International recording code."),
        ("music_service", STRING, "Service the music came from, such as `spotify.com`."),
        ("submission_client", STRING, "Program that submitted the listen."),
        ("original_submission_client", STRING, "Program that it was first submitted by."),
        ("recording_msid", STRING, "ListenBrainz's own id of artist and track name."),
        ("recording_mbid", STRING, "MusicBrainz recording, of the mapping, else as submitted."),
        ("release_mbid", STRING, "MusicBrainz release, of the mapping, else as submitted."),
        ("artist_mbids", STRING, "MusicBrainz artists of the mapping, else as submitted, as a JSON array."),
        ("mapped_recording_name", STRING, "Track name of the MusicBrainz mapping."),
        ("mapped_artist_names", STRING, "Artists of the MusicBrainz mapping, as a JSON array of names."),
        ("other_fields", STRING, OTHER_FIELDS),
    )
    + PROVENANCE,
    partition_column="play_date",
)

MALOJA_SCROBBLES = Table(
    layer="raw",
    name="maloja_scrobbles",
    row="One row is one scrobble of a Maloja export.",
    columns=columns_of(
        *PLAY_CLOCK,
        ("time", TIMESTAMP, "`time` (UTC): begin or end, as whoever scrobbled it chose.", True),
        ("artist_name", STRING, "First artist."),
        ("artist_names", STRING, "All artists, as a JSON array of names."),
        ("title", STRING, "Track name."),
        ("album_title", STRING, "Album."),
        ("album_artist_names", STRING, "Artists of the album, as a JSON array of names."),
        ("length_ms", INTEGER, "Length of the track, from `length` in seconds."),
        ("ms_played", INTEGER, "Milliseconds played, from `duration` in seconds."),
        ("origin", STRING, "Who scrobbled it, such as `import:lastfm`."),
        ("other_fields", STRING, OTHER_FIELDS),
    )
    + PROVENANCE,
    partition_column="play_date",
)

KOITO_LISTENS = Table(
    layer="raw",
    name="koito_listens",
    row="One row is one listen of a Koito export.",
    columns=columns_of(
        *PLAY_CLOCK,
        ("listened_at", TIMESTAMP, "`listened_at` (UTC): begin, or the end for plays imported from Spotify.", True),
        ("client", STRING, "Program that submitted the listen."),
        ("track_title", STRING, "Primary alias of the track."),
        ("track_mbid", STRING, "MusicBrainz id of the track."),
        ("duration_ms", INTEGER, "`duration` of the track in seconds; of a Spotify import it is the time played."),
        ("album_title", STRING, "Primary alias of the album."),
        ("album_mbid", STRING, "MusicBrainz id of the album."),
        ("artist_name", STRING, "Primary artist."),
        ("artist_names", STRING, "Primary aliases of all artists, as a JSON array of names."),
        ("other_fields", STRING, OTHER_FIELDS),
    )
    + PROVENANCE,
    partition_column="play_date",
)

REJECTED_RECORDS = Table(
    layer="raw",
    name="rejected_records",
    row="One row is one source record that could not be read, with the reason.",
    columns=columns_of(
        ("listener_id", STRING, "Listener whose archive it stands in.", True),
        ("source", STRING, "Format of the archive.", True),
        ("source_file", STRING, SOURCE_FILE, True),
        ("source_row", INTEGER, "Zero-based position of the record within its member.", True),
        ("reason", STRING, "Short code, for example `missing_field`.", True),
        ("detail", STRING, "What was found and what was expected.", True),
        ("ingested_at", TIMESTAMP, "When the archive was landed (UTC).", True),
    ),
)

HISTORIES: tuple[Table, ...] = (
    SPOTIFY_EXTENDED_HISTORY,
    SPOTIFY_ACCOUNT_HISTORY,
    LASTFM_SCROBBLES,
    LISTENBRAINZ_LISTENS,
    MALOJA_SCROBBLES,
    KOITO_LISTENS,
)
"""One table a source; `name` is also the name of the source."""
