"""How the values of an answer are written: figures with their units, dates, periods, days of the week and hours.

Sentences, tables and charts use the same words. What is said of the values is in telling.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from ml.assistant.executing import Row
from ml.assistant.query import Grain, Intent, SemanticQuery, Window

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
PARTS_OF_THE_WEEK = {False: "weekdays", True: "weekends"}
PERFORMERS = ("recording__artist_name", "album__artist_name")
"""Columns that say whose the song or album before them is."""
_YES_OR_NO = {
    "date__is_weekend": PARTS_OF_THE_WEEK,
    "play__skipped": {False: "not skipped", True: "skipped"},
    "track__explicit": {False: "not explicit", True: "explicit"},
}
_ORDERED: dict[str, tuple[object, ...]] = {
    "date__weekday_name": WEEKDAYS,
    "date__month_name": MONTHS,
    "date__season": ("winter", "spring", "summer", "autumn"),
    "date__is_weekend": (False, True),
    "play__time_of_day": ("morning", "afternoon", "evening", "night"),
}
_COUNTED = ("date__iso_weekday", "play__local_hour", "track__release_decade", "track__release_year")
_WITHOUT_UNIT = ("0 to 1", "0 to 100", "none")


def figure(value: object, *, sign: bool = False) -> str:
    """A number as people write it; a share stays one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "unknown" if value is None else str(value)
    plus = "+" if sign and value > 0 else ""
    if isinstance(value, int) or (float(value).is_integer() and abs(value) >= 100):
        return f"{plus}{value:,.0f}"
    return f"{plus}{value:,.1f}" if abs(value) >= 10 else f"{plus}{value:,.2f}"


def measured(value: object, unit: str, *, sign: bool = False) -> str:
    """A value with its unit, one of which is singular; shares in percent."""
    short = shortly(value, unit, sign=sign)
    if value is None or unit in ("share", "percent", "year", "hour of the day", *_WITHOUT_UNIT):
        return short
    what, *rest = unit.split(" ", 1)
    one = what.removesuffix("s") if short.lstrip("+-") == "1" else what
    return " ".join((short, one, *rest))


def shortly(value: object, unit: str, *, sign: bool = False) -> str:
    """A value where its unit is said elsewhere; shares and percentages keep theirs, years and hours are no amounts."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return figure(value)
    if unit == "share":
        return f"{figure(100 * value, sign=sign)} %"
    if unit == "percent":
        return f"{figure(value, sign=sign)} %"
    if unit == "year":
        return f"{value:.0f}"
    if unit == "hour of the day":
        minutes = round(float(value) * 60) % (24 * 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    return figure(value, sign=sign)


def written(column: str, value: object) -> str:
    """A value of a dimension in words: 21 h, the 1990s, weekends."""
    if value is None:
        return "unknown"
    if isinstance(value, bool) and column in _YES_OR_NO:
        return _YES_OR_NO[column][value]
    if column == "date__iso_weekday" and isinstance(value, int):
        return WEEKDAYS[value - 1]
    if column == "play__local_hour":
        return f"{value} h"
    if column == "track__release_decade":
        return f"{value}s"
    return moment(value)


def moment(value: object) -> str:
    """1 June 2025, or with the time of day."""
    if isinstance(value, datetime):
        return f"{value.day} {value:%B %Y}, {value:%H:%M}"
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value)


def period(value: object, grain: Grain) -> str:
    """The period that begins on a date, as people call it."""
    if not isinstance(value, date):
        return str(value)
    match grain:
        case Grain.YEAR:
            return f"{value:%Y}"
        case Grain.MONTH:
            return f"{value:%B %Y}"
        case Grain.QUARTER:
            return f"quarter {(value.month + 2) // 3} of {value:%Y}"
        case Grain.WEEK:
            return f"the week of {moment(value)}"
        case Grain.DAY:
            return moment(value)


def within(value: object, grain: Grain) -> str:
    """In a period, or on a day."""
    return f"{'on' if grain is Grain.DAY else 'in'} {period(value, grain)}"


def has_gaps(of: Sequence[Row], grain: Grain, window: Window) -> bool:
    """Whether a period, of any of several names, is missing in rows that begin with their period."""
    numbers = [_number_of(row[0], grain) for row in of if isinstance(row[0], date)]
    first = min(numbers) if window.start is None else _number_of(window.start, grain)
    last = max(numbers) if window.end is None else _number_of(window.end - timedelta(days=1), grain)
    return len(of) < (last - first + 1) * len({row[1:] for row in of})


def _number_of(day: date, grain: Grain) -> int:
    """Periods counted through, so that the next one has the next number."""
    match grain:
        case Grain.YEAR:
            return day.year
        case Grain.QUARTER:
            return day.year * 4 + (day.month - 1) // 3
        case Grain.MONTH:
            return day.year * 12 + day.month
        case Grain.WEEK:
            return (day.toordinal() - 1) // 7
        case Grain.DAY:
            return day.toordinal()


def window_in_words(window: Window) -> str:
    """The first and the last date of a window, both within it."""
    if window.start is not None and window.end is not None:
        last = window.end - timedelta(days=1)
        return moment(window.start) if last == window.start else f"{moment(window.start)} to {moment(last)}"
    if window.start is not None:
        return f"since {moment(window.start)}"
    return f"until {moment(window.end - timedelta(days=1))}" if window.end is not None else "the whole history"


def is_in_order(query: SemanticQuery, columns: Sequence[str]) -> bool:
    """Whether a breakdown is shown in an order of its own: hours from 0 to 23, Monday first. A ranking never is."""
    is_breakdown = query.intent is Intent.METRIC and query.grain is None and query.limit is None
    return is_breakdown and query.comparison is None and bool(columns) and columns[0] in (*_ORDERED, *_COUNTED)


def in_order(query: SemanticQuery, columns: Sequence[str], rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows as they are shown; what is not known comes last."""
    if not is_in_order(query, columns):
        return tuple(rows)
    return tuple(sorted(rows, key=lambda row: _place(columns[0], row[0])))


def _place(column: str, value: object) -> tuple[bool, float]:
    if column in _ORDERED:
        values = _ORDERED[column]
        return (False, values.index(value)) if value in values else (True, 0.0)
    return (False, float(value)) if isinstance(value, int | float) else (True, 0.0)
