"""Periods that the calendar names: `5 march 2016`, `2016-03-05`, `q3 2019`, `summer of 2024`, `christmas`, `2019`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from ml.assistant.times import calendar_windows as calendar
from ml.assistant.times.calendar_windows import MONTHS, WEEKDAYS, Span
from ml.assistant.times.points import (
    HOLIDAY,
    IN_YEAR,
    MONTH,
    OF_YEAR,
    SEASON,
    WEEKDAY,
    NotATimeError,
    Point,
    holiday_date,
    in_year,
    rule,
    season_name,
    year_named,
)

Build = Callable[["re.Match[str]", date], Point]

_COUNTED = r"(?! (?:songs?|tracks?|artists?|albums?|genres?|plays|times|minutes?|hours?|days|weeks|months|years)\b)"
"""A number before one of these is no day of a month."""


def _date(match: re.Match[str], as_of: date) -> Point:
    month, day = MONTHS.index(match["month"]) + 1, int(match["day"])
    is_plain = "th" not in match[0].split() and not any(word.endswith("th") for word in match[0].split())
    point = in_year(match, as_of, lambda year: calendar.day_of(year, month, day), "end" if is_plain else "free")
    weekday = match["weekday"]
    if weekday and point.span and point.span.start.weekday() != WEEKDAYS.index(weekday):
        return Point(problem=f"{point.span.start.isoformat()} is no {weekday.capitalize()}")
    return point


def _iso(match: re.Match[str], _: date) -> Point:
    year, month, day = (int(part) for part in re.split("[-/]", match[0]))
    return Point(span=calendar.day_of(year, month, day))


def _iso_month(match: re.Match[str], _: date) -> Point:
    return Point(span=calendar.month(int(match[0][:4]), int(match[0][5:])))


def _iso_week(match: re.Match[str], _: date) -> Point:
    return Point(span=calendar.iso_week(int(match[0][:4]), int(match[0].split("w")[1])))


def _month_slash_year(match: re.Match[str], _: date) -> Point:
    month, year = match[0].split("/")
    return Point(span=calendar.month(int(year), int(month)))


def _slashed(match: re.Match[str], as_of: date) -> Point:
    """Day and month in either order, where only one of them can be; with points the day is always first."""
    first, second, last = (int(part) for part in re.split("[/.]", match[0]))
    year = last if last > 99 else last + (2000 if 2000 + last <= as_of.year else 1900)
    if "." in match[0] or first > 12 or first == second:
        return Point(span=calendar.day_of(year, second, first))
    if second > 12:
        return Point(span=calendar.day_of(year, first, second))
    readings = f"{year}-{second:02}-{first:02} or {year}-{first:02}-{second:02}"
    return Point(problem=f"“{match[0]}” could be {readings}: write one of these")


def _month(match: re.Match[str], as_of: date) -> Point:
    number = MONTHS.index(match["month"]) + 1
    # May and march are verbs, too.
    bare = "never" if match["month"] in {"may", "march"} else "end"
    return in_year(match, as_of, lambda year: calendar.month(year, number), bare)


def _quarter(match: re.Match[str], as_of: date) -> Point:
    number = int(match["quarter"])
    if not 1 <= number <= 4:
        raise ValueError("a year has four quarters")
    return in_year(match, as_of, lambda year: calendar.months_from(year, number * 3 - 2, 3))


def _half(match: re.Match[str], as_of: date) -> Point:
    number = int(match["half"])
    if number not in {1, 2}:
        raise ValueError("a year has two halves")
    return in_year(match, as_of, lambda year: calendar.months_from(year, number * 6 - 5, 6))


def _week(match: re.Match[str], as_of: date) -> Point:
    return in_year(match, as_of, lambda year: calendar.iso_week(year, int(match["week"])))


def _season(match: re.Match[str], as_of: date) -> Point:
    name = season_name(match["season"])
    return in_year(match, as_of, lambda year: calendar.season(name, year), "alone")


def _season_of_short_year(match: re.Match[str], as_of: date) -> Point:
    """*Summer 24*, but not *the summer of 69*, which is a song."""
    year = 2000 + int(match["plain"])
    if year > as_of.year:
        raise NotATimeError(match[0])
    return Point(span=calendar.season(season_name(match["season"]), year))


def _year(match: re.Match[str], as_of: date) -> Point:
    year = year_named(match, as_of)
    if year is None:
        raise ValueError("no year is named")
    return Point(span=calendar.year(year), bare="end" if match[0].lstrip("'").isdigit() else "free")


def _years(match: re.Match[str], _: date) -> Point:
    """*2016-18*."""
    first = int(match["first"])
    last = first - first % 100 + int(match["last"])
    if last <= first:
        raise ValueError("it ends before it begins")
    return Point(span=Span(calendar.year(first).start, calendar.year(last).end))


def _turn_of_years(match: re.Match[str], _: date) -> Point:
    """*Winter 2023/24*; without the winter nobody can tell."""
    first = int(match["first"])
    if int(match["last"]) % 100 != (first + 1) % 100 or "winter" not in match[0]:
        return Point(problem=f"“{match[0].replace(' ', '')}” is no period: name its first and its last month")
    return Point(span=calendar.season("winter", first + 1))


def _decade(match: re.Match[str], _: date) -> Point:
    return Point(span=calendar.decade(int(match["decade"])))


def _holiday(match: re.Match[str], as_of: date) -> Point:
    month, day = holiday_date(match["holiday"])
    return in_year(match, as_of, lambda year: calendar.day_of(year, month, day), "alone")


def days_of_month(match: re.Match[str], as_of: date) -> Point:
    """From one day of a month to another, both within."""
    month, first, last = MONTHS.index(match["month"]) + 1, int(match["from"]), int(match["to"])
    if first > last:
        raise ValueError("it ends before it begins")
    return in_year(
        match,
        as_of,
        lambda year: Span(calendar.day_of(year, month, first).start, calendar.day_of(year, month, last).end),
    )


RULES: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (rule(pattern), build)
    for pattern, build in (
        (rf"(?:{WEEKDAY}(?: ,)? )?(?:the )?(?P<day>[0-9]{{1,2}})(?:th)?(?: of)? {MONTH}(?:{IN_YEAR})?", _date),
        (rf"(?:{WEEKDAY}(?: ,)? )?{MONTH} (?:the )?(?P<day>[0-9]{{1,2}})(?:th)?{_COUNTED}(?:{IN_YEAR})?", _date),
        (r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", _iso),
        (r"[0-9]{4}-?w[0-9]{1,2}", _iso_week),
        (r"[0-9]{4}-[0-9]{2}", _iso_month),
        (r"[0-9]{1,2}/[0-9]{4}", _month_slash_year),
        (r"[0-9]{1,2}(?P<bar>[/.])[0-9]{1,2}(?P=bar)(?:[0-9]{4}|[0-9]{2})", _slashed),
        (rf"(?:the month of )?{MONTH}(?:{IN_YEAR})?", _month),
        (rf"(?:the )?(?:q (?P<quarter>[0-9]))(?:{IN_YEAR})?", _quarter),
        (rf"(?:{OF_YEAR})(?: ,)?(?: -)? q (?P<quarter>[0-9])", _quarter),
        (rf"(?:the )?(?P<quarter>[0-9])th quarter(?:{IN_YEAR})?", _quarter),
        (rf"(?:the )?(?P<half>[0-9])th half(?:{IN_YEAR})", _half),
        (rf"h (?P<half>[0-9])(?:{IN_YEAR})?", _half),
        (rf"(?:{OF_YEAR})(?: ,)?(?: -)? h (?P<half>[0-9])", _half),
        (rf"(?:calendar )?week (?P<week>[0-9]{{1,2}})(?:{IN_YEAR})?", _week),
        (rf"(?:the )?{SEASON}(?: season)?(?:{IN_YEAR}|(?! of ['0-9]))", _season),
        (rf"(?:the )?{SEASON}(?: of)? (?P<plain>[0-9]{{2}}){_COUNTED}", _season_of_short_year),
        (rf"{OF_YEAR}", _year),
        (r"(?P<first>(?:19|20)[0-9]{2}) - (?P<last>[0-9]{2})", _years),
        (r"(?:winter )?(?:of )?(?P<first>(?:19|20)[0-9]{2}) / (?P<last>(?:19|20)?[0-9]{2})", _turn_of_years),
        (r"(?:the )?winter (?:of )?(?P<first>(?:19|20)[0-9]{2}) - (?P<last>(?:19|20)?[0-9]{2})", _turn_of_years),
        (r"(?:the )?(?P<decade>[12][0-9]{2}0)s", _decade),
        (rf"{HOLIDAY}(?:{IN_YEAR})?", _holiday),
    )
)
