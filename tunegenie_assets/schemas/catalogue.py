"""Tracks known to exist, and the simulated population."""

from __future__ import annotations

from tunegenie_assets.schemas.table import BOOLEAN, DATE, FLOAT, INTEGER, STRING, TIMESTAMP, Table, columns_of

CATALOGUE_TRACKS = Table(
    layer="raw",
    name="catalogue_tracks",
    row="One row is one record of the catalogue: a track in one genre or playlist.",
    columns=columns_of(
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

SYNTHETIC_CATALOGUE = Table(
    layer="synthetic",
    name="catalogue",
    row="One row is one invented track; none where TUNEGENIE_CATALOGUE names real ones.",
    columns=CATALOGUE_TRACKS.columns,
)

SYNTHETIC_LISTENERS = Table(
    layer="synthetic",
    name="listeners",
    row="One row is one simulated listener: profile, taste and habits.",
    columns=columns_of(
        ("listener_id", STRING, "`sim-` and a number.", True),
        ("display_name", STRING, "Invented name.", True),
        ("email", STRING, "Invented address in a reserved domain.", True),
        ("country", STRING, "ISO 3166-1 alpha-2.", True),
        ("timezone", STRING, "IANA zone.", True),
        ("joined_date", DATE, "Day the account was opened.", True),
        ("favourite_genre", STRING, "Genre the taste leans to most.", True),
        ("taste", STRING, "Genre weights as a JSON object; they sum to 1.", True),
        ("active_share", FLOAT, "Share of the days on which the listener listens at all, 0 to 1.", True),
        ("sessions_per_day", FLOAT, "Mean number of listening sessions on such a day.", True),
        ("session_length", FLOAT, "Mean number of plays in a session.", True),
        ("skip_rate", FLOAT, "Share of plays cut short within half a minute, 0 to 1.", True),
        ("finish_rate", FLOAT, "Share of the other plays that run to the end, 0 to 1.", True),
        ("explore_rate", FLOAT, "Share of plays that look for something new, 0 to 1.", True),
        ("memory_days", FLOAT, "How many days back known tracks may have been found.", True),
        ("loyalty", FLOAT, "Share of the other plays that go to favourite artists, 0 to 1.", True),
        ("same_artist_rate", FLOAT, "Chance to go on with the artist of the play before, 0 to 1.", True),
        ("same_track_rate", FLOAT, "Chance to start a track over, 0 to 1.", True),
        ("shuffle_rate", FLOAT, "Share of the sessions that are shuffled, 0 to 1.", True),
        ("peak_hour", FLOAT, "Local hour around which most sessions begin.", True),
        ("hour_spread", FLOAT, "How many hours around it, as a standard deviation.", True),
        ("weekend_factor", FLOAT, "Listening on days of rest relative to other days.", True),
        ("platform", STRING, "Device that most sessions are heard on.", True),
        ("simulated_from", DATE, "First day (UTC) the population listens.", True),
        ("simulated_until", DATE, "Day (UTC) after the last.", True),
        ("seed", INTEGER, "Seed of the population.", True),
    ),
)

SYNTHETIC_PLAYS = Table(
    layer="synthetic",
    name="plays",
    row="One row is one play of a simulated listener.",
    columns=columns_of(
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
