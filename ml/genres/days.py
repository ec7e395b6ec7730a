"""From artists by day to genres by day: whose days count for the clusters of genres.

What is done with them is in company.py and clusters.py.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ml.genres.artists import UNCLASSIFIED

INFERRED = "inferred_"
"""How the sources of guesses begin."""


def genres_by_day(days: pa.Table, artists: pa.Table) -> pa.Table:
    """Rows of `context`, `genre` and `plays`: of people, or of the others where no genre is known that a person hears.

    Genres that are guessed do not count, most are guessed from these very days; nor what only the Spotify Web API
    tells, from which nothing may be learnt.

    Args:
        days: `is_simulated`, `day_number`, `artist_id` and `plays`; a number is one day of one listener,
            counted for people and for simulated listeners by themselves.
        artists: `artist_id`, `training_genre` and `genre_source`.
    """
    is_guess = pc.call_function("starts_with", [artists["genre_source"]], pc.MatchSubstringOptions(INFERRED))
    is_named = pc.call_function("not_equal", [artists["training_genre"], pa.scalar(UNCLASSIFIED)])
    named = artists.select(["artist_id", "training_genre"]).filter(pc.call_function("and_not", [is_named, is_guess]))
    heard = days.join(named, "artist_id", join_type="inner")
    by_people = heard.filter(pc.call_function("invert", [heard["is_simulated"]]))
    # The numbers of people's days are those of others, too: never both.
    rows = by_people if by_people.num_rows else heard
    return (
        rows.rename_columns({"day_number": "context", "training_genre": "genre"})
        .group_by(["context", "genre"])
        .aggregate([("plays", "sum")])
        .rename_columns({"plays_sum": "plays"})
    )
