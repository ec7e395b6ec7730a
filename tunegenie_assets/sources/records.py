"""What all formats share when they turn one record of a file into a row: types, plausible times, reasons to refuse.

Knows no format. A record is a JSON value, or a row of a CSV, as the streaming readers yield it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from tunegenie_assets.sources.clock import from_epoch
from tunegenie_assets.sources.json_values import Unreadable, first_unreadable, strings_in

Fields = dict[str, object]
"""Columns of a raw table by name, without those of PROVENANCE; a column that is missing is null."""

HASH_CHARACTERS = 32
"""128 bits: among 10^9 records the chance of one collision is below 10^-20."""

_JSON_NAMES: dict[type, str] = {
    str: "a string",
    int: "an integer",
    bool: "a boolean",
    float: "a number",
    dict: "an object",
    list: "an array",
    type(None): "null",
}
# Floats hold every integer up to here, so 1234.0 says 1234 and nothing else.
_EXACT_FLOAT = 2**53
_MILLISECOND = timedelta(milliseconds=1)
# No length or time has more digits, and so many stay far from 64 bits.
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_SHOWN_CHARACTERS = 40
_EXPECTED_SECONDS = "seconds since 1970"
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class RecordRejectedError(Exception):
    """A record that cannot become a row; `detail` names fields and kinds of values, never personal values."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Bounds:
    """When a play can have been heard, naive UTC: begun from `earliest` until before `latest`, ended by `latest`."""

    earliest: datetime
    latest: datetime

    def __str__(self) -> str:
        return (
            f"a play between {self.earliest:%Y-%m-%d} and the end of the day of landing, {self.latest:%Y-%m-%d %H:%M}"
        )


def fingerprint(record: object) -> str:
    """The hash of the record, the same for equal records wherever they stand.

    Rejects what no row may hold: values that the decoder could not hold (their own reason), text that is not
    Unicode or holds a NUL (`bad_text`). After it the record consists of sound JSON values alone.
    """
    try:
        text = _CANONICAL.encode(record)
    except (TypeError, RecursionError):
        _refuse_unreadable(record)
        raise
    # Most records are flat, and nothing in them needs to be looked into; a bracket is only a hint.
    if text.find("{", 1) > 0 or "[" in text:
        _refuse_unreadable(record)
    try:
        canonical = text.encode()
    except UnicodeEncodeError as error:
        raise RecordRejectedError("bad_text", f"{_field_with(record, _is_broken)}: not valid Unicode") from error
    # The escape is only a hint: the text of a record may hold a backslash before u0000.
    if "\\u0000" in text and (place := _field_with(record, _has_nul)):
        raise RecordRejectedError("bad_text", f"{place}: found a NUL character, which warehouses cannot store")
    return hashlib.sha256(canonical).hexdigest()[:HASH_CHARACTERS]


def an_object(record: object) -> dict[str, object]:
    """The record itself, a JSON object or a row under a header; rejects anything else (`not_an_object`)."""
    if not isinstance(record, dict):
        raise RecordRejectedError("not_an_object", f"found {kind(record)}, expected an object")
    return cast("dict[str, object]", record)


def nested(record: Mapping[str, object], name: str) -> dict[str, object]:
    """The object under the field; empty when it is null or missing."""
    value = record.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong_type(name, value, _JSON_NAMES[dict])
    return cast("dict[str, object]", value)


def array(record: Mapping[str, object], name: str) -> list[object]:
    """The array under the field; empty when it is null or missing."""
    value = record.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong_type(name, value, _JSON_NAMES[list])
    return cast("list[object]", value)


def text(record: Mapping[str, object], name: str) -> str | None:
    """The string under the field; None when it is null or missing."""
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise wrong_type(name, value, _JSON_NAMES[str])
    return value


def number(value: object) -> int | float | None:
    """The number that the value is, or spells in digits as a string; None for anything else."""
    if type(value) is int or type(value) is float:
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value) if "." in value else int(value)
    return None


def integer(value: object) -> int | None:
    """The integer that the value is, 1234.0 and digits in a string included; None for anything else."""
    found = number(value)
    if isinstance(found, float):
        return int(found) if found.is_integer() and abs(found) <= _EXACT_FLOAT else None
    return found


def typed(record: Mapping[str, object], types: Mapping[str, type]) -> Fields:
    """The fields named in `types` under their names, each null or of its type: str, int (see `integer`) or bool."""
    fields: Fields = {name: record.get(name) for name in types}
    for name, value in fields.items():
        if value is not None and type(value) is not types[name]:
            fields[name] = _converted(name, value, types[name])
    return fields


