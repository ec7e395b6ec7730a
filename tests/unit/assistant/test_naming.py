"""Names that come without a question are found, refused with what is near, or said to be several things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.assistant.names.index import NameIndex
from ml.assistant.query import Kind
from tests.unit.ml.assistant.listener import table
from tunegenie_assets.assistant.naming import NameNotFoundError, named

HEARD = [
    ("artist", "a1", "The Copper Signals", "", 40),
    ("artist", "a2", "Guns N' Roses", "", 30),
    ("artist", "a3", "{{ 7 * 7 }}", "", 5),
    ("track", "t1", "Silver Morning", "The Copper Signals", 9),
    ("track", "t2", "Blue Window", "The Copper Signals", 8),
    ("track", "t3", "Blue Window", "Guns N' Roses", 7),
    ("album", "b1", "Silver Morning", "The Copper Signals", 9),
]
INDEX = NameIndex.of(table(HEARD))


@pytest.mark.parametrize(
    ("name", "kind", "key"),
    [
        ("the copper signals", Kind.ARTIST, "a1"),
        ("Copper Signals", Kind.ARTIST, "a1"),
        ("guns n roses", Kind.ARTIST, "a2"),
        ("“Guns N' Roses”", Kind.ARTIST, "a2"),
        ("{{ 7 * 7 }}", Kind.ARTIST, "a3"),
        ("SILVER MORNING", Kind.TRACK, "t1"),
        ("Silver Morning", Kind.ALBUM, "b1"),
    ],
)
def test_a_name_is_found_in_its_kind(name: str, kind: Kind, key: str) -> None:
    assert named(INDEX, name, kind).key == key


def test_of_several_the_artist_decides() -> None:
    with pytest.raises(NameNotFoundError, match=r"could be Blue Window by .*, Blue Window by .*; say by whom"):
        named(INDEX, "Blue Window", Kind.TRACK)
    assert named(INDEX, "Blue Window", Kind.TRACK, by="guns n' roses").key == "t3"
    assert named(INDEX, "Blue Window", Kind.TRACK, by="The Copper Signals").key == "t2"

    with pytest.raises(NameNotFoundError, match="has been heard; spelt alike: Blue Window by"):
        named(INDEX, "Blue Window", Kind.TRACK, by="Somebody Else")


def test_what_nobody_has_heard_is_told_with_what_is_near() -> None:
    with pytest.raises(NameNotFoundError, match="no artist 'Copper Sinals Band' has been heard"):
        named(INDEX, "Copper Sinals Band", Kind.ARTIST)
    with pytest.raises(NameNotFoundError, match="that is no name"):
        named(INDEX, "a" * 100_000, Kind.TRACK)


@given(st.text(max_size=60), st.sampled_from([Kind.ARTIST, Kind.TRACK, Kind.ALBUM]), st.text(max_size=20))
def test_any_text_is_a_name_or_an_error_of_one_line(name: str, kind: Kind, by: str) -> None:
    try:
        assert named(INDEX, name, kind, by).kind is kind
    except NameNotFoundError as error:
        assert "\n" not in str(error)
