from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ml.quality.fields import drift_between, field_paths

PAGE: dict[str, Any] = {"items": [{"track": {"name": "Song", "isrc": "X"}, "played_at": "now"}], "next": None}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def paths(*pages: object) -> list[frozenset[str]]:
    return [field_paths(page) for page in pages]


def test_fields_are_named_by_their_path() -> None:
    assert field_paths(PAGE) == {
        *("items", "items[]", "items[].track", "items[].track.name", "items[].track.isrc", "items[].played_at", "next")
    }


def test_a_key_that_is_an_id_names_no_field() -> None:
    assert field_paths({"4uLU6hMCjMI75M1A2tKUQC": {"name": "x"}}) == {"*", "*.name"}


def test_a_field_that_is_gone_and_one_that_is_new_are_told() -> None:
    changed = {"items": [{"track": {"name": "Song", "external_id": {"isrc": "X"}}, "played_at": "now"}], "next": None}
    drift = drift_between(paths(*[PAGE] * 10), paths(changed, changed))
    assert drift.gone == ("items[].track.isrc",)
    # What the new field holds is not told besides.
    assert drift.new == ("items[].track.external_id",)
    assert drift.says == "gone: items[].track.isrc; new: items[].track.external_id"


def test_empty_pages_and_nulls_tell_of_no_field() -> None:
    empty: list[dict[str, Any]] = [
        {"items": [], "next": None},
        {"items": [{"track": None, "played_at": "now"}], "next": None},
    ]
    assert not drift_between(paths(*[PAGE] * 10), paths(*empty))
    assert not drift_between(paths(*empty * 5), paths(PAGE, PAGE))


def test_what_comes_and_goes_is_no_drift() -> None:
    with_error = {**PAGE, "error": 1}
    assert not drift_between(paths(*[PAGE, with_error] * 5), paths(PAGE, PAGE))
    assert not drift_between(paths(*[PAGE] * 10), paths(PAGE, PAGE, PAGE, with_error))


def test_few_pages_say_nothing() -> None:
    assert not drift_between(paths(*[PAGE] * 4), paths({}, {}))
    assert not drift_between(paths(*[PAGE] * 10), paths({}))


@given(st.lists(json_values, max_size=8))
def test_the_same_pages_again_are_no_drift(pages: list[object]) -> None:
    assert not drift_between(paths(*pages), paths(*pages))
