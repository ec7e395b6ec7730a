"""Any text and any names: mentions lie apart, and nothing unheard is named."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ml.assistant.names.index import NameIndex
from tests.unit.ml.assistant import listener
from tests.unit.ml.assistant.names.linking import INDEX, linked

OTHER_WORDS = [
    *("by", "the", "song", "top", "and", "plays", "of", "yesterday", "1999", "vs", "radiohed", "albums", "called", "&"),
    *("hurt", "creep", "!!!", "'", '"', "'s"),
]
WORDS = st.sampled_from([*(word for name in listener.ARTISTS for word in name.lower().split()), *OTHER_WORDS])
QUESTIONS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join))


@pytest.mark.parametrize("name", [name for name, _ in listener.TRACKS if not name[0].isalnum() or "\x07" in name])
def test_strange_names_are_plain_text(name: str) -> None:
    assert name in [thing.name for mention in INDEX.find(f'plays of "{name}"') for thing in mention.candidates]


def test_hostile_text_is_read_in_no_time_and_names_nothing_unheard() -> None:
    for text in (
        "'; drop table plays; --",
        "{{ 7 * 7 }}",
        "\x00" * 50,
        "x'" * 50_000,
        "zz kamilo " * 10_000,
        "(" * 9_999,
    ):
        assert linked(text) == []


def test_a_listener_who_heard_nothing_has_no_names() -> None:
    empty = NameIndex.of(listener.table([]))
    assert empty.find('plays of radiohead and "queen"')[0].candidates == ()
    assert empty.suggest("radiohead") == ()


def test_the_order_of_the_names_does_not_matter() -> None:
    backwards = NameIndex.of(listener.names().take(list(range(listener.names().num_rows))[::-1]), listener.TAXONOMY)
    for question in ("plays of hurt", "plays of nirvana", "radiohed or thriller", 'muse and "holiday"'):
        assert backwards.find(question) == INDEX.find(question)


@settings(deadline=None)
@given(QUESTIONS, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=2))
@example("0000000000000:THE%RADIOAEA", [(17, 1)])
def test_mentions_lie_apart_within_the_text_and_outside_of_what_is_taken(
    text: str, spans: list[tuple[int, int]]
) -> None:
    taken = [(begin, begin + length) for begin, length in spans]
    found = INDEX.find(text, taken=taken)
    assert found == INDEX.find(text, taken=taken)
    end = 0
    for mention in found:
        assert end <= mention.start < mention.end <= len(text)
        assert mention.words == text[mention.start : mention.end]
        assert mention.how == "quoted" or not any(mention.start < last and first < mention.end for first, last in taken)
        end = mention.end
