"""What Python works out from the plays about genres. What is recommended is in recommender.py."""

from __future__ import annotations

from tunegenie_assets.schemas.table import BOOLEAN, DATE, FLOAT, STRING, Table, columns_of

GENRE_EVIDENCE = Table(
    layer="enrichment",
    name="genre_evidence",
    row="One row is one genre that one source gives one artist.",
    columns=columns_of(
        ("artist_id", STRING, "Artist.", True),
        ("artist_name", STRING, "Artist name.", True),
        ("genre", STRING, "Genre in lower case.", True),
        ("weight", FLOAT, "How much it weighs among the genres that this source gives this artist.", True),
        (
            "source",
            STRING,
            "`correction`, `spotify`, `lastfm`, `musicbrainz`, `catalogue`, `simulation` or `playlist_names`.",
            True,
        ),
    ),
)

INFERRED_GENRES = Table(
    layer="enrichment",
    name="inferred_genres",
    row="One row is one family to which one artist may belong, guessed from the company it keeps and its name.",
    columns=columns_of(
        ("inferred_on", DATE, "Last UTC day on which the artist was heard.", True),
        ("artist_id", STRING, "Artist, of whom no source that a model may learn from tells a genre.", True),
        ("artist_name", STRING, "Artist name.", True),
        ("genre", STRING, "Genre of that family, as most of the artist's company has it; else the family.", True),
        ("family", STRING, "Family, one of at most 30.", True),
        ("weight", FLOAT, "How likely it is, 0 to 1; families below 0.05 are left out.", True),
        (
            "source",
            STRING,
            "`inferred_neighbours`, `inferred_playlists`, `inferred_name` or `inferred_popularity`.",
            True,
        ),
        ("may_train", BOOLEAN, "Whether it rests on nothing that came through the Spotify Web API.", True),
    ),
)

ARTIST_GENRES = Table(
    layer="enrichment",
    name="artist_genres",
    row="One row is one artist with its primary genre and where that genre came from.",
    columns=columns_of(
        ("artist_id", STRING, "Artist.", True),
        ("artist_name", STRING, "Artist name.", True),
        ("primary_genre", STRING, "Genre, or `unclassified`.", True),
        ("genre_family", STRING, "Family of the genre, `other` of one without a place, or `unclassified`.", True),
        ("genre_source", STRING, "Source of genre_evidence or inferred_genres, or `unclassified`.", True),
        ("confidence", FLOAT, "How likely the family is the right one, 0 to 1.", True),
        ("training_genre", STRING, "Genre without what came through the Spotify Web API, or `unclassified`.", True),
    ),
)

GENRE_TAXONOMY = Table(
    layer="enrichment",
    name="genre_taxonomy",
    row="One row is one genre that somebody gives an artist or a track, with its place among all genres.",
    columns=columns_of(
        ("genre", STRING, "Genre in lower case, as it occurs.", True),
        ("parent", STRING, "Genre that it is a kind of; `other` where that is unknown.", True),
        ("family", STRING, "Family, one of at most 30; `other` where it is unknown.", True),
        (
            "matched_by",
            STRING,
            "How it was found in silver.genre_taxonomy: `exact`, `alias`, `suffix`, `keyword` or `other`.",
            True,
        ),
    ),
)
