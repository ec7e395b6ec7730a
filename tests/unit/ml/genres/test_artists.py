from __future__ import annotations

import pyarrow as pa
import pytest

from ml.errors import InconsistentInputError
from ml.genres.artists import classify_artists
from ml.genres.names import normalise_genre, normalise_name
from tunegenie_assets.schemas.results import ARTIST_GENRES, GENRE_EVIDENCE


def artists(*names: str | None) -> pa.Table:
    return pa.table(
        {
            "artist_id": [f"a{number}" for number in range(len(names))],
            "artist_name": pa.array(names, pa.string()),
            "is_invented": pa.array([False] * len(names), pa.bool_()),
        }
    )


def catalogue(*rows: tuple[str, str | None], origin: str = "file") -> pa.Table:
    return pa.table(
        {
            "origin": pa.array([origin] * len(rows), pa.string()),
            "artist_name": pa.array([name for name, _ in rows], pa.string()),
            "genre": pa.array([genre for _, genre in rows], pa.string()),
        }
    )


def told(*rows: tuple[str, str, float, str]) -> pa.Table:
    names = GENRE_EVIDENCE.arrow_schema.names
    return pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in rows], schema=GENRE_EVIDENCE.arrow_schema
    )


def verdicts(
    artist_table: pa.Table, catalogue_table: pa.Table, evidence: pa.Table | None = None
) -> list[tuple[str, str, float]]:
    result = classify_artists(artist_table, catalogue_table, evidence or told())
    columns = ("primary_genre", "genre_source", "confidence")
    return list(zip(*(result[column].to_pylist() for column in columns), strict=True))


def test_the_catalogue_decides_by_majority_and_says_how_much_of_it_agrees() -> None:
    evidence = catalogue(("Ada", "Pop "), ("Ada", "pop"), ("Ada", "rock"), ("Ada", None), ("Ada", " "))
    assert verdicts(artists("Ada"), evidence) == [("pop", "catalogue", pytest.approx(2 / 3))]


def test_equal_numbers_go_to_the_first_genre_by_name() -> None:
    assert verdicts(artists("Ada"), catalogue(("Ada", "rock"), ("Ada", "folk"))) == [("folk", "catalogue", 0.5)]


def test_names_meet_whatever_their_case_width_and_spaces() -> None:
    # A full-width letter, a ligature and a no-break space.
    evidence = catalogue(("\uff21DA  of the\u00a0fields", "folk"), ("STRASSE", "pop"))
    assert verdicts(artists(" Ada of the \ufb01elds", "straße"), evidence) == [
        ("folk", "catalogue", 1.0),
        ("pop", "catalogue", 1.0),
    ]


def test_what_services_say_comes_before_the_catalogue_in_the_order_of_trust() -> None:
    evidence = told(
        ("ada", "indie pop", 1.0, "musicbrainz"),
        ("Ada", "dream pop", 100.0, "lastfm"),
        ("ADA", "shoegaze", 60.0, "lastfm"),
        ("Bob", "folk", 2.0, "musicbrainz"),
        ("Bob", "country", 2.0, "musicbrainz"),
        ("Cy", "techno", 1.0, "spotify"),
        ("Cy", "house", 0.5, "spotify"),
    )
    listed = catalogue(*((name, "pop") for name in ("Ada", "Bob", "Cy", "Di")))
    assert verdicts(artists("Ada", "Bob", "Cy", "Di"), listed, evidence) == [
        ("dream pop", "lastfm", pytest.approx(100 / 160)),
        ("country", "musicbrainz", 0.5),
        ("techno", "spotify", pytest.approx(2 / 3)),
        ("pop", "catalogue", 1.0),
    ]


def test_the_genre_to_train_on_is_never_spotifys() -> None:
    evidence = told(
        ("Ada", "techno", 1.0, "spotify"), ("Ada", "house", 50.0, "lastfm"), ("Bob", "techno", 1.0, "spotify")
    )
    result = classify_artists(artists("Ada", "Bob", "DJ Cy"), catalogue(), evidence)
    assert result["primary_genre"].to_pylist() == ["techno", "techno", "electronic"]
    assert result["training_genre"].to_pylist() == ["house", "unclassified", "electronic"]


def test_an_invented_catalogue_speaks_of_invented_artists_only() -> None:
    namesakes = artists("Björk", "Björk")
    invented = namesakes.set_column(2, "is_invented", pa.array([True, False]))
    polka = catalogue(("Björk", "polka"), origin="generated")
    assert verdicts(invented, polka) == [("polka", "simulation", 1.0), ("unclassified", "unclassified", 0.0)]
    both = pa.concat_tables([polka, catalogue(("Björk", "pop"))])
    assert verdicts(invented, both) == [("pop", "catalogue", 1.0), ("pop", "catalogue", 1.0)]


def test_the_catalogue_comes_before_the_name() -> None:
    assert verdicts(artists("DJ Ada"), catalogue(("dj ada", "jazz"))) == [("jazz", "catalogue", 1.0)]


@pytest.mark.parametrize(
    ("name", "genre"),
    [
        ("DJ Someone", "electronic"),
        ("Lil Someone", "hip hop"),
        ("MC Someone", "hip hop"),
        ("Somewhere Philharmonic", "classical"),
        ("Somewhere Symphony Orchestra", "classical"),
        ("The Someone Orchestra", "classical"),
        ("Someone Quartet", "classical"),
        ("Someone Trio", "jazz"),
        ("Mariachi Somewhere", "latin"),
        ("Banda Somewhere", "latin"),
        ("Los Norteños", "latin"),
        ("Somewhere Gospel Choir", "gospel"),
    ],
)
def test_a_telling_name_is_modest_evidence(name: str, genre: str) -> None:
    [(found, source, confidence)] = verdicts(artists(name), catalogue())
    assert (found, source) == (genre, "inferred_name")
    assert 0 < confidence < 0.8


@pytest.mark.parametrize("name", ["Ada", "Djinn", "Lilac", "Choirless", "The McSomeones", "Young Someone", "", None])
def test_a_name_that_tells_nothing_stays_unclassified(name: str | None) -> None:
    assert verdicts(artists(name), catalogue(("Bob", "pop"))) == [("unclassified", "unclassified", 0.0)]


def test_one_row_per_artist_in_the_order_of_ids() -> None:
    table = artists("B", "A", "B").take([2, 0, 1])
    result = classify_artists(table, catalogue(("A", "pop")), told())
    assert result.schema.equals(ARTIST_GENRES.arrow_schema)
    assert result["artist_id"].to_pylist() == ["a0", "a1", "a2"]
    assert result["artist_name"].to_pylist() == ["B", "A", "B"]
    assert classify_artists(table.slice(0, 0), catalogue(), told()).num_rows == 0


def test_an_artist_twice_is_refused() -> None:
    twice = pa.concat_tables([artists("A"), artists("B")])
    with pytest.raises(InconsistentInputError, match="one row per artist_id"):
        classify_artists(twice, catalogue(), told())


def test_normalisation_is_idempotent() -> None:
    once = normalise_name("  The\t\ufb01rst  ARTIST ")
    assert once == "the first artist"
    assert normalise_name(once) == once
    assert normalise_genre(" Hip Hop ") == "hip hop"
