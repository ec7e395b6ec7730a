from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.genres.guessing import INFERRED_GENRES_SCHEMA, Guesses, guess_genres
from tunegenie_assets.schemas.results import GENRE_EVIDENCE, INFERRED_GENRES

FIRST = date(2024, 1, 1)
FAMILIES = {"bebop": "jazz", "jazz": "jazz", "techno": "electronic", "house": "electronic", "sad": "other"}
Heard = list[tuple[str, str, int, bool]]
"""Listener, artist, day after the first, may_train."""


def heard_of(rows: Heard) -> pa.Table:
    return pa.table(
        {
            "listener_id": pa.array([row[0] for row in rows], pa.string()),
            "artist_id": pa.array([row[1] for row in rows], pa.string()),
            "play_date": pa.array([FIRST + timedelta(days=row[2]) for row in rows], pa.date32()),
            "may_train": pa.array([row[3] for row in rows], pa.bool_()),
        }
    )


def guess(
    heard: Heard,
    evidence: dict[str, tuple[str, str]],
    *,
    playlists: list[tuple[str, str]] | None = None,
    rated_by: str | None = None,
) -> Guesses:
    """`evidence`: genre and source by artist, who are called as they are numbered."""
    ids = sorted({row[1] for row in heard} | set(evidence))
    told = [
        {"artist_id": artist, "artist_name": artist, "genre": genre, "weight": 1.0, "source": source}
        for artist, (genre, source) in evidence.items()
    ]
    lists = playlists or []
    return guess_genres(
        heard_of(heard),
        pa.table(
            {
                "playlist_id": pa.array([row[0] for row in lists], pa.string()),
                "artist_id": pa.array([row[1] for row in lists], pa.string()),
            }
        ),
        pa.Table.from_pylist(told, schema=GENRE_EVIDENCE.arrow_schema),
        pa.table(
            {
                "artist_id": pa.array(ids, pa.string()),
                "artist_name": pa.array(ids, pa.string()),
                # Jazz is popular here, and nothing else is.
                "popularity": pa.array([90 if artist[0] in "jx" else 10 for artist in ids], pa.int64()),
                "popularity_source": pa.array([rated_by] * len(ids), pa.string()),
            }
        ),
        families=FAMILIES,
    )


def two_scenes(*, may_train: bool = True) -> tuple[Heard, dict[str, tuple[str, str]]]:
    """On even days one listener hears jazz, on odd days electronic; `x` with the first, `y` with the second."""
    heard: Heard = []
    for day in range(0, 40, 2):
        heard += [("ada", artist, day, may_train) for artist in ("j1", "j2", "j3", "x")]
        heard += [("bob", artist, day + 1, may_train) for artist in ("e1", "e2", "e3", "y")]
    evidence = {f"j{n}": ("bebop", "catalogue") for n in (1, 2, 3)} | {f"e{n}": ("techno", "lastfm") for n in (1, 2, 3)}
    return heard, evidence


