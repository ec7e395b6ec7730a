"""Devices and sources that a query may name: those that the dbt project writes, by their own names and by people's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ml.assistant.names.folding import key_of
from ml.assistant.planning.stored_values import check_stored, stored_by_words, stored_values
from ml.assistant.query import Filter, Operator, SemanticQuery
from ml.assistant.vocabulary import UnknownTermError

DBT = Path(__file__).parents[5] / "dbt"
DEVICE, SOURCE = "play__platform_family", "play__source"


def asked_of(dimension: str, value: str, operator: Operator = Operator.IN) -> SemanticQuery:
    return SemanticQuery(metrics=("plays",), filters=(Filter(dimension=dimension, operator=operator, values=(value,)),))


def test_devices_are_those_that_the_macro_tells_apart() -> None:
    macro = (DBT / "macros" / "vocabulary.sql").read_text(encoding="utf-8").partition("macro platform_family")[2]
    families = re.findall(r"^ {8}\('(\w+)', \[", macro.partition("endmacro")[0], re.MULTILINE)
    assert sorted(stored_values(DEVICE)) == sorted([*families, "other"])


def test_sources_are_those_of_the_plays_in_bronze() -> None:
    written = {
        source
        for model in (DBT / "models" / "bronze").glob("*.sql")
        for source in re.findall(r"'(\w+)' as source,", model.read_text(encoding="utf-8"))
        if model.stem in (source, f"{source}_plays")
    }
    assert written == set(stored_values(SOURCE))


@pytest.mark.parametrize(
    ("dimension", "word", "values"),
    [
        (DEVICE, "TV", ("tv",)),
        (DEVICE, "Laptop", ("desktop",)),
        (SOURCE, "last.fm", ("lastfm_scrobbles",)),
        (SOURCE, "Koito_Listens", ("koito_listens",)),
    ],
)
def test_people_have_words_of_their_own(dimension: str, word: str, values: tuple[str, ...]) -> None:
    assert stored_by_words(dimension)[key_of(word)] == values


def test_a_service_has_several_sources() -> None:
    assert len(stored_by_words(SOURCE)[key_of("Spotify")]) == 3


@pytest.mark.parametrize("operator", [Operator.IN, Operator.NOT_IN])
@pytest.mark.parametrize("dimension", [DEVICE, SOURCE])
def test_what_does_not_exist_is_refused_with_what_does(dimension: str, operator: Operator) -> None:
    with pytest.raises(UnknownTermError, match=rf"no {dimension} 'toaster' is known; there are ") as refused:
        check_stored(asked_of(dimension, "toaster", operator))
    assert all(value in str(refused.value) for value in stored_values(dimension))


def test_all_that_exists_and_all_other_dimensions_pass() -> None:
    for dimension in (DEVICE, SOURCE):
        for value in stored_values(dimension):
            check_stored(asked_of(dimension, value))
    check_stored(asked_of("artist__primary_genre", "toaster"))
