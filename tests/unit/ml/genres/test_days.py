from __future__ import annotations

import pyarrow as pa

from ml.genres.days import genres_by_day

ARTISTS = pa.table(
    {
        "artist_id": ["a", "b", "c", "d"],
        "training_genre": ["jazz", "jazz", "unclassified", "jazz"],
        "genre_source": ["lastfm", "catalogue", "unclassified", "inferred_neighbours"],
    }
)


def days_of(*rows: tuple[bool, int, str, int]) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(("is_simulated", "day_number", "artist_id", "plays"), map(list, columns), strict=True)))


def counted(days: pa.Table) -> list[tuple[int, str, int]]:
    return sorted((row["context"], row["genre"], row["plays"]) for row in genres_by_day(days, ARTISTS).to_pylist())


def test_artists_of_a_genre_are_added_up_and_those_without_one_left_out() -> None:
    assert counted(days_of((False, 1, "a", 2), (False, 1, "b", 3), (False, 1, "c", 4), (False, 2, "b", 1))) == [
        (1, "jazz", 5),
        (2, "jazz", 1),
    ]


def test_simulated_listeners_count_only_where_no_genre_of_people_is_known() -> None:
    simulated = (True, 1, "a", 9)
    assert counted(days_of((False, 1, "a", 2), simulated)) == [(1, "jazz", 2)]
    assert counted(days_of((False, 1, "c", 2), simulated)) == [(1, "jazz", 9)]
    assert counted(days_of(simulated)) == [(1, "jazz", 9)]


def test_what_is_guessed_from_these_days_says_nothing_about_them() -> None:
    assert counted(days_of((False, 1, "a", 2), (False, 1, "d", 7))) == [(1, "jazz", 2)]


def test_artists_that_nobody_has_looked_at_yet_have_no_genre() -> None:
    assert counted(days_of((False, 1, "new", 2))) == []
