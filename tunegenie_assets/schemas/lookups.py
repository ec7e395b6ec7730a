"""Raw tables of what services were asked for by id or name: one row an answer, or a part of it, also of "unknown"."""

from __future__ import annotations

from tunegenie_assets.schemas.table import BOOLEAN, FLOAT, INTEGER, STRING, TIMESTAMP, Table, columns_of

REQUESTED = ("requested_at", TIMESTAMP, "When the service was asked (UTC).", True)
BODY = ("body", STRING, "The item as the service sent it, as JSON.", True)
TRACK = (
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
        REQUESTED,
        BODY,
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
        REQUESTED,
        BODY,
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
        REQUESTED,
        BODY,
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
        REQUESTED,
        BODY,
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
        REQUESTED,
    ),
)

LASTFM_TRACKS = Table(
    layer="raw",
    name="lastfm_tracks",
    row="One row is one track that Last.fm was asked for by its names; unknown there, it has no more than these.",
    columns=columns_of(
        ("asked_artist", STRING, "Artist that was asked for.", True),
        ("asked_track", STRING, "Track that was asked for.", True),
        ("artist_name", STRING, "Artist as Last.fm spells it; null where it knows none."),
        ("track_name", STRING, "Track as Last.fm spells it."),
        ("album_name", STRING, "Album."),
        ("duration_ms", INTEGER, "Length in milliseconds; null where Last.fm says 0."),
        ("track_mbid", STRING, "Id of the recording at MusicBrainz."),
        ("listeners", INTEGER, "Listeners at Last.fm."),
        ("playcount", INTEGER, "Scrobbles at Last.fm."),
        REQUESTED,
    ),
)

LISTENBRAINZ_RECORDINGS = Table(
    layer="raw",
    name="listenbrainz_recordings",
    row="One row is one track that ListenBrainz was asked for by its names; unknown there, it has no more than these.",
    columns=columns_of(
        ("asked_artist", STRING, "Artist that was asked for.", True),
        ("asked_track", STRING, "Track that was asked for.", True),
        ("artist_name", STRING, "Artist as MusicBrainz credits it; null where none is known."),
        ("track_name", STRING, "Name of the recording."),
        ("album_name", STRING, "Name of its release."),
        ("duration_ms", INTEGER, "Length in milliseconds."),
        ("recording_mbid", STRING, "Id of the recording."),
        ("artist_mbid", STRING, "Id of the first artist."),
        REQUESTED,
    ),
)

MUSICBRAINZ_LINKS = Table(
    layer="raw",
    name="musicbrainz_artist_links",
    row="One row is one artist of whom MusicBrainz was asked who it is, by Spotify id or by name.",
    columns=columns_of(
        ("asked_by", STRING, "`spotify_id` or `name`.", True),
        ("asked_for", STRING, "That id or name.", True),
        ("artist_mbid", STRING, "Id at MusicBrainz; null where nobody is known, or nobody for certain."),
        REQUESTED,
    ),
)

MUSICBRAINZ_ARTISTS = Table(
    layer="raw",
    name="musicbrainz_artists",
    row="One row is one genre of one artist at MusicBrainz; an artist without genres has one row without a genre.",
    columns=columns_of(
        ("artist_mbid", STRING, "Id at MusicBrainz that was asked for.", True),
        ("artist_name", STRING, "Name; null for an unknown id."),
        ("genre", STRING, "Genre, of those that MusicBrainz knows as genres; null where it has none."),
        ("count", INTEGER, "Votes for it."),
        REQUESTED,
    ),
)

MUSICBRAINZ_RECORDINGS = Table(
    layer="raw",
    name="musicbrainz_recordings",
    row="One row is one ISRC of one recording at MusicBrainz; a recording without one has one row without.",
    columns=columns_of(
        ("recording_mbid", STRING, "Id at MusicBrainz that was asked for.", True),
        ("track_name", STRING, "Title; null for an unknown id."),
        ("duration_ms", INTEGER, "Length in milliseconds."),
        ("isrc", STRING, "International recording code; null where it has none."),
        REQUESTED,
    ),
)

LOOKUPS: tuple[Table, ...] = (
    TRACKS,
    ALBUMS,
    ARTISTS,
    AUDIO_FEATURES,
    ARTIST_TAGS,
    LASTFM_TRACKS,
    LISTENBRAINZ_RECORDINGS,
    MUSICBRAINZ_LINKS,
    MUSICBRAINZ_ARTISTS,
    MUSICBRAINZ_RECORDINGS,
)
