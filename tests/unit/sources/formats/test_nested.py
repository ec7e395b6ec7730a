from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.sources.formats.nested import (
    LEAF,
    leaves,
    lengths,
    milliseconds,
    names_in,
    read_object,
    remaining_fields,
)
from tunegenie_assets.sources.records import RecordRejectedError, as_json


def test_what_has_no_column_remains_below_its_object() -> None:
    record = {"a": 1, "b": {"c": 2, "d": {"e": 3, "f": 4}}, "g": {"h": 5}, "i": {"j": 6}}
    known = {"a": LEAF, "b": {"c": LEAF, "d": leaves("e")}, "g": leaves("h"), "i": leaves()}
    assert remaining_fields(record, known) == '{"b":{"d":{"f":4}},"i":{"j":6}}'


@pytest.mark.parametrize("record", [{}, {"a": 1}, {"b": {}}, {"b": None}, {"a": {"x": 1}, "b": {"c": 1}}])
def test_nothing_remains_of_known_fields(record: dict[str, object]) -> None:
    assert remaining_fields(record, {"a": LEAF, "b": leaves("c")}) is None


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (215, 215_000),
        (12.3456, 12_346),
        ("215", 215_000),
        ("12.5", 12_500),
        (3_155_760_000, 3_155_760_000_000),
    ],
)
def test_milliseconds(seconds: object, expected: int | None) -> None:
    assert milliseconds({"length": seconds}, "length") == expected


@pytest.mark.parametrize("seconds", [None, 0, "0", 0.0])
def test_a_length_that_is_not_told_is_null_and_nothing_remains_of_it(seconds: object) -> None:
    record = {"length": seconds}
    assert milliseconds(record, "length") is None
    assert remaining_fields(record, lengths(record, "length")) is None


@pytest.mark.parametrize("seconds", [-1, 2**63 - 1, 1e300, "3:35", "", True, []])
def test_what_is_no_length_stays_among_the_other_fields(seconds: object) -> None:
    record = {"length": seconds, "duration": 1}
    assert milliseconds(record, "length") is None
    assert remaining_fields(record, lengths(record, "length", "duration")) == as_json({"length": seconds})


@given(st.lists(st.text() | st.integers() | st.none(), max_size=4))
def test_names_are_strings(values: list[object]) -> None:
    if all(isinstance(value, str) for value in values):
        assert names_in({"names": values}, "names") == [value for value in values if value]
    else:
        with pytest.raises(RecordRejectedError):
            names_in({"names": values}, "names")


@pytest.mark.parametrize("field", ["scrobbles", "listens", "track"])
def test_records_of_an_export_that_is_one_object(field: str) -> None:
    assert list(read_object(io.BytesIO(json.dumps({"version": "1", field: [1, 2]}).encode()))) == [1, 2]
