"""Times read from a question in one line each, and the days on which the tests ask."""

from __future__ import annotations

from datetime import date, timedelta

from ml.assistant.query import Operator
from ml.assistant.times.grammar import TimePhrase, read_times

WEDNESDAY = date(2026, 11, 18)
LEAP_DAY = date(2024, 2, 29)
NEW_YEAR = date(2026, 1, 1)
SUNDAY = date(2026, 11, 15)
MONDAY = date(2026, 11, 16)
END_OF_MARCH = date(2026, 3, 31)
ONE_DAY = timedelta(days=1)


def told(phrase: TimePhrase) -> str:
    """A phrase in short: first and last date, filters, grain, such as `2026-11-14 to 2026-11-15; is_weekend True`."""
    parts: list[str] = []
    if phrase.window is not None:
        start, end = phrase.window.start, phrase.window.end
        first = "…" if start is None else start.isoformat()
        last = "…" if end is None else (end - ONE_DAY).isoformat()
        parts.append(first if first == last != "…" else f"{first} to {last}")
    for one in phrase.filters:
        operator = "" if one.operator is Operator.IN else f"{one.operator} "
        parts.append(f"{one.dimension.split('__')[1]} {operator}{','.join(str(value) for value in one.values)}")
    if phrase.grain is not None:
        parts.append(f"by {phrase.grain}")
    if phrase.is_relative_before:
        parts.append("before")
    return "; ".join(parts)


def read(text: str, as_of: date = WEDNESDAY) -> list[str]:
    times = read_times(text, as_of=as_of)
    return [told(phrase) for phrase in times.phrases] + ([f"refused: {times.refused}"] if times.refused else [])


def phrases_of(text: str) -> tuple[TimePhrase, ...]:
    return read_times(text, as_of=WEDNESDAY).phrases
