"""The tables about recommendations, one row of each belongs to the training of one week.

Figures, lists and playlists are kept for every week. What they were made from is large and made again from the plays:
these tables hold the week that was built last.
"""

from __future__ import annotations

from tunegenie_assets.schemas.table import DATE, FLOAT, INTEGER, STRING, TIMESTAMP, Table, columns_of

WEEK = "week"
_WEEK = (WEEK, DATE, "Monday of the week up to whose end (UTC) plays are known.", True)
_TRACK = (
    ("track_id", STRING, "Track.", True),
    ("track_name", STRING, "Track name.", True),
    ("artist_name", STRING, "Artist name.", True),
)

INTERACTIONS = Table(
    layer="recommender",
    name="interactions",
    row="One row is one listener and one recording with the strength of the listener's interest in it.",
    columns=columns_of(
        _WEEK,
        ("listener_id", STRING, "Listener.", True),
        ("track_id", STRING, "The track that stands for the recording.", True),
        ("plays", INTEGER, "Plays counted.", True),
        (
            "weight",
            FLOAT,
            "Interest: the logarithm of completed plays, a skipped one at most half; each half as much after a year.",
            True,
        ),
        ("first_played_at", TIMESTAMP, "First play (UTC).", True),
        ("last_played_at", TIMESTAMP, "Last play (UTC).", True),
    ),
)

ARTIST_INTERACTIONS = Table(
    layer="recommender",
    name="artist_interactions",
    row="One row is one listener and one artist with the strength of the listener's interest in them.",
    columns=columns_of(
        _WEEK,
        ("listener_id", STRING, "Listener.", True),
        ("artist_id", STRING, "Artist, the key of `dim_artist`.", True),
        ("tracks", INTEGER, "Recordings of the artist that were played.", True),
        ("plays", INTEGER, "Plays counted.", True),
        ("weight", FLOAT, "Interest: as that in a recording, of the plays of all of them together.", True),
        ("first_played_at", TIMESTAMP, "First play (UTC).", True),
        ("last_played_at", TIMESTAMP, "Last play (UTC).", True),
    ),
)

ITEM_FEATURES = Table(
    layer="recommender",
    name="item_features",
    row="One row is one track and one of its features with its weight.",
    columns=columns_of(
        _WEEK,
        ("track_id", STRING, "The track that stands for the recording.", True),
        ("feature", STRING, "Name, for example `genre:indie pop` or `energy:4`.", True),
        ("weight", FLOAT, "Weight of the feature for the track.", True),
    ),
)

LISTENER_FEATURES = Table(
    layer="recommender",
    name="listener_features",
    row="One row is one listener and one of their features with its weight.",
    columns=columns_of(
        _WEEK,
        ("listener_id", STRING, "Listener.", True),
        ("feature", STRING, "Name, for example `country:DE`, `account:3` (years) or `taste:indie pop`.", True),
        ("weight", FLOAT, "Weight of the feature for the listener.", True),
    ),
)

EVALUATION = Table(
    layer="recommender",
    name="evaluation",
    row="One row is one figure of one model on the temporal split of one week's training.",
    columns=columns_of(
        _WEEK,
        ("model", STRING, "`published`, `popularity`, `own_history`, or `model_before`.", True),
        ("metric", STRING, "Name, for example `ndcg_at_10`.", True),
        ("value", FLOAT, "Mean over the listeners with held-out tracks.", True),
        (
            "half_width",
            FLOAT,
            "Half the width of its 95 % interval over listeners; null of one, and of shares.",
        ),
        ("listeners", INTEGER, "Listeners evaluated.", True),
        ("split_at", TIMESTAMP, "Plays before it train, plays from it on test (UTC).", True),
    ),
    partition_column=WEEK,
)

RECOMMENDATIONS = Table(
    layer="recommender",
    name="recommendations",
    row="One row is one recommended track of one listener, by rank.",
    columns=columns_of(
        _WEEK,
        ("listener_id", STRING, "Listener.", True),
        ("rank", INTEGER, "1 is the best.", True),
        *_TRACK,
        ("primary_genre", STRING, "Genre of the artist.", True),
        ("score", FLOAT, "Score of the model; comparable within a listener only.", True),
        ("reason", STRING, "Why it is recommended, in words.", True),
    ),
    partition_column=WEEK,
)


def _neighbours(kind: str, them: str, others: str) -> Table:
    return Table(
        layer="recommender",
        name=f"{kind}_neighbours",
        row=f"One row is one {kind} and one of the {others} that are most like it, by rank.",
        columns=columns_of(
            _WEEK,
            (f"{kind}_id", STRING, f"{kind.capitalize()}.", True),
            ("rank", INTEGER, "1 is the most alike.", True),
            ("neighbour_id", STRING, f"The {kind} {them} is like it.", True),
            ("similarity", FLOAT, "Cosine of their embeddings, -1 to 1.", True),
            ("reason", STRING, "What makes them alike, in words.", True),
        ),
    )


TRACK_NEIGHBOURS, ARTIST_NEIGHBOURS = _neighbours("track", "that", "tracks"), _neighbours("artist", "who", "artists")

PLAYLIST = Table(
    layer="recommender",
    name="playlist",
    row="One row is one track of the playlist that is sent to one listener's account, by position.",
    columns=columns_of(
        _WEEK,
        ("listener_id", STRING, "Listener, no simulated one.", True),
        ("position", INTEGER, "1 is the first.", True),
        ("spotify_track_id", STRING, "Track at Spotify.", True),
        *_TRACK,
        ("reason", STRING, "Why it is recommended, in words.", True),
    ),
    partition_column=WEEK,
)

RECOMMENDER: tuple[Table, ...] = (
    INTERACTIONS,
    ARTIST_INTERACTIONS,
    ITEM_FEATURES,
    LISTENER_FEATURES,
    EVALUATION,
    RECOMMENDATIONS,
    TRACK_NEIGHBOURS,
    ARTIST_NEIGHBOURS,
    PLAYLIST,
)
