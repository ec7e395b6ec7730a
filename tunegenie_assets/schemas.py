"""The tables that Python writes: their columns, types and meaning, in write order.

The IO managers create, guard and describe tables from here, and dbt reads them as sources. Tables that dbt
builds are described in dbt's own YAML; nothing here knows a warehouse or Dagster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

STRING = pa.string()
INTEGER = pa.int64()
FLOAT = pa.float64()
BOOLEAN = pa.bool_()
DATE = pa.date32()
TIMESTAMP = pa.timestamp("us")
"""A naive timestamp that always means UTC: warehouses compare zone-aware columns in the session's zone."""


@dataclass(frozen=True)
class Column:
    """One column; `required` means that a null in it stops the write."""

    name: str
    type: pa.DataType
    description: str
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One table, `layer.name`; `partition_column` is a DATE column when the table has daily partitions."""

    layer: str
    name: str
    row: str
    """What one row is, as a sentence."""
    columns: tuple[Column, ...]
    partition_column: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.layer, self.name)

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type) for c in self.columns])

    @property
    def required_columns(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.required)

    def empty(self) -> pa.Table:
        return self.arrow_schema.empty_table()


def _columns(*definitions: tuple[str, pa.DataType, str] | tuple[str, pa.DataType, str, bool]) -> tuple[Column, ...]:
    return tuple(Column(d[0], d[1], d[2], required=len(d) == 4) for d in definitions)


# Every record of a source carries these: whose it is, and the file and row it came from.
PROVENANCE = _columns(
    ("listener_id", STRING, "Listener whose history the record belongs to.", True),
    ("source_file", STRING, "Archive id and member, `<archive id>/<member path>`.", True),
    ("source_row", INTEGER, "Zero-based position of the record within its member.", True),
    ("record_hash", STRING, "SHA-256 of the record's fields, equal for exact duplicates wherever they stand.", True),
    ("ingested_at", TIMESTAMP, "When the archive was landed (UTC).", True),
)

ARCHIVES = Table(
    layer="landing",
    name="archives",
    row="One row is one archive of one listener, stored byte for byte in landing.",
    columns=_columns(
        ("archive_id", STRING, "SHA-256 of the archive's bytes.", True),
        ("listener_id", STRING, "Listener whose archive it is.", True),
        ("timezone", STRING, "IANA zone given with the import; null when none was given."),
        ("timezone_given_at", TIMESTAMP, "When that import was (UTC); the listener's latest zone counts."),
        ("source", STRING, "Format found by content, for example `spotify_extended_history`.", True),
        ("original_name", STRING, "File name at import.", True),
        ("size_bytes", INTEGER, "Size of the archive.", True),
        ("landed_at", TIMESTAMP, "When it was landed (UTC).", True),
        ("records", INTEGER, "Records that could be read.", True),
        ("rejected", INTEGER, "Records that could not be read; each is in raw.rejected_records.", True),
        ("first_day", DATE, "First play day (UTC) it holds; null when it holds no readable record."),
        ("last_day", DATE, "Last play day (UTC) it holds."),
    ),
)

SPOTIFY_EXTENDED_HISTORY = Table(
    layer="raw",
    name="spotify_extended_history",
    row="One row is one record of a Spotify extended streaming history, as Spotify wrote it.",
    columns=_columns(
        ("play_date", DATE, "UTC day on which the stream began: `ts` less `ms_played`. The partition.", True),
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
        ("other_fields", STRING, "Fields this version does not know, as a JSON object."),
    )
    + PROVENANCE,
    partition_column="play_date",
)

REJECTED_RECORDS = Table(
    layer="raw",
    name="rejected_records",
    row="One row is one source record that could not be read, with the reason.",
    columns=_columns(
        ("listener_id", STRING, "Listener whose archive it stands in.", True),
        ("source", STRING, "Format of the archive.", True),
        ("source_file", STRING, "Archive id and member.", True),
        ("source_row", INTEGER, "Zero-based position of the record within its member.", True),
        ("reason", STRING, "Short code, for example `missing_field`.", True),
        ("detail", STRING, "What was found and what was expected.", True),
        ("ingested_at", TIMESTAMP, "When the archive was landed (UTC).", True),
    ),
)

CATALOGUE_TRACKS = Table(
    layer="raw",
    name="catalogue_tracks",
    row="One row is one record of the catalogue: a track in one genre or playlist.",
    columns=_columns(
        ("track_id", STRING, "Spotify id, or an invented one of the same shape.", True),
        ("track_name", STRING, "Track name.", True),
        ("artist_name", STRING, "First artist.", True),
        ("artist_names", STRING, "All artists, joined by `;` as the table writes them.", True),
        ("album_id", STRING, "Album id, where the table has one."),
        ("album_name", STRING, "Album name."),
        ("release_date", STRING, "Release date as written: a year, a month or a day."),
        ("popularity", INTEGER, "Popularity, 0 to 100."),
        ("duration_ms", INTEGER, "Length in milliseconds."),
        ("explicit", BOOLEAN, "Whether the lyrics are explicit."),
        ("genre", STRING, "Genre the table files the track under."),
        ("subgenre", STRING, "Subgenre, where the table has one."),
        ("playlist_name", STRING, "Playlist the row came from, where the table has one."),
        ("danceability", FLOAT, "0 to 1."),
        ("energy", FLOAT, "0 to 1."),
        ("key", INTEGER, "Pitch class, -1 when unknown."),
        ("loudness", FLOAT, "Decibels, -60 to 0."),
        ("mode", INTEGER, "1 major, 0 minor."),
        ("speechiness", FLOAT, "0 to 1."),
        ("acousticness", FLOAT, "0 to 1."),
        ("instrumentalness", FLOAT, "0 to 1."),
        ("liveness", FLOAT, "0 to 1."),
        ("valence", FLOAT, "0 to 1."),
        ("tempo", FLOAT, "Beats a minute."),
        ("origin", STRING, "`file` for a real catalogue, `generated` for the invented one.", True),
    ),
)

SYNTHETIC_LISTENERS = Table(
    layer="synthetic",
    name="listeners",
    row="One row is one simulated listener: profile, taste and habits.",
    columns=_columns(
        ("listener_id", STRING, "`sim-` and a number.", True),
        ("display_name", STRING, "Invented name.", True),
        ("email", STRING, "Invented address in a reserved domain.", True),
        ("country", STRING, "ISO 3166-1 alpha-2.", True),
        ("timezone", STRING, "IANA zone.", True),
        ("joined_date", DATE, "Day the account was opened.", True),
        ("favourite_genre", STRING, "Genre the taste leans to most.", True),
        ("taste", STRING, "Genre weights as a JSON object; they sum to 1.", True),
        ("sessions_per_day", FLOAT, "Mean number of listening sessions a day.", True),
        ("session_length", FLOAT, "Mean number of plays in a session.", True),
        ("skip_rate", FLOAT, "Share of plays ended before their time, 0 to 1.", True),
        ("explore_rate", FLOAT, "Share of plays outside the listener's own library, 0 to 1.", True),
        ("peak_hour", FLOAT, "Local hour around which most sessions begin.", True),
        ("library_size", INTEGER, "Number of tracks in the listener's own library.", True),
        ("simulated_from", DATE, "First day (UTC) the population listens.", True),
        ("simulated_until", DATE, "Day (UTC) after the last.", True),
        ("seed", INTEGER, "Seed of the population.", True),
    ),
)

SYNTHETIC_PLAYS = Table(
    layer="synthetic",
    name="plays",
    row="One row is one play of a simulated listener.",
    columns=_columns(
        ("play_date", DATE, "UTC day on which the play began. The partition.", True),
        ("listener_id", STRING, "Simulated listener.", True),
        ("started_at", TIMESTAMP, "Begin of the play (UTC).", True),
        ("ended_at", TIMESTAMP, "End of the play (UTC).", True),
        ("ms_played", INTEGER, "Milliseconds played.", True),
        ("track_id", STRING, "Track of the catalogue.", True),
        ("track_name", STRING, "Track name.", True),
        ("artist_name", STRING, "First artist.", True),
        ("album_name", STRING, "Album name."),
        ("platform", STRING, "Device.", True),
        ("reason_start", STRING, "Why the play began.", True),
        ("reason_end", STRING, "Why the play ended.", True),
        ("shuffle", BOOLEAN, "Whether shuffle was on.", True),
        ("skipped", BOOLEAN, "Whether the track was skipped.", True),
    ),
    partition_column="play_date",
)

ARTIST_GENRES = Table(
    layer="enrichment",
    name="artist_genres",
    row="One row is one artist with its primary genre and where that genre came from.",
    columns=_columns(
        ("artist_id", STRING, "Artist.", True),
        ("artist_name", STRING, "Artist name.", True),
        ("primary_genre", STRING, "Genre, or `unclassified`.", True),
        ("genre_source", STRING, "`catalogue`, `inferred_name` or `unclassified`.", True),
        ("confidence", FLOAT, "0 to 1: the share of the evidence that agrees.", True),
    ),
)

INTERACTIONS = Table(
    layer="recommender",
    name="interactions",
    row="One row is one listener and one track with the strength of the listener's interest in it.",
    columns=_columns(
        ("listener_id", STRING, "Listener.", True),
        ("track_id", STRING, "Track.", True),
        ("plays", INTEGER, "Plays counted.", True),
        ("weight", FLOAT, "Interest: grows with the logarithm of completed plays.", True),
        ("first_played_at", TIMESTAMP, "First play (UTC).", True),
        ("last_played_at", TIMESTAMP, "Last play (UTC).", True),
    ),
)

ITEM_FEATURES = Table(
    layer="recommender",
    name="item_features",
    row="One row is one track and one of its features with its weight.",
    columns=_columns(
        ("track_id", STRING, "Track.", True),
        ("feature", STRING, "Name, for example `genre:indie pop` or `energy:4`.", True),
        ("weight", FLOAT, "Weight of the feature for the track.", True),
    ),
)

EVALUATION = Table(
    layer="recommender",
    name="evaluation",
    row="One row is one figure of one model on the temporal split.",
    columns=_columns(
        ("model", STRING, "`lightfm_hybrid` or `popularity`.", True),
        ("metric", STRING, "Name, for example `ndcg_at_10`.", True),
        ("value", FLOAT, "Mean over the listeners with held-out tracks.", True),
        ("listeners", INTEGER, "Listeners evaluated.", True),
        ("split_at", TIMESTAMP, "Plays before it train, plays from it on test (UTC).", True),
    ),
)

RECOMMENDATIONS = Table(
    layer="recommender",
    name="recommendations",
    row="One row is one recommended track of one listener, by rank.",
    columns=_columns(
        ("listener_id", STRING, "Listener.", True),
        ("rank", INTEGER, "1 is the best.", True),
        ("track_id", STRING, "Track.", True),
        ("track_name", STRING, "Track name.", True),
        ("artist_name", STRING, "Artist name.", True),
        ("primary_genre", STRING, "Genre of the artist.", True),
        ("score", FLOAT, "Score of the model; comparable within a listener only.", True),
        ("reason", STRING, "Why it is recommended, in words.", True),
    ),
)

TABLES: tuple[Table, ...] = (
    ARCHIVES,
    SPOTIFY_EXTENDED_HISTORY,
    REJECTED_RECORDS,
    CATALOGUE_TRACKS,
    SYNTHETIC_LISTENERS,
    SYNTHETIC_PLAYS,
    ARTIST_GENRES,
    INTERACTIONS,
    ITEM_FEATURES,
    EVALUATION,
    RECOMMENDATIONS,
)


def table_for(key: Iterable[str]) -> Table:
    """The table with this two-part key; raises KeyError with the known keys."""
    wanted = tuple(key)
    for table in TABLES:
        if table.key == wanted:
            return table
    known = ", ".join("/".join(table.key) for table in TABLES)
    raise KeyError(f"no table {'/'.join(wanted)}; known: {known}")
