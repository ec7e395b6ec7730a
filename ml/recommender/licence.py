"""What a recommender may learn of tracks: nothing that only the Spotify Web API said, whose policy forbids it.

Which plays may be learnt from is decided in interactions.py.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

FORBIDDEN = "spotify_api"
SOURCE_OF = {
    "duration_ms": "duration_source",
    "release_year": "release_source",
    "popularity": "popularity_source",
    **dict.fromkeys(
        (
            "danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness", "instrumentalness",
            "liveness", "valence", "tempo",
        ),
        "features_source",
    ),
}  # fmt: skip
"""By column of dim_track, the column that says whose value it is."""


def licensed_tracks(tracks: pa.Table) -> pa.Table:
    """The tracks of dim_track that something else tells of too, with null for values that only the Web API gave.

    `primary_genre` is the genre that other sources give.
    """
    tracks = tracks.filter(tracks["is_training_data"])
    for column, source in SOURCE_OF.items():
        is_forbidden = pc.call_function("equal", [tracks[source].cast(pa.string()).fill_null(""), pa.scalar(FORBIDDEN)])
        values = pc.call_function("if_else", [is_forbidden, pa.scalar(None, tracks[column].type), tracks[column]])
        tracks = tracks.set_column(tracks.column_names.index(column), column, values)
    return tracks.set_column(tracks.column_names.index("primary_genre"), "primary_genre", tracks["training_genre"])
