"""What a recommender may learn of tracks: nothing that the Spotify Web API said, nor what the plays themselves say.

The API's policy forbids the one. The other would give away the answer: a rank by plays knows those that are kept for
the test. Which plays may be learnt from is decided in interactions.py.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

WITHHELD = pa.array(["spotify_api", "population"])
"""Sources whose values are not learnt from."""
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
    """The tracks of dim_track that not only the Web API tells of, with null for values of the sources in WITHHELD.

    `primary_genre` is the genre that other sources give.
    """
    tracks = tracks.filter(tracks["is_training_data"])
    for column, source in SOURCE_OF.items():
        is_withheld = pc.call_function(
            "is_in", [tracks[source].cast(pa.string())], options=pc.SetLookupOptions(value_set=WITHHELD)
        )
        values = pc.call_function("if_else", [is_withheld, pa.scalar(None, tracks[column].type), tracks[column]])
        tracks = tracks.set_column(tracks.column_names.index(column), column, values)
    return tracks.set_column(tracks.column_names.index("primary_genre"), "primary_genre", tracks["training_genre"])
