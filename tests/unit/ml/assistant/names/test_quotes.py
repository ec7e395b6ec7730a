"""What is quoted is a name, and apostrophes quote nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.assistant.names.folding import key_of
from ml.assistant.names.index import NameIndex
from tests.unit.ml.assistant import listener
from tests.unit.ml.assistant.names.linking import INDEX, linked

NAMES = st.lists(st.text("abcdefgh äøñœ'&!.-éЖ7", min_size=1, max_size=8).filter(key_of), min_size=2, max_size=4).map(
    " ".join
)


@pytest.mark.parametrize("quoted", ['"qwerty asdf"', "'qwerty asdf'", "“qwerty asdf”", '"?"', '"top song"'])
def test_what_is_quoted_is_a_name_or_nothing(quoted: str) -> None:
    (mention,) = INDEX.find(f"how often did i play {quoted} last summer")
    assert (mention.words, mention.candidates, mention.how) == (quoted, (), "quoted")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("songs of 'muse' and 'the who'", ["Muse", "The Who"]),
        ("rock 'n' roll", ["rock"]),
        ("rock songs from the '90s and the doors' albums", ["rock", "The Doors"]),
        ("don't play radiohead's songs, play queen's", ["Radiohead", "Queen"]),
        ("'don't stop me now' plays", ["Don't Stop Me Now"]),
        ('""', []),
        ('"radiohead', ["Radiohead"]),
    ],
)
def test_apostrophes_are_no_quotes(question: str, expected: list[str]) -> None:
    assert [mention.candidates[0].name for mention in INDEX.find(question)] == expected


def test_what_is_understood_already_is_named_by_quotes_alone() -> None:
    question = "the song yesterday"
    assert INDEX.find(question, taken=[(9, 18)]) == ()
    assert linked('the song "yesterday"', INDEX) == [('"yesterday"', "track: Yesterday by Beatles")]
    quoted = INDEX.find('the song "yesterday"', taken=[(10, 19)])
    assert [mention.candidates[0].name for mention in quoted] == ["Yesterday"]


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=5), st.data())
def test_a_name_of_several_words_is_found_in_quotes(names: list[str], data: st.DataObject) -> None:
    index = NameIndex.of(listener.table([("artist", str(at), name, "", 1) for at, name in enumerate(names)]))
    at = data.draw(st.integers(0, len(names) - 1))
    (mention,) = index.find(f'how often did i listen to "{names[at].lower()}" last summer')
    assert str(at) in [name.key for name in mention.candidates]
