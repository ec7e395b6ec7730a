"""Filters in words: what an answer was narrowed down to, such as “by Queen; on weekends; released 1990 to 1999”."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from ml.assistant.query import Filter, Operator, Value
from ml.assistant.values import WEEKDAYS, written

Names = Mapping[tuple[str, str], str]
"""What ids stand for: (dimension, id) to a name."""
_BEFORE = {
    "artist": "by ",
    "album": "from ",
    "recording": "of ",
    "play__platform_family": "on ",
    "play__source": "from ",
    "date__month_name": "in ",
    "date__season": "in ",
}
_RELEASED = {"track__release_year": "in ", "track__release_decade": "in the "}
_WHOLE_WEEK = {"date__is_weekend": 2, "date__iso_weekday": len(WEEKDAYS)}


def filters_in_words(filters: Sequence[Filter], names: Names) -> str:
    """All filters but those that say nothing; empty where none is left."""
    told = [_told(list(same), names) for _, same in groupby(_telling(filters), key=_what)]
    return "; ".join(dict.fromkeys(told))


def _telling(filters: Sequence[Filter]) -> list[Filter]:
    """Filters that a listener would name, the bounds of a range side by side."""
    kept = [wanted for wanted in filters if not _is_self_evident(wanted)]
    first = {_what(wanted): place for place, wanted in reversed(list(enumerate(kept)))}
    return sorted(kept, key=lambda wanted: first[_what(wanted)])


def _what(wanted: Filter) -> tuple[str, bool]:
    return wanted.dimension, wanted.operator in (Operator.AT_LEAST, Operator.AT_MOST)


def _is_self_evident(wanted: Filter) -> bool:
    if wanted.operator is Operator.KNOWN:
        return True
    if wanted.operator is Operator.NOT_IN:
        return wanted.values == ("unclassified",)
    return len(set(wanted.values)) == _WHOLE_WEEK.get(wanted.dimension, -1)


def _told(same: list[Filter], names: Names) -> str:
    """Filters of one dimension: the two ends of a range, else values."""
    if same[0].operator in (Operator.AT_LEAST, Operator.AT_MOST):
        return _range(same)
    return " and ".join(
        ("not " if wanted.operator is Operator.NOT_IN else "") + _values(wanted, names) for wanted in same
    )


def _range(same: list[Filter]) -> str:
    dimension = same[0].dimension
    said = {wanted.operator: written(dimension, wanted.values[0]) for wanted in same}
    low, high = said.get(Operator.AT_LEAST), said.get(Operator.AT_MOST)
    before, verb = _RELEASED.get(dimension, ""), "released " if dimension in _RELEASED else ""
    if low is not None and high is not None:
        return f"{verb}{before}{low}" if low == high else f"{verb}{low} to {high}"
    return f"{verb}{before}{low} or later" if low is not None else f"{verb}{before}{high} or earlier"


def _values(wanted: Filter, names: Names) -> str:
    dimension, values = wanted.dimension, wanted.values
    if dimension == "date__iso_weekday":
        return _weekdays(values)
    if dimension == "play__local_hour":
        return _hours([int(value) for value in values])
    if dimension == "play__time_of_day":
        return " or ".join("at night" if value == "night" else f"in the {value}" for value in values)
    if dimension == "date__is_weekend":
        return f"on {written(dimension, values[0])}"
    said = " or ".join(names.get((dimension, str(value)), written(dimension, value)) for value in values)
    if dimension in _RELEASED:
        return f"released {_RELEASED[dimension]}{said}"
    return f"{_BEFORE.get(dimension, '')}{said}"


def _weekdays(values: Sequence[Value]) -> str:
    days = sorted(int(value) for value in values)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{WEEKDAYS[days[0] - 1]} to {WEEKDAYS[days[-1] - 1]}"
    return f"on {' or '.join(f'{WEEKDAYS[day - 1]}s' for day in days)}"


def _hours(hours: list[int]) -> str:
    """Hours in which plays began: from 6 to 9 h, for 6, 7 and 8."""
    if hours == list(range(hours[0], hours[-1] + 1)):
        return f"from {hours[0]} to {hours[-1] + 1} h"
    return f"in the hours from {', '.join(map(str, hours))} h"
