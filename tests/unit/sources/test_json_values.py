from __future__ import annotations

import json

import pytest
from hypothesis import given

from tests.unit.sources.test_json_array import VALUES
from tunegenie_assets.sources.json_values import MAX_DEPTH, Unreadable, decode, first_unreadable, strings_in


def test_first_unreadable_finds_what_is_nested() -> None:
    bad = Unreadable("wrong_type", "NaN")
    assert first_unreadable({"a": [1, {"b": bad}]}) is bad
    assert first_unreadable({"a": [1, {"b": "NaN"}]}) is None


@pytest.mark.parametrize(("levels", "sound"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False)])
def test_first_unreadable_refuses_depth(levels: int, sound: bool) -> None:
    value: object = 1
    for _ in range(levels):
        value = [value]
    assert (first_unreadable(value) is None) == sound


def test_strings_in_holds_names_and_values() -> None:
    assert set(strings_in({"a": ["b", {"c": 1}], "d": None})) == {"a", "b", "c", "d"}


@given(VALUES)
def test_decode_equals_the_standard_decoder(value: object) -> None:
    assert decode(f" {json.dumps(value)} ") == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": "b', "unterminated string starting at character 6 of the record"),
        ('["\\x"]', "invalid \\escape at character 2 of the record"),
        ("{", "expecting property name enclosed in double quotes at character 1 of the record"),
    ],
)
def test_what_is_wrong_is_one_phrase(text: str, found: str) -> None:
    value = decode(text)
    assert isinstance(value, Unreadable)
    assert value.found == f"text that is no JSON ({found})"


@pytest.mark.parametrize("text", ["", "{", "1 2", '{"a": 1}}', "plain", "[" * 1_000_000])
def test_decode_of_what_is_no_json(text: str) -> None:
    value = decode(text)
    assert isinstance(value, Unreadable)
    assert value.reason == "damaged_json"
