"""The project's taxonomy of genres: what its seeds hold, and how well it places genres that people use."""

from __future__ import annotations

import csv
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from ml.genres.taxonomy import spelling
from tunegenie_assets.dbt_support.genre_seed import TREE, main, seed_rows
from tunegenie_assets.dbt_support.taxonomy import ALIASES_SEED, TAXONOMY_SEED, genre_taxonomy, read_seed

MICRO_GENRES = Path(__file__).parents[2] / "fixtures" / "genres" / "micro_genres.csv"
"""Micro-genres as Spotify names them, written down with the family that each belongs to."""


@pytest.fixture(scope="module")
def judged() -> dict[str, str]:
    with MICRO_GENRES.open(encoding="utf-8", newline="") as lines:
        return {row["genre"]: row["family"] for row in csv.DictReader(lines)}


def test_there_are_at_most_thirty_families() -> None:
    families = genre_taxonomy().all_families
    assert "other" in families
    assert len(families) <= 30
    assert {row["family"] for row in read_seed(TAXONOMY_SEED)} == set(families)


def test_every_chain_of_parents_ends_in_the_family() -> None:
    rows = {row["genre"]: row for row in read_seed(TAXONOMY_SEED)}
    for genre, row in rows.items():
        steps, last = 0, genre
        while rows[last]["parent"] != last:
            steps, last = steps + 1, rows[last]["parent"]
            assert steps < 10, genre
        assert last == row["family"], genre


def test_no_genre_is_spelt_as_another_of_another_family() -> None:
    families: dict[str, set[str]] = {}
    for row in read_seed(TAXONOMY_SEED):
        families.setdefault(spelling(row["genre"]).replace(" ", ""), set()).add(row["family"])
    assert not [words for words, several in families.items() if len(several) > 1]


def test_aliases_add_spellings_that_the_tree_has_not() -> None:
    named = {spelling(row["genre"]).replace(" ", "") for row in read_seed(TAXONOMY_SEED)}
    aliases = Counter(spelling(row["alias"]).replace(" ", "") for row in read_seed(ALIASES_SEED))
    assert not named & set(aliases)
    assert set(aliases.values()) == {1}


@pytest.mark.parametrize(
    ("genre", "family"),
    [
        ("rap", "hip hop"),
        ("trap", "hip hop"),
        ("drill", "hip hop"),
        ("phonk", "hip hop"),
        ("edm", "electronic"),
        ("hyperpop", "pop"),
        ("k-pop", "pop"),
        ("bedroom pop", "pop"),
        ("corridos tumbados", "latin"),
        ("reggaeton", "latin"),
        ("bachata", "latin"),
        ("urbano latino", "latin"),
        ("amapiano", "african"),
        ("afrobeats", "african"),
        ("bollywood", "asian"),
        ("lo-fi", "rock"),
        ("lo-fi beats", "hip hop"),
        ("Hip Hop / Rap", "hip hop"),
        ("Folk, World, & Country", "folk"),
    ],
)
def test_what_beets_misses_or_puts_oddly_has_its_place(genre: str, family: str) -> None:
    assert genre_taxonomy().match(genre).family == family


def test_almost_every_micro_genre_has_a_family(judged: dict[str, str]) -> None:
    assert len(judged) >= 1000
    families = genre_taxonomy().families(list(judged))
    assert sum(family != "other" for family in families) / len(judged) >= 0.99


def test_almost_every_micro_genre_has_the_family_that_a_person_gives_it(judged: dict[str, str]) -> None:
    assert set(judged.values()) <= set(genre_taxonomy().all_families)
    wrong = [genre for genre, family in judged.items() if genre_taxonomy().match(genre).family != family]
    assert len(wrong) / len(judged) <= 0.01, wrong


def test_the_seed_follows_the_tree_of_a_wheel_and_keeps_other_sources(tmp_path: Path) -> None:
    wheel, seed = tmp_path / "beets.whl", tmp_path / "seed.csv"
    with zipfile.ZipFile(wheel, "w") as members:
        members.writestr(TREE, "- rock:\n    - punk rock:\n        - oi\n    - art rock\n- pop:\n    - art rock\n")
    seed.write_text(
        "genre,parent,family,source\nart pop,pop,old,tunegenie\ngone,rock,rock,beets\n"
        "punk,punk,punk,tunegenie\npunk rock,punk,punk,tunegenie\n"
    )
    assert main(wheel, seed) == 7
    assert [tuple(row.values()) for row in read_seed(seed)] == [
        ("art pop", "pop", "pop", "tunegenie"),
        ("art rock", "rock", "rock", "beets"),
        ("oi", "punk rock", "punk", "beets"),
        ("pop", "pop", "pop", "beets"),
        ("punk", "punk", "punk", "tunegenie"),
        ("punk rock", "punk", "punk", "tunegenie"),
        ("rock", "rock", "rock", "beets"),
    ]
    assert main(wheel, seed) == 7


def test_parents_that_lead_in_a_circle_are_refused() -> None:
    circle = [
        {"genre": "a", "parent": "b", "family": "", "source": "tunegenie"},
        {"genre": "b", "parent": "a", "family": "", "source": "tunegenie"},
    ]
    with pytest.raises(ValueError, match="lead nowhere: a > b"):
        seed_rows([], circle)


def test_genres_stand_once_in_order_each_with_its_source() -> None:
    rows = read_seed(TAXONOMY_SEED)
    genres = [row["genre"] for row in rows]
    assert genres == sorted(set(genres))
    assert {row["source"] for row in rows} == {"beets", "discogs", "tunegenie"}
    assert all(value for row in [*rows, *read_seed(ALIASES_SEED)] for value in row.values())
