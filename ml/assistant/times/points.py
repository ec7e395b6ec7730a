"""What a named period is: one span of dates, or one of each year, and the patterns that all readers of periods share.

A period without a year (`march`, `christmas`) is the last that has begun before today, unless its neighbour in a range
says which.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ml.assistant.times.calendar_windows import MONTHS, WEEKDAYS, Span

Bare = Literal["free", "end", "alone", "never"]
"""Where a period needs no preposition: anywhere, at the end of the question, alone, nowhere."""
YEARS_BACK = 9
"""So many years hold at least one 29 February."""

MONTH = f"(?P<month>{'|'.join(MONTHS)})"
WEEKDAY = f"(?P<weekday>{'|'.join(WEEKDAYS)})"
SEASON = r"(?P<season>winter|spring|summer|autumn|fall(?! (?:out|in|off|back|apart|for|from)\b))"
YEAR = "(?:19[0-9]{2}|20[0-9]{2}|2100)"
OF_YEAR = (
    rf"(?:(?:the |calendar )?year (?:of )?)?(?P<year>{YEAR})|'(?P<short>[0-9]{{2}})"
    r"|(?P<year_words>(?:this|(?:the )?(?:last|previous|current)) year|the year before last)"
)
IN_YEAR = rf"(?: ,)?(?: of| in)? (?:{OF_YEAR})"
HOLIDAYS = {
    "new years? eve|nye": (12, 31),
    "new years?(?: day)?": (1, 1),
    "valentines?(?: day)?": (2, 14),
    "halloween": (10, 31),
    "christmas eve": (12, 24),
    "christmas(?: day)?": (12, 25),
    "boxing day": (12, 26),
}
"""The same date wherever they are kept."""
HOLIDAY = f"(?P<holiday>{'|'.join(HOLIDAYS)})"


class NotATimeError(Exception):
    """Words that look like a time and are something else."""


def rule(pattern: str) -> re.Pattern[str]:
    """A pattern of the line that ends where a word does."""
    return re.compile(f"(?:{pattern})(?= |$)")


@dataclass(frozen=True)
class Point:
    """A named period."""

    span: Span | None = None
    yearly: Callable[[int], Span] | None = None
    """Where it has no year; raises ValueError for a year that lacks it."""
    bare: Bare = "free"
    is_before: bool = False
    """Of *the year before*: a shift, where something else was asked of before."""
    problem: str = ""
    """Why no date can be told from it."""
    edge: Literal["", "start", "end"] = ""
    """Of *the beginning of* and *the end of*: before and until mean that edge."""
    end: int = 0
    """Where in the line it ends."""

    def latest(self, as_of: date, *, is_over: bool = False, until: date | None = None) -> Span | None:
        """Of a period of each year the last one that began (or was over) before today, and began before `until`."""
        if self.span is not None:
            return self.span
        for year in range(as_of.year + 1, as_of.year - YEARS_BACK, -1):
            span = self.of(year)
            if span is None or not (span.end <= as_of if is_over else span.start < as_of):
                continue
            if until is None or span.start < until:
                return span
        return None

    def of(self, year: int) -> Span | None:
        """That of one year, where the year has it."""
        if self.yearly is None:
            return self.span
        try:
            return self.yearly(year)
        except (ValueError, OverflowError):
            return None

    @property
    def is_day(self) -> bool:
        """Whether it is one date, of whatever year."""
        if self.problem:
            return False
        span = self.span or self.of(date.min.year)
        return span is None or span.days == 1

    def changed(self, change: Callable[[Span], Span]) -> Point:
        """A part of it, such as its first week."""
        if self.span is not None:
            return replace(self, span=change(self.span))
        yearly = self.yearly
        return self if yearly is None else replace(self, yearly=lambda year: change(yearly(year)))


def year_named(match: re.Match[str], as_of: date) -> int | None:
    """The year that OF_YEAR read, if any."""
    named = match.groupdict()
    if named["year"]:
        return int(named["year"])
    if named["short"]:
        year = 2000 + int(named["short"])
        if year > as_of.year:
            raise NotATimeError(f"'{named['short']} is before anybody's history: a song of the summer of then")
        return year
    words = named["year_words"]
    if words is None:
        return None
    return as_of.year - (2 if words.endswith("before last") else 0 if "this" in words or "current" in words else 1)


def in_year(match: re.Match[str], as_of: date, yearly: Callable[[int], Span], bare: Bare = "free") -> Point:
    """Of the year that is named, else of each."""
    year = year_named(match, as_of)
    if year is not None:
        return Point(span=yearly(year))
    point = Point(yearly=yearly, bare=bare)
    if point.latest(as_of) is None:
        raise ValueError("no year has it")
    return point


def season_name(word: str) -> str:
    return "autumn" if word == "fall" else word


def holiday_date(words: str) -> tuple[int, int]:
    """Month and day."""
    return next(day for pattern, day in HOLIDAYS.items() if re.fullmatch(pattern, words))
