"""What the formats with nested records share: names from lists, lengths in seconds, and what has no column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from tunegenie_assets.sources.json_array import Readable, read_arrays_under
from tunegenie_assets.sources.records import array, as_json, number, text, wrong_type

Known = Mapping[str, "Known | None"]
"""Fields that have a column: as a whole where the value is LEAF, else those below the object."""

LEAF = None
# What the array of records is called in a Maloja export, a Koito export and one page of Last.fm.
_RECORDS = ("scrobbles", "listens", "track")
# A century. Above it a length is no length, and milliseconds would leave 64 bits.
_LONGEST_SECONDS = 3_155_760_000


def read_object(stream: Readable) -> Iterator[object]:
    """The records of an export that is one object. One function for all, so that a file is looked through once."""
    return read_arrays_under(stream, _RECORDS)


def leaves(*names: str) -> Known:
    """Fields that have a column as a whole."""
    return dict.fromkeys(names, LEAF)


def remaining_fields(record: Mapping[str, object], known: Known) -> str | None:
    """The record without the known fields, as a JSON object with sorted names; None when nothing is left."""
    rest = _without(record, known)
    return as_json(rest) if rest else None


def filled(record: Mapping[str, object], name: str) -> str | None:
    """The string under the field; None when it is null, missing or empty."""
    return text(record, name) or None


def names_in(record: Mapping[str, object], name: str) -> list[str]:
    """The array of strings under the field, without empty ones; empty when it is null or missing."""
    values = array(record, name)
    for value in values:
        if not isinstance(value, str):
            raise wrong_type(name, value, "an array of strings")
    return [value for value in cast("list[str]", values) if value]


def names_json(names: list[str]) -> str | None:
    """The names as a JSON array; None when there are none."""
    return as_json(names) if names else None


def milliseconds(record: Mapping[str, object], name: str) -> int | None:
    """The length that the field gives in seconds, rounded to milliseconds; None when it tells none, as 0 does."""
    seconds = _seconds(record.get(name))
    return None if seconds is None else round(seconds * 1000) or None


def lengths(record: Mapping[str, object], *names: str) -> Known:
    """Those of the fields that have a column as a whole: what is no length stays among the other fields."""
    return leaves(*(name for name in names if record.get(name) is None or _seconds(record[name]) is not None))


def _seconds(value: object) -> float | None:
    seconds = number(value)
    return seconds if seconds is not None and 0 <= seconds <= _LONGEST_SECONDS else None


def _without(record: Mapping[str, object], known: Known) -> dict[str, object]:
    rest: dict[str, object] = {}
    for name, value in record.items():
        if name not in known:
            rest[name] = value
            continue
        below = known[name]
        if below is None or not isinstance(value, dict):
            continue
        if inner := _without(cast("dict[str, object]", value), below):
            rest[name] = inner
    return rest
