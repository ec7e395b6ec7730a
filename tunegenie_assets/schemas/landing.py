"""What was imported, and what listeners said about their history."""

from __future__ import annotations

from tunegenie_assets.schemas.table import DATE, INTEGER, STRING, TIMESTAMP, Table, columns_of

ARCHIVES = Table(
    layer="landing",
    name="archives",
    row="One row is one archive of one listener, stored byte for byte in landing.",
    columns=columns_of(
        ("archive_id", STRING, "SHA-256 of the archive's bytes.", True),
        ("listener_id", STRING, "Listener whose archive it is.", True),
        ("timezone", STRING, "IANA zone given with the import; null when none was given."),
        ("timezone_given_at", TIMESTAMP, "When that import was (UTC); the listener's latest zone counts."),
        (
            "source",
            STRING,
            "Sources found by content, such as `spotify_extended_history`, joined by commas.",
            True,
        ),
        ("original_name", STRING, "Name of the file or folder at import; stays in landing.", True),
        ("size_bytes", INTEGER, "Size of the archive.", True),
        ("landed_at", TIMESTAMP, "When it was landed (UTC).", True),
        ("records", INTEGER, "Records that could be read.", True),
        ("rejected", INTEGER, "Records that could not be read; each is in raw.rejected_records.", True),
        ("first_day", DATE, "First play day (UTC) it holds; null when it holds no readable record."),
        ("last_day", DATE, "Last play day (UTC) it holds."),
    ),
)

ARCHIVE_FILES = Table(
    layer="landing",
    name="archive_files",
    row="One row is one file inside an archive, the one place of its name, and what was found in it.",
    columns=columns_of(
        ("listener_id", STRING, "Listener whose archive it is.", True),
        ("archive_id", STRING, "SHA-256 of the archive's bytes.", True),
        ("source_file", STRING, "Archive id and number of the file in it, as every record names its file.", True),
        ("member_name", STRING, "Path of the file in the archive; may hold a person's name, stays in landing.", True),
        ("source", STRING, "Source found by content; null for a file that holds no listening history."),
        ("records", INTEGER, "Records that could be read.", True),
        ("rejected", INTEGER, "Records that could not be read; each is in raw.rejected_records.", True),
    ),
)

EXCLUSIONS = Table(
    layer="landing",
    name="exclusions",
    row="One row is one exclusion that a listener asked for and has not taken back: what matches does not count.",
    columns=columns_of(
        ("exclusion_id", STRING, "Short id, by which it is taken back.", True),
        ("listener_id", STRING, "Listener whose plays it leaves out.", True),
        ("artist_name", STRING, "Artist; null for any."),
        ("track_name", STRING, "Track name; null for any."),
        ("track_id", STRING, "Spotify id of a track; null for any."),
        ("playlist_name", STRING, "Playlist of the catalogue that holds the track; null for any."),
        ("first_date", DATE, "First local date; null from the beginning."),
        ("last_date", DATE, "Last local date, included; null without an end."),
        ("excluded_at", TIMESTAMP, "When it was asked for (UTC).", True),
    ),
)

PAGE_FILES = Table(
    layer="landing",
    name="page_files",
    row="One row is one file of API pages, as they came.",
    columns=columns_of(
        ("service", STRING, "Service that was asked.", True),
        ("stream", STRING, "What it was asked for.", True),
        (
            "subject",
            STRING,
            "Listener whose pages they are; of what is nobody's own `_shared`, or `_simulated` if a stand-in told it.",
            True,
        ),
        ("landed_day", DATE, "UTC day on which the first of them was asked for.", True),
        ("source_file", STRING, "File below the landing folder.", True),
        ("unreadable", INTEGER, "Pages among them that are not what the service sends.", True),
    ),
)

LISTENER_ZONES = Table(
    layer="landing",
    name="listener_zones",
    row="One row is one time zone of a listener from a date on, until the next.",
    columns=columns_of(
        ("listener_id", STRING, "Listener.", True),
        ("timezone", STRING, "IANA zone.", True),
        ("first_date", DATE, "First local date in that zone; null from the beginning."),
        ("given_at", TIMESTAMP, "When it was said (UTC); of two for one date the later counts.", True),
    ),
)

TRAVELLERS = Table(
    layer="landing",
    name="travellers",
    row="One row is one listener who wants the clock of the country in which each play was heard.",
    columns=columns_of(
        ("listener_id", STRING, "Listener.", True),
        ("chosen_at", TIMESTAMP, "When it was chosen (UTC).", True),
    ),
)
