from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.sources.json_values import Unreadable
from tunegenie_assets.sources.records import (
    Bounds,
    RecordRejectedError,
    an_object,
    array,
    fingerprint,
    integer,
    nested,
    number,
    other_fields,
    require,
    seconds,
    stream_within,
    text,
    typed,
    within,
)

BOUNDS = Bounds(datetime(2002, 1, 1), datetime(2026, 1, 2))
SECOND = timedelta(seconds=1)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def reason_of(rejection: pytest.ExceptionInfo[RecordRejectedError]) -> tuple[str, str]:
    return rejection.value.reason, rejection.value.detail


@given(st.dictionaries(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.integers()))
def test_order_of_fields_does_not_change_the_fingerprint(record: dict[str, int]) -> None:
    found = fingerprint(record)
    assert found == fingerprint(dict(reversed(record.items())))
    assert len(found) == 32
    assert found != fingerprint({**record, "one more": 1} if "one more" not in record else {})


@given(VALUES)
def test_any_value_has_a_fingerprint_or_a_reason(value: object) -> None:
    try:
        assert fingerprint(value) == fingerprint(value)
    except RecordRejectedError as error:
        assert error.reason == "bad_text"


@pytest.mark.parametrize(
    ("record", "reason", "in_detail"),
    [
        (Unreadable("too_long", "a line over 9 bytes"), "too_long", "found a line over 9 bytes"),
        ({"a": {"b": [Unreadable("wrong_type", "NaN")]}}, "wrong_type", "field 'a': found NaN"),
        (["x", "a\0"], "bad_text", "the record: found a NUL"),
        (["\ud800"], "bad_text", "the record: not valid Unicode"),
        ({"a": {"\0": 1}}, "bad_text", "field 'a': found a NUL"),
    ],
)
def test_what_no_row_may_hold_is_rejected(record: object, reason: str, in_detail: str) -> None:
    with pytest.raises(RecordRejectedError) as rejection:
        fingerprint(record)
    found_reason, detail = reason_of(rejection)
    assert found_reason == reason
    assert in_detail in detail


def test_values_of_the_right_type_are_themselves() -> None:
    record = {"t": "x", "i": 3, "f": 2.5, "o": {"a": 1}, "l": [1], "n": None, "whole": 4.0}
    assert text(record, "t") == "x"
    assert (nested(record, "o"), array(record, "l"), an_object(record)) == ({"a": 1}, [1], record)
    for name in ("n", "missing"):
        assert text(record, name) is None
        assert (nested(record, name), array(record, name)) == ({}, [])
    assert typed(record, {"t": str, "whole": int, "missing": bool}) == {"t": "x", "whole": 4, "missing": None}


@pytest.mark.parametrize("read", [text, nested, array])
def test_values_of_another_type_are_rejected_without_being_shown(read: object) -> None:
    assert callable(read)
    with pytest.raises(RecordRejectedError, match="field a: found a boolean, expected") as rejection:
        read({"a": True}, "a")
    assert rejection.value.reason == "wrong_type"


@pytest.mark.parametrize(("value", "expected"), [(3, 3), (2.5, 2.5), ("3", 3), (" -3 ", -3), ("2.50", 2.5)])
def test_numbers_are_numbers_or_digits(value: object, expected: float) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("value", [None, True, "", "1e9", "0x1", "1,5", "\u0661", "9" * 16, [1]])
def test_everything_else_is_no_number(value: object) -> None:
    assert number(value) is integer(value) is None


@pytest.mark.parametrize("value", [4, 4.0, "4", "4.0"])
def test_integers_in_every_form(value: object) -> None:
    assert integer(value) == 4
    assert typed({"a": value}, {"a": int}) == {"a": 4}


@pytest.mark.parametrize("value", [0.5, 1e300, "0.5", "four"])
def test_what_is_no_integer_is_not_rounded(value: object) -> None:
    assert integer(value) is None
    with pytest.raises(RecordRejectedError, match="expected an integer"):
        typed({"a": value}, {"a": int})


def test_required_fields_are_named_with_what_was_expected() -> None:
    require({"a": 0, "b": ""}, {"a": "a number", "b": "a name"})
    for record, found in (({"a": None}, "null"), ({}, "no such field")):
        with pytest.raises(RecordRejectedError, match=f"field a: found {found}, expected a number"):
            require(record, {"a": "a number"})


@pytest.mark.parametrize("value", [1546336800, 1546336800.0, "1546336800", " 1546336800 "])
def test_seconds_since_1970_are_numbers_or_digits(value: object) -> None:
    assert seconds({"t": value}, "t") == datetime(2019, 1, 1, 10)


def test_seconds_keep_their_decimals() -> None:
    expected = datetime(2019, 1, 1, 10, 0, 0, 250_000)
    assert seconds({"t": 1546336800.25}, "t") == seconds({"t": "1546336800.25"}, "t") == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "missing_field"),
        ("", "bad_timestamp"),
        ("1e9", "bad_timestamp"),
        ("\u0661\u0662", "bad_timestamp"),
        ("9" * 16, "bad_timestamp"),
        (True, "wrong_type"),
        ({}, "wrong_type"),
        (2**62, "implausible_timestamp"),
        (-1e300, "implausible_timestamp"),
        ("9" * 15, "implausible_timestamp"),
    ],
)
def test_what_tells_no_moment_is_rejected(value: object, reason: str) -> None:
    with pytest.raises(RecordRejectedError) as rejection:
        seconds({"t": value}, "t")
    assert rejection.value.reason == reason


def test_a_moment_that_cannot_be_read_is_shown_shortly() -> None:
    with pytest.raises(RecordRejectedError, match=r"^field t: found 'so\\xf6n', expected seconds since 1970$"):
        seconds({"t": "soön"}, "t")
    with pytest.raises(RecordRejectedError, match=r"found 'x{40}', expected"):
        seconds({"t": "x" * 1000}, "t")


def test_plays_begin_within_half_open_bounds() -> None:
    within(BOUNDS, "t", BOUNDS.earliest)
    within(BOUNDS, "t", BOUNDS.latest - SECOND)
    for moment in (BOUNDS.earliest - SECOND, BOUNDS.latest):
        with pytest.raises(RecordRejectedError, match=r"field t: found .*expected a play between 2002-01-01") as caught:
            within(BOUNDS, "t", moment)
        assert caught.value.reason == "implausible_timestamp"


def test_streams_end_within_closed_bounds() -> None:
    stream_within(BOUNDS, "t", BOUNDS.latest, "ms", 1)
    stream_within(BOUNDS, "t", BOUNDS.earliest + SECOND, "ms", 1000)
    for moment, ms_played in ((BOUNDS.latest + SECOND, 1), (BOUNDS.earliest + SECOND, 1001), (BOUNDS.latest, 2**63)):
        with pytest.raises(RecordRejectedError, match=f"after {ms_played} ms") as caught:
            stream_within(BOUNDS, "t", moment, "ms", ms_played)
        assert caught.value.reason == "implausible_timestamp"
    with pytest.raises(RecordRejectedError, match="field ms: found -1"):
        stream_within(BOUNDS, "t", BOUNDS.latest, "ms", -1)


def test_other_fields_are_sorted_json() -> None:
    assert other_fields({"z": "ü", "a": None, "known": 1}, {"known", "absent"}) == '{"a":null,"z":"ü"}'
    assert other_fields({"known": 1}, {"known"}) is None
