"""Spellings that are folded: the same whatever the case, in a question as in the index."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from ml.assistant.names.folding import bare_title, key_of, words_of


@given(st.one_of(st.text(max_size=40), st.text("abn '&+.-!/é$", max_size=9)))
@example("7 & ")
def test_folding_is_idempotent_and_does_not_see_case(text: str) -> None:
    key = key_of(text)
    assert key_of(key) == key or key.startswith("the")
    assert bool(key) == bool(text.strip())
    assert key_of(f"  {text} ") == key == key_of(text.strip())
    assert all(word.start < word.end <= len(text) for word in words_of(text))
    assert bare_title(bare_title(text)) == bare_title(text)


@given(st.lists(st.text("abcn '&+.-!/é$", min_size=1, max_size=6), min_size=1, max_size=5).map(" ".join))
def test_a_question_spells_a_name_as_the_index_does(name: str) -> None:
    letters = "".join(word.letters for word in words_of(name) if not word.is_sign)
    # An `&` at either end belongs to the question, and a name that is nothing but signs goes by them.
    assert key_of(name) in letters.removeprefix("the") or not any(map(str.isalnum, name))