def best(rows: pa.Table) -> dict[str, tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for row in sorted(rows.to_pylist(), key=lambda row: -row["weight"]):
        found.setdefault(row["artist_id"], (row["genre"], row["family"], row["source"]))
    return found


def test_the_table_is_what_the_warehouse_expects() -> None:
    assert INFERRED_GENRES_SCHEMA.equals(INFERRED_GENRES.arrow_schema)


def test_an_artist_has_the_genre_of_its_company_under_the_last_day_it_was_heard() -> None:
    heard, evidence = two_scenes()
    rows = guess(heard, evidence).rows
    assert best(rows) == {
        "x": ("bebop", "jazz", "inferred_neighbours"),
        "y": ("techno", "electronic", "inferred_neighbours"),
    }
    days = {row["artist_id"]: row["inferred_on"] for row in rows.to_pylist()}
    assert days == {"x": FIRST + timedelta(days=38), "y": FIRST + timedelta(days=39)}
    assert rows["may_train"].to_pylist() == [True] * rows.num_rows


def test_whom_a_licensed_source_tells_of_is_not_guessed_but_whom_only_the_web_api_knows_is() -> None:
    heard, evidence = two_scenes()
    rows = guess(heard, evidence | {"x": ("house", "spotify"), "y": ("jazz", "musicbrainz")}).rows
    assert best(rows) == {"x": ("bebop", "jazz", "inferred_neighbours")}


def test_a_word_that_is_no_genre_is_no_label() -> None:
    heard, evidence = two_scenes()
    assert set(best(guess(heard, evidence | {"x": ("sad", "lastfm")}).rows)) == {"x", "y"}


def test_plays_of_the_web_api_speak_where_nothing_else_does_and_train_nothing() -> None:
    heard, evidence = two_scenes(may_train=False)
    rows = guess(heard, evidence).rows
    assert best(rows)["x"] == ("bebop", "jazz", "inferred_neighbours")
    assert set(rows["may_train"].to_pylist()) == {False}
    mixed = [(listener, artist, day, artist != "x") for listener, artist, day, _ in heard]
    may_train = {row["artist_id"]: row["may_train"] for row in guess(mixed, evidence).rows.to_pylist()}
    assert may_train == {"x": False, "y": True}


def test_what_may_train_comes_out_alike_whatever_the_web_api_tells_besides() -> None:
    heard, evidence = two_scenes()
    evidence |= {"z1": ("bebop", "catalogue"), "z2": ("house", "lastfm"), "z3": ("house", "musicbrainz")}
    alone = guess(heard, evidence).rows
    besides: Heard = [("cy", artist, day, False) for day in range(30) for artist in ("z1", "z2", "x", "e1", "new")]
    both = guess([*heard, *besides], evidence).rows
    trained = both.filter(both["may_train"])
    assert trained.equals(alone)
    assert {row["artist_id"] for row in both.to_pylist() if not row["may_train"]} == {"new"}


@pytest.mark.parametrize(
    ("rated_by", "found"),
    [
        ("catalogue", {"x": ("jazz", "jazz", "inferred_popularity")}),
        ("lastfm", {"x": ("jazz", "jazz", "inferred_popularity")}),
        ("spotify_api", {}),
    ],
)
def test_popularity_is_learnt_from_where_it_may_be(rated_by: str, found: dict[str, tuple[str, str, str]]) -> None:
    known = [f"{scene}{number}" for number in range(200) for scene in "je"]
    heard: Heard = [(artist, artist, 0, True) for artist in [*known, "x"]]
    evidence = {artist: ("bebop" if artist[0] == "j" else "techno", "catalogue") for artist in known}
    assert best(guess(heard, evidence, rated_by=rated_by).rows) == found


def test_known_artists_of_a_playlist_speak_though_nobody_heard_them() -> None:
    heard: Heard = [("ada", "e1", 0, True), ("ada", "x", 0, True)]
    evidence = {"e1": ("techno", "lastfm")} | {f"m{number}": ("jazz", "catalogue") for number in range(9)}
    lists = [("p", artist) for artist in [*evidence, "x"] if artist != "e1"]
    rows = [row for row in guess(heard, evidence, playlists=lists).rows.to_pylist() if not row["may_train"]]
    assert (rows[0]["artist_id"], rows[0]["family"], rows[0]["source"]) == ("x", "jazz", "inferred_playlists")


def test_playlists_are_company_too() -> None:
    evidence = {"j1": ("jazz", "catalogue"), "j2": ("jazz", "catalogue"), "e1": ("techno", "lastfm")}
    heard: Heard = [("ada", artist, 0, True) for artist in ("j1", "j2", "e1", "x")]
    lists = [("p", "j1"), ("p", "j2"), ("p", "x"), ("q", "e1"), ("q", "nobody")]
    rows = [row for row in guess(heard, evidence, playlists=lists).rows.to_pylist() if row["artist_id"] == "x"]
    [likeliest] = [row for row in rows if row["source"] == "inferred_playlists"][:1]
    assert (likeliest["family"], likeliest["may_train"]) == ("jazz", False)


def test_an_artist_without_known_company_is_guessed_by_a_telling_name_only() -> None:
    heard: Heard = [("ada", "j1", 0, True), ("bob", "DJ Someone", 9, True), ("bob", "Someone", 9, True)]
    rows = guess(heard, {"j1": ("bebop", "catalogue")}).rows
    assert best(rows) == {"DJ Someone": ("electronic", "electronic", "inferred_name")}


def test_nobody_heard_anything_or_nothing_is_known() -> None:
    assert guess([("ada", "DJ Someone", 0, True)], {}).rows.num_rows == 0
    assert guess([], {}).rows.schema.equals(INFERRED_GENRES_SCHEMA)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random: Random) -> None:
    heard, evidence = two_scenes()
    expected = guess(heard, evidence).rows
    random.shuffle(heard)
    shuffled = guess(heard, evidence).rows
    assert shuffled.drop_columns("weight").equals(expected.drop_columns("weight"))
    assert shuffled["weight"].to_pylist() == pytest.approx(expected["weight"].to_pylist(), abs=1e-5)