def require(record: Mapping[str, object], expected: Mapping[str, str]) -> None:
    """Reject the record (`missing_field`) unless each field is there and not null; `expected` says what, in words."""
    for name, words in expected.items():
        if record.get(name) is None:
            found = "null" if name in record else "no such field"
            raise RecordRejectedError("missing_field", f"field {name}: found {found}, expected {words}")


def seconds(record: Mapping[str, object], name: str) -> datetime:
    """The moment (naive UTC) that the required field gives in seconds since 1970: a number, or digits as a string."""
    require(record, {name: _EXPECTED_SECONDS})
    value = record[name]
    found = number(value)
    if found is None:
        if not isinstance(value, str):
            raise wrong_type(name, value, _EXPECTED_SECONDS)
        detail = f"field {name}: found {value[:_SHOWN_CHARACTERS]!a}, expected {_EXPECTED_SECONDS}"
        raise RecordRejectedError("bad_timestamp", detail)
    try:
        return from_epoch(found)
    except OverflowError as error:
        detail = f"field {name}: found {found}, expected {_EXPECTED_SECONDS}"
        raise RecordRejectedError("implausible_timestamp", detail) from error


def within(bounds: Bounds, field: str, started_at: datetime) -> None:
    """Reject (`implausible_timestamp`) a play that did not begin within the bounds."""
    if not bounds.earliest <= started_at < bounds.latest:
        raise RecordRejectedError("implausible_timestamp", f"field {field}: found {started_at}, expected {bounds}")


def stream_within(bounds: Bounds, end_field: str, ended_at: datetime, length_field: str, ms_played: int) -> None:
    """Reject a stream of negative length, or one that did not happen within the bounds (`implausible_timestamp`).

    64-bit milliseconds reach beyond the first year, so that lengths are compared before anything is subtracted.
    """
    if ms_played < 0:
        detail = f"field {length_field}: found {ms_played}, expected an integer of 0 or more"
        raise RecordRejectedError("wrong_type", detail)
    if ended_at > bounds.latest or ms_played > (ended_at - bounds.earliest) / _MILLISECOND:
        found = f"{ended_at} after {ms_played} ms"
        raise RecordRejectedError("implausible_timestamp", f"field {end_field}: found {found}, expected {bounds}")


def other_fields(record: Mapping[str, object], known: AbstractSet[str]) -> str | None:
    """The fields that are not among `known`, as a JSON object with sorted names; None when there is none."""
    if record.keys() <= known:
        return None
    return as_json({name: value for name, value in record.items() if name not in known})


def as_json(value: object) -> str:
    """The value as JSON with sorted names, without white space."""
    return _CANONICAL.encode(value)


def kind(value: object) -> str:
    """What a value is, not what it says: rejections hold no personal data."""
    return value.found if isinstance(value, Unreadable) else _JSON_NAMES[type(value)]


def wrong_type(name: str, value: object, expected: str) -> RecordRejectedError:
    """The rejection of a value under a field that must be something else; `expected` in words."""
    return RecordRejectedError("wrong_type", f"field {name}: found {kind(value)}, expected {expected}")


def _converted(name: str, value: object, expected: type) -> int:
    """The integer that a value of another type tells; anything else is of the wrong type."""
    found = integer(value) if expected is int else None
    if found is None:
        raise wrong_type(name, value, _JSON_NAMES[expected])
    return found


def _refuse_unreadable(record: object) -> None:
    if not isinstance(record, dict):
        unreadable = first_unreadable(record)
        if unreadable is not None:
            raise RecordRejectedError(unreadable.reason, f"found {unreadable.found}")
        return
    for name, value in cast("dict[str, object]", record).items():
        unreadable = first_unreadable(value)
        if unreadable is not None:
            raise RecordRejectedError(unreadable.reason, f"field {name[:40]!a}: found {unreadable.found}")


def _field_with(record: object, is_bad: Callable[[str], bool]) -> str | None:
    """The first field, or else the record itself, that holds a bad string; None when there is none."""
    named = cast("dict[str, object]", record) if isinstance(record, dict) else {"": record}
    for name, value in named.items():
        if any(is_bad(string) for string in (name, *strings_in(value))):
            return f"field {name[:40]!a}" if name else "the record"
    return None


def _is_broken(string: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in string)


def _has_nul(string: str) -> bool:
    return "\0" in string
