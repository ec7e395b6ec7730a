"""The rules by which a string finds its place, on a taxonomy of a few genres. The project's own is in dbt_support."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.genres.placing import placed_genres, taxonomy_of
from ml.genres.taxonomy import Match, Taxonomy
from tunegenie_assets.schemas.results import GENRE_TAXONOMY

FAMILIES = ("classical", "electronic", "hip hop", "jazz", "latin", "other", "pop", "r&b", "rock", "world")
BRANCHES = (
    ("rock", "indie rock", "rock and roll"),
    ("electronic", "drum and bass", "house", "dance"),
    ("hip hop", "rap", "trap", "lo-fi hip hop"),
    ("latin", "trap latino", "cumbia"),
    ("classical", "organ", "piano"),
    ("pop", "ballad", "k-pop", "yé-yé"),
    ("world", "world music", "folk music"),
)
TAXONOMY = Taxonomy(
    [(family, family, family) for family in FAMILIES]
    + [(genre, family, family) for family, *genres in BRANCHES for genre in genres]
    + [("deep house", "house", "electronic")],
    [("rnb", "r&b"), ("рок", "rock"), ("world", "world"), ("prog", "rock")],
)


@pytest.mark.parametrize(
    ("written", "parent", "family"),
    [
        ("Indie Rock", "rock", "rock"),
        ("indie-rock", "rock", "rock"),
        ("INDIEROCK", "rock", "rock"),
        ("hiphop", "hip hop", "hip hop"),
        ("Hip-Hop", "hip hop", "hip hop"),
        ("Drum & Bass", "electronic", "electronic"),
        ("drum'n'bass", "electronic", "electronic"),
        ("Drum + Bass", "electronic", "electronic"),
        ("rock 'n' roll", "rock", "rock"),
        ("R&B", "r&b", "r&b"),
        ("r and b", "r&b", "r&b"),
        ("kpop", "pop", "pop"),
        ("ye-ye", "pop", "pop"),
        ("Yé-Yé", "pop", "pop"),
        ("ballads", "pop", "pop"),
        ("deep_house", "house", "electronic"),
    ],
)
def test_spellings_of_a_genre_are_that_genre(written: str, parent: str, family: str) -> None:
    assert TAXONOMY.match(written) == Match(written, parent, family, "exact")


def test_an_alias_has_the_place_of_its_genre() -> None:
    assert TAXONOMY.match("RnB") == Match("RnB", "r&b", "r&b", "alias")
    assert TAXONOMY.match("Рок") == Match("Рок", "rock", "rock", "alias")


@pytest.mark.parametrize(
    ("written", "genre"),
    [("Hip-Hop", "hip hop"), ("rnb", "r&b"), ("drum'n'bass", "drum and bass"), ("swedish rock", None), ("", None)],
)
def test_a_genre_is_named_by_its_spellings_and_aliases_alone(written: str, genre: str | None) -> None:
    assert TAXONOMY.named(written) == genre


@pytest.mark.parametrize(
    ("written", "parent", "family"),
    [
        ("swedish indie rock", "indie rock", "rock"),
        ("chicago house", "house", "electronic"),
        ("atlanta trap", "trap", "hip hop"),
        ("indie rock music", "indie rock", "rock"),
        ("chicago house classics", "house", "electronic"),
        ("deutschrock", "rock", "rock"),
        ("modern drum & bass", "drum and bass", "electronic"),
        ("uk rnb", "r&b", "r&b"),
        ("german dance", "dance", "electronic"),
    ],
)
def test_the_last_words_say_what_a_longer_name_is(written: str, parent: str, family: str) -> None:
    assert TAXONOMY.match(written) == Match(written, parent, family, "suffix")


@pytest.mark.parametrize(
    ("written", "parent", "family"),
    [
        ("rock en español", "rock", "rock"),
        ("cumbia villera", "cumbia", "latin"),
        ("trap latino moderno", "trap latino", "latin"),
        # How it is played says less than what is played.
        ("jazz organ", "jazz", "jazz"),
        ("k-pop ballad", "k-pop", "pop"),
        # Of several the first that is one.
        ("Folk, World, & Country / Jazz", "world", "world"),
        ("asdf; jazz; rock", "jazz", "jazz"),
    ],
)
def test_without_a_telling_end_any_words_may_tell(written: str, parent: str, family: str) -> None:
    assert TAXONOMY.match(written) == Match(written, parent, family, "keyword")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "  ",
        "?!",
        "asdf",
        "seen live",
        "strap",
        "best song in the world",
        "worlds best",
        "i love this album even if it is no rock at all",
        "\ud83c\udfb8",
    ],
)
def test_what_is_no_genre_is_other(written: str) -> None:
    assert TAXONOMY.match(written) == Match(written, "other", "other", "other")


@given(st.text(max_size=30))
def test_every_string_has_a_place(text: str) -> None:
    match = TAXONOMY.match(text)
    assert match.genre == text
    assert match.family in TAXONOMY.all_families
    assert (match.matched_by == "other") <= (match.family == "other")


@given(st.lists(st.sampled_from(["rock", "indie rock", "asdf", "rnb", "k-pop"]), max_size=6))
def test_families_come_in_the_order_asked(genres: list[str]) -> None:
    known = {"rock": "rock", "indie rock": "rock", "asdf": "other", "rnb": "r&b", "k-pop": "pop"}
    assert TAXONOMY.families(genres) == [known[genre] for genre in genres]


@pytest.mark.parametrize(
    ("rows", "aliases", "missing"),
    [
        ([("house", "electronic", "house")], [], "electronic"),
        ([("house", "house", "electronic")], [], "electronic"),
        ([("rock", "rock", "rock")], [("rnb", "r&b")], "r&b"),
    ],
)
def test_a_tree_with_a_missing_branch_is_refused(
    rows: list[tuple[str, str, str]], aliases: list[tuple[str, str]], missing: str
) -> None:
    with pytest.raises(ValueError, match=f"no row: {missing}"):
        Taxonomy(rows, aliases)


def test_the_place_of_every_genre_that_occurs() -> None:
    rows = pa.table({"genre": ["rock", "other"], "parent": ["rock", "other"], "family": ["rock", "other"]})
    taxonomy = taxonomy_of(rows, pa.table({"alias": ["prog"], "genre": ["rock"]}))
    columns = pa.table({"told": ["Rock ", "rock", None, " "], "listed": ["prog", "swedish rock", "asdf", "rock"]})
    places = placed_genres([columns["told"], columns["listed"]], taxonomy)
    assert places.schema.equals(GENRE_TAXONOMY.arrow_schema)
    assert [tuple(row.values()) for row in places.to_pylist()] == [
        ("asdf", "other", "other", "other"),
        ("prog", "rock", "rock", "alias"),
        ("rock", "rock", "rock", "exact"),
        ("swedish rock", "rock", "rock", "suffix"),
    ]
    assert placed_genres([columns["told"].slice(2, 1)], taxonomy).num_rows == 0
