from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.test_json_array import VALUES, Trickle
from tunegenie_assets.sources.json_array import READ_BYTES
from tunegenie_assets.sources.json_lines import read_lines
from tunegenie_assets.sources.json_values import Unreadable


def read(data: bytes, **options: int) -> list[object]:
    return list(read_lines(io.BytesIO(data), **options))


@given(
    values=st.lists(VALUES, max_size=5),
    size=st.integers(1, 7),
    ending=st.sampled_from([b"\n", b"\r\n", b"\n\n  \r\n"]),
    last=st.booleans(),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_every_value_comes_back_wherever_the_stream_is_cut(
    values: list[object], size: int, ending: bytes, last: bool, mark: bytes
) -> None:
    lines = [json.dumps(value).encode() for value in values]
    text = mark + ending.join(lines) + (ending if last else b"")
    assert list(read_lines(Trickle(text, size))) == values


@given(st.binary(max_size=300))
def test_arbitrary_bytes_give_one_item_a_line(data: bytes) -> None:
    lines = [line.strip(b" \t\r") for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    assert len(read(data)) >= sum(line.isascii() and line.isalnum() for line in lines)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": ', "damaged_json"),
        (b'{"a": 1} {"a": 2}', "damaged_json"),
        (b"\0", "damaged_json"),
        (b"[" * 1_000_000, "damaged_json"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"a": 1, "a": 2}', "duplicate_field"),
        (b'"' + b"a" * (1 << 20) + b'"', "too_long"),
        (b'"' + b"a" * 3_000_000 + b'"', "too_long"),
    ],
)
def test_damage_costs_its_line(line: bytes, reason: str) -> None:
    before, value, after = read(b"1\n" + line + b"\n2\n")
    assert isinstance(value, Unreadable)
    assert (before, value.reason, after) == (1, reason, 2)


def test_a_long_last_line_without_an_end_is_one_item() -> None:
    (value,) = read(b"a" * 50, max_line_bytes=10)
    assert isinstance(value, Unreadable)
    assert value.reason == "too_long"


def test_one_endless_line_is_not_kept() -> None:
    class Zeros:
        reads = 200

        def read(self, size: int, /) -> bytes:
            self.reads -= 1
            return b"0" * min(size, READ_BYTES) if self.reads else b""

    assert [type(value) for value in read_lines(Zeros(), max_line_bytes=1000)] == [Unreadable]
