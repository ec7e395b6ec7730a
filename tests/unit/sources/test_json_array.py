from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.sources.json_array import JsonArrayError, read_array, read_arrays_under
from tunegenie_assets.sources.json_values import Unreadable

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class Trickle:
    """A stream that gives a few bytes at a time, whatever is asked for."""

    def __init__(self, data: bytes, size: int) -> None:
        self._stream = io.BytesIO(data)
        self._size = size

    def read(self, _size: int, /) -> bytes:
        return self._stream.read(self._size)


def read(text: str | bytes, **options: int) -> list[object]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_array(io.BytesIO(data), **options))


def items_and_error(text: str | bytes, **options: int) -> tuple[list[object], JsonArrayError]:
    items: list[object] = []
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(JsonArrayError) as caught:
        for item in read_array(io.BytesIO(data), **options):
            items.append(item)  # noqa: PERF402 - what came before the error counts
    return items, caught.value


@given(
    values=st.lists(VALUES, max_size=5),
    size=st.integers(1, 7),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
)
def test_equals_the_standard_decoder_wherever_the_stream_is_cut(
    values: list[object], size: int, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    try:
        expected = json.loads(text)
    except UnicodeDecodeError:
        return
    assert list(read_array(Trickle(text, size))) == expected


def test_byte_order_mark_and_surrounding_space_are_accepted() -> None:
    assert read(b"\xef\xbb\xbf \n[ 1 , 2 ]\r\n") == [1, 2]


@pytest.mark.parametrize("text", ["[]", " [ ] "])
def test_empty_array_has_no_items(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("", "nothing"), ("  ", "nothing"), ('{"a": 1}', "an object"), ('"a"', "a string"), ("%PDF", "else")],
)
def test_other_than_an_array_is_named(text: str, found: str) -> None:
    items, error = items_and_error(text)
    assert (items, error.reason) == ([], "not_an_array")
    assert found in error.detail


@pytest.mark.parametrize(
    "text", ['[1, {"a" 2}, 3]', '[1, {"a": ', "[1, 2", "[1 2]", "[1, ]", "[1] 2", "[1,\n", '[1, "a', "[1, 2}"]
)
def test_items_before_damage_arrive(text: str) -> None:
    items, error = items_and_error(text)
    assert items[:1] == [1]
    assert error.reason == "damaged_json"
    assert "expect" in error.detail or "unterminated" in error.detail


def test_damage_is_found_without_reading_on_for_ever() -> None:
    class Endless:
        given_bytes = 0

        def read(self, size: int, /) -> bytes:
            self.given_bytes += size
            return b'"x" ' * (size // 4)

    stream = Endless()
    stream_start = io.BytesIO(b"[")

    class Joined:
        def read(self, size: int, /) -> bytes:
            return stream_start.read(size) or stream.read(size)

    with pytest.raises(JsonArrayError):
        list(read_array(Joined(), max_item_characters=1000))
    assert stream.given_bytes < 4_000_000


def test_a_million_nested_brackets_are_damage() -> None:
    items, error = items_and_error("[" * 1_000_000)
    assert (items, error.reason) == ([], "damaged_json")


def test_deep_nesting_costs_one_item() -> None:
    deep = "[" * 100_000 + '"]"' + "]" * 100_000
    first, second = read(f'[{{"a": {deep}}}, 2]')
    assert isinstance(first, Unreadable)
    assert (first.reason, second) == ("too_deep", 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NaN", "wrong_type"),
        ("-Infinity", "wrong_type"),
        ("1e999", "wrong_type"),
        ("9223372036854775808", "wrong_type"),
        ("9" * 5000, "wrong_type"),
        ('{"a": 1, "a": 1}', "duplicate_field"),
    ],
)
def test_values_that_would_change_are_unreadable(text: str, reason: str) -> None:
    value, after = read(f"[{text}, 1]")
    assert isinstance(value, Unreadable)
    assert (value.reason, after) == (reason, 1)


def test_the_ends_of_64_bits_are_integers() -> None:
    assert read("[9223372036854775807, -9223372036854775808]") == [2**63 - 1, -(2**63)]


def test_bytes_that_are_not_utf8_stay_in_their_item() -> None:
    value, after = read(b'["\xff", 1]')
    assert isinstance(value, str)
    assert after == 1
    with pytest.raises(UnicodeEncodeError):
        value.encode()


@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_raise_anything_else(data: bytes) -> None:
    for text in (data, b"[" + data, b'[{"a": ' + data + b"}]"):
        try:
            read(text)
        except JsonArrayError as error:
            assert error.reason in {"not_an_array", "damaged_json"}


def under(text: str | bytes, field: str = "plays", **options: int) -> list[object]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_arrays_under(io.BytesIO(data), [field], **options))


@given(
    before=st.dictionaries(st.text().filter(lambda name: name != "plays"), VALUES, max_size=3),
    values=st.lists(VALUES, max_size=4),
    after=st.dictionaries(st.text().filter(lambda name: name != "plays"), VALUES, max_size=3),
    size=st.integers(1, 7),
)
def test_array_under_a_field_equals_the_standard_decoder_wherever_the_stream_is_cut(
    before: dict[str, object], values: list[object], after: dict[str, object], size: int
) -> None:
    text = json.dumps(before | {"plays": values} | {name: after[name] for name in after.keys() - before.keys()})
    assert list(read_arrays_under(Trickle(text.encode(), size), ["plays"])) == values


def test_the_field_counts_at_the_top_only_and_every_time() -> None:
    assert under('{"a": {"plays": [1]}, "b": [{"plays": [2]}], "plays": 3, "plays": [4], "plays": [5]}') == [4, 5]


def test_several_fields_are_read_in_the_order_of_the_file() -> None:
    text = b'{"b": [1], "other": [2], "a": [3]}'
    assert list(read_arrays_under(io.BytesIO(text), ["a", "b"])) == [1, 3]


@pytest.mark.parametrize(
    ("text", "found"),
    [("", "nothing"), ("[1]", "an array"), ("{}", "no such array"), ('{"plays": {}}', "no such array")],
)
def test_other_than_an_object_with_the_array_is_named(text: str, found: str) -> None:
    with pytest.raises(JsonArrayError, match=found) as caught:
        under(text)
    assert caught.value.reason == "not_an_array"


@pytest.mark.parametrize(
    "text",
    [
        '{"plays": [1',
        '{"plays": [1]',
        '{"plays": [1] "a": 2}',
        '{"plays": [1], 2: 3}',
        '{"plays": [1]} 4',
        '{"plays": [1], "a": ' + "[" * 1_000_000,
    ],
)
def test_items_before_damage_of_the_object_arrive(text: str) -> None:
    items: list[object] = []
    with pytest.raises(JsonArrayError) as caught:
        for item in read_arrays_under(io.BytesIO(text.encode()), ["plays"]):
            items.append(item)  # noqa: PERF402 - what came before the error counts
    assert (items, caught.value.reason) == ([1], "damaged_json")


def test_a_long_array_under_another_field_is_passed_over() -> None:
    text = json.dumps({"other": [{"n": n} for n in range(1000)], "plays": [1]})
    assert under(text, max_item_characters=100) == [1]
