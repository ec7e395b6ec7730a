from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.errors import InconsistentInputError
from ml.genres.artists import classify_artists
from ml.genres.confidence import told_confidence
from ml.genres.gathering import SOURCES
from ml.genres.names import normalise_genre, normalise_name
from tunegenie_assets.schemas.results import ARTIST_GENRES, GENRE_EVIDENCE, INFERRED_GENRES

FAMILIES = {
    "dream pop": "rock", "shoegaze": "rock", "indie rock": "rock", "rock": "rock", "pop": "pop", "indie pop": "pop",
    "techno": "electronic", "house": "electronic", "jazz": "jazz", "folk": "folk", "sad": "other", "epic": "other",
}  # fmt: skip


def artists(*names: str | None) -> pa.Table:
    return pa.table(
        {"artist_id": [f"a{number}" for number in range(len(names))], "artist_name": pa.array(names, pa.string())}
    )


def told(*rows: tuple[int, str, float, str]) -> pa.Table:
    """Number of the artist, genre, weight, source."""
    return pa.Table.from_pylist(
        [
            {"artist_id": f"a{number}", "artist_name": "", "genre": genre, "weight": weight, "source": source}
            for number, genre, weight, source in rows
        ],
        schema=GENRE_EVIDENCE.arrow_schema,
    )


def guessed(*rows: tuple[int, str, float, str], may_train: bool = True) -> pa.Table:
    """Number of the artist, genre, likelihood, source."""
    return pa.Table.from_pylist(
        [
            {
                "inferred_on": date(2024, 1, 1),
                "artist_id": f"a{number}",
                "artist_name": "",
                "genre": genre,
                "family": FAMILIES[genre],
                "weight": weight,
                "source": source,
                "may_train": may_train,
            }
            for number, genre, weight, source in rows
        ],
        schema=INFERRED_GENRES.arrow_schema,
    )


def classified(known: pa.Table, evidence: pa.Table | None = None, guesses: pa.Table | None = None) -> pa.Table:
    return classify_artists(known, evidence or told(), guesses or guessed(), FAMILIES)


def verdicts(
    known: pa.Table, evidence: pa.Table | None = None, guesses: pa.Table | None = None
) -> list[tuple[str, str, str]]:
    result = classified(known, evidence, guesses)
    columns = ("primary_genre", "genre_family", "genre_source")
    return list(zip(*(result[column].to_pylist() for column in columns), strict=True))


def test_the_family_with_the_most_weight_decides_and_of_it_the_heaviest_genre() -> None:
    evidence = told((0, "pop", 60, "lastfm"), (0, "dream pop", 50, "lastfm"), (0, "shoegaze", 40, "lastfm"))
    assert verdicts(artists("Ada"), evidence) == [("dream pop", "rock", "lastfm")]


def test_equal_weights_go_to_the_first_by_name() -> None:
    evidence = told((0, "rock", 1, "lastfm"), (0, "folk", 1, "lastfm"), (1, "house", 1, "lastfm"))
    assert verdicts(artists("Ada", "Bob"), evidence) == [("folk", "folk", "lastfm"), ("house", "electronic", "lastfm")]


def test_sources_decide_in_the_order_of_trust_and_a_correction_before_all() -> None:
    for first, source in enumerate(SOURCES):
        evidence = told(*((0, "pop", 9, later) for later in SOURCES[first + 1 :]), (0, "jazz", 1, source))
        assert verdicts(artists("Ada"), evidence) == [("jazz", "jazz", source)]


def test_a_word_that_is_no_genre_says_less_than_a_genre_of_a_later_source_or_a_guess() -> None:
    evidence = told(
        (0, "sad", 100, "lastfm"), (0, "folk", 20, "lastfm"), (1, "sad", 100, "lastfm"), (1, "jazz", 1, "catalogue"),
        (2, "sad", 100, "lastfm"), (3, "sad", 100, "lastfm"), (3, "epic", 50, "catalogue"),
    )  # fmt: skip
    guesses = guessed((2, "pop", 0.4, "inferred_neighbours"))
    assert verdicts(artists("A", "B", "C", "D"), evidence, guesses) == [
        ("folk", "folk", "lastfm"),
        ("jazz", "jazz", "catalogue"),
        ("pop", "pop", "inferred_neighbours"),
        ("sad", "other", "lastfm"),
    ]


def test_a_word_of_no_family_says_nothing_of_the_family() -> None:
    [row] = classified(artists("Ada"), told((0, "sad", 100, "lastfm"))).to_pylist()
    assert (row["genre_family"], row["confidence"]) == ("other", 0)


def test_corrections_that_contradict_each_other_are_half_as_sure() -> None:
    evidence = told((0, "jazz", 1, "correction"), (0, "folk", 1, "correction"))
    assert classified(artists("Ada"), evidence)["confidence"].to_pylist() == [0.5]


def test_a_correction_wins_even_with_a_word_of_no_family() -> None:
    evidence = told((0, "sad", 1, "correction"), (0, "pop", 100, "lastfm"))
    assert verdicts(artists("Ada"), evidence) == [("sad", "other", "correction")]


