"""Which times a question names: windows, weekdays and hours that come back, grains, and times that cannot be used.

What the words mean is told in docs/questions.md. The longest reading wins, quoted words are never a time, and what the
grammar does not know it leaves alone, so that the planner can refuse it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from ml.assistant.query import Filter, Grain, Operator, Window
from ml.assistant.times.bare import stands_free
from ml.assistant.times.calendar_windows import ONE_DAY
from ml.assistant.times.filters import PARTS_OF_DAY, grains_at, part_after, part_filter, recurring_at
from ml.assistant.times.hours import hours_at
from ml.assistant.times.periods_before import period_before
from ml.assistant.times.readings import Edges, Place, Reading
from ml.assistant.times.refusals import refusals_at
from ml.assistant.times.releases import releases_at
from ml.assistant.times.windows import windows_at
from ml.assistant.times.words import words_of
from ml.errors import TimesError

LONGEST_QUESTION = 2_000
"""In characters. Most questions are read in a millisecond, the worst of this length in 130."""

__all__ = ["TimePhrase", "Times", "combined", "period_before", "read_times"]


@dataclass(frozen=True)
class TimePhrase:
    """A piece of a question that says when."""

    start: int
    end: int
    """Characters of the text, its preposition included."""
    words: str
    window: Window | None
    filters: tuple[Filter, ...] = ()
    grain: Grain | None = None
    is_relative_before: bool = False
    """Of *the year before*: in a comparison it is the period before the other window (`period_before`)."""


@dataclass(frozen=True)
class Times:
    phrases: tuple[TimePhrase, ...]
    refused: str = ""
    """Why a time that was named cannot be used."""


def read_times(text: str, *, as_of: date) -> Times:
    """The times of a question that is asked on a day."""
    if len(text) > LONGEST_QUESTION:
        return Times((), f"a question has at most {LONGEST_QUESTION:,} characters")
    words = words_of(text)
    phrases: list[TimePhrase] = []
    refused = ""
    place = Place(words, 0, as_of)
    while place.offset < len(words.line):
        reading = _longest(place)
        if reading is None:
            place = place.at(words.next_offset(place.offset))
            continue
        if reading.problem:
            refused = refused or reading.problem
        else:
            phrases.append(_phrase(place, reading))
        place = place.at(reading.end + 1)
    return Times(tuple(phrases), refused)


def combined(phrases: Iterable[TimePhrase]) -> tuple[Window, tuple[Filter, ...], Grain | None]:
    """Times that hold together, such as *mornings in March 2024*; TimesError where they cannot."""
    phrases = tuple(phrases)
    window = _overlap([phrase.window for phrase in phrases if phrase.window is not None])
    filters = _all_hold([one for phrase in phrases for one in phrase.filters])
    grains = {phrase.grain for phrase in phrases if phrase.grain is not None}
    if len(grains) > 1:
        raise TimesError(f"one row for each {' and for each '.join(sorted(grains))} cannot be one answer")
    return window, filters, next(iter(grains), None)


def _longest(place: Place) -> Reading | None:
    """Of all readings that begin at a word; of two of one length the first that is no problem."""
    readings = [_settled(place, reading) for reading in _readings(place) if stands_free(place, reading)]
    return max(readings, key=lambda reading: (reading.end, not reading.problem), default=None)


def _readings(place: Place) -> Iterator[Reading]:
    yield from releases_at(place)
    for reading in windows_at(place):
        yield reading
        part = part_after(place.line, reading.end) if _is_short(reading.edges) else None
        if part is not None and not reading.filters:
            bare = "end" if reading.bare == "alone" else reading.bare
            yield replace(reading, end=part.end(), filters=(part_filter(part["part"]),), bare=bare)
    yield from recurring_at(place)
    yield from hours_at(place)
    yield from grains_at(place)
    yield from refusals_at(place)


def _is_short(edges: Edges | None) -> bool:
    """Whether a time of day may follow: *yesterday evening*."""
    if edges is None or edges[0] is None or edges[1] is None:
        return False
    return (edges[1] - edges[0]).days <= 2


def _settled(place: Place, reading: Reading) -> Reading:
    """Without what lies in the future."""
    if reading.edges is None or reading.problem:
        return reading
    start, end = reading.edges
    tomorrow = place.as_of + ONE_DAY
    if start is not None and start >= tomorrow:
        return replace(reading, problem=f"“{_said(place, reading)}” lies in the future")
    is_open = start is None and end is None
    return reading if is_open else replace(reading, edges=(start, min(end or tomorrow, tomorrow)))


def _said(place: Place, reading: Reading) -> str:
    start, end = place.words.span(place.offset, reading.end + 1)
    return place.words.text[start:end]


def _phrase(place: Place, reading: Reading) -> TimePhrase:
    start, end = place.words.span(place.offset, reading.end + 1)
    said = place.words.text[start:end]
    window = None
    if reading.edges is not None:
        window = Window(start=reading.edges[0], end=reading.edges[1], label=_LEADING.sub("", " ".join(said.split())))
    return TimePhrase(start, end, said, window, reading.filters, reading.grain, reading.is_before)


_LEADING = re.compile(r"^(?:back )?(?:in|on|during|of|for|over|at|within|throughout)\s+", re.IGNORECASE)
"""What a label does without; *since*, *from* and *before* are part of what it says."""


def _overlap(windows: list[Window]) -> Window:
    starts = [window.start for window in windows if window.start is not None]
    ends = [window.end for window in windows if window.end is not None]
    start, end = max(starts, default=None), min(ends, default=None)
    label = ", ".join(window.label for window in windows)
    if start is not None and end is not None and start >= end:
        raise TimesError(f"no day is in all of: {label}")
    return Window(start=start, end=end, label=label)


def _all_hold(filters: list[Filter]) -> tuple[Filter, ...]:
    """One of each dimension and operator."""
    held: dict[tuple[str, Operator], Filter] = {}
    for one in filters:
        before = held.get((one.dimension, one.operator))
        held[one.dimension, one.operator] = one if before is None else _both(before, one)
    allowed = {one.dimension: set(one.values) for one in held.values() if one.operator is Operator.IN}
    days, weekend = allowed.get("date__iso_weekday"), allowed.get("date__is_weekend")
    if days is not None and weekend is not None and not any((day in {6, 7}) in weekend for day in days):
        raise TimesError("no day of the week is in both")
    hours, parts = allowed.get("play__local_hour"), allowed.get("play__time_of_day")
    if (
        hours is not None
        and parts is not None
        and not hours & {hour for part in parts for hour in PARTS_OF_DAY[str(part)]}
    ):
        raise TimesError("no hour of the day is in both")
    return tuple(held.values())


def _both(one: Filter, other: Filter) -> Filter:
    values = tuple(value for value in one.values if value in other.values)
    if one.operator is Operator.AT_LEAST:
        values = (max(int(value) for value in (*one.values, *other.values)),)
    elif one.operator is Operator.AT_MOST:
        values = (min(int(value) for value in (*one.values, *other.values)),)
    if not values:
        raise TimesError(f"nothing is both {one.values} and {other.values}")
    return one.model_copy(update={"values": values})