def test_of_guesses_the_surest_decides() -> None:
    guesses = pa.concat_tables(
        [
            guessed((0, "rock", 0.5, "inferred_neighbours"), (0, "pop", 0.4, "inferred_neighbours")),
            guessed((0, "jazz", 0.6, "inferred_playlists"), may_train=False),
        ]
    )
    result = classified(artists("Ada"), guesses=guesses)
    assert result.to_pylist()[0] | {"artist_id": ""} == {
        "artist_id": "",
        "artist_name": "Ada",
        "primary_genre": "jazz",
        "genre_family": "jazz",
        "genre_source": "inferred_playlists",
        "confidence": 0.6,
        "training_genre": "rock",
    }


def test_the_genre_to_train_on_never_comes_through_the_web_api() -> None:
    evidence = told(
        (0, "techno", 1, "spotify"), (0, "house", 50, "lastfm"), (1, "techno", 1, "spotify"), (2, "pop", 1, "spotify"),
        (3, "folk", 3, "playlist_names"),
    )  # fmt: skip
    guesses = guessed((2, "rock", 0.3, "inferred_neighbours"))
    result = classified(artists("Ada", "Bob", "Cy", "Di"), evidence, guesses)
    assert result["primary_genre"].to_pylist() == ["techno", "techno", "pop", "folk"]
    assert result["training_genre"].to_pylist() == ["house", "unclassified", "rock", "unclassified"]


@pytest.mark.parametrize(
    ("name", "genre"),
    [
        ("DJ Someone", "electronic"),
        ("Lil Someone", "hip hop"),
        ("MC Someone", "hip hop"),
        ("Somewhere Philharmonic", "classical"),
        ("Somewhere Symphony Orchestra", "classical"),
        ("Mariachi Somewhere", "latin"),
        ("Los Norteños", "latin"),
        ("Somewhere Jazz Ensemble", "jazz"),
    ],
)
def test_a_telling_name_is_modest_evidence_and_the_last(name: str, genre: str) -> None:
    assert verdicts(artists(name)) == [(genre, genre, "inferred_name")]
    assert 0.5 <= classified(artists(name))["confidence"][0].as_py() < 0.8
    assert verdicts(artists(name), told((0, "folk", 1, "catalogue"))) == [("folk", "folk", "catalogue")]


@pytest.mark.parametrize(
    "name", ["Ada", "Djinn", "Lilac", "Choirless", "The McSomeones", "Young Someone", "The Someone Orchestra", "", None]
)
def test_a_name_that_tells_nothing_or_little_stays_unclassified(name: str | None) -> None:
    nothing = {"primary_genre", "genre_family", "genre_source", "training_genre"}
    [row] = classified(artists(name)).to_pylist()
    assert {row[column] for column in nothing} == {"unclassified"}
    assert row["confidence"] == 0


def test_one_row_per_artist_in_the_order_of_ids() -> None:
    table = artists("B", "A", "B").take([2, 0, 1])
    result = classified(table, told((1, "pop", 1, "catalogue")))
    assert result.schema.equals(ARTIST_GENRES.arrow_schema)
    assert result["artist_id"].to_pylist() == ["a0", "a1", "a2"]
    assert result["artist_name"].to_pylist() == ["B", "A", "B"]
    assert classified(table.slice(0, 0)).num_rows == 0


def test_an_artist_twice_is_refused() -> None:
    twice = pa.concat_tables([artists("A"), artists("B")])
    with pytest.raises(InconsistentInputError, match="one row per artist_id"):
        classified(twice)


evidence_rows: st.SearchStrategy[Any] = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(sorted(FAMILIES)), st.floats(0.01, 100), st.sampled_from(SOURCES)
    ),
    max_size=12,
    unique_by=lambda row: (row[0], row[1], row[3]),
)  # fmt: skip


@given(evidence_rows, st.randoms(use_true_random=False))
def test_every_artist_has_one_genre_whatever_is_told_in_whatever_order(rows: list[Any], random: Any) -> None:
    result = classified(artists("A", "B", "C", "D"), told(*rows))
    random.shuffle(rows)
    assert classified(artists("A", "B", "C", "D"), told(*rows)).equals(result)
    for number, row in enumerate(result.to_pylist()):
        given_genres = {
            genre for artist, genre, _, source in rows if artist == number and source == row["genre_source"]
        }
        assert row["primary_genre"] in (given_genres or {"unclassified"})
        assert row["genre_family"] == FAMILIES.get(row["primary_genre"], "unclassified")
        assert 0 <= row["confidence"] <= 1


def test_more_votes_of_one_family_make_it_surer_and_dissent_less_sure() -> None:
    of_family, all_votes = np.array([1.0, 3.0, 10.0, 3.0]), np.array([1.0, 3.0, 10.0, 6.0])
    one, three, ten, half = told_confidence("catalogue", of_family, all_votes)
    assert half < one < three < ten < 1
    assert told_confidence("correction", of_family, of_family).tolist() == [1, 1, 1, 1]


def test_normalisation_is_idempotent() -> None:
    once = normalise_name("  The\t\ufb01rst  ARTIST ")
    assert once == "the first artist"
    assert normalise_name(once) == once
    assert normalise_genre(" Hip Hop ") == "hip hop"
