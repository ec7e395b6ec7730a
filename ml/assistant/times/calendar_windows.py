"""Periods of the calendar: days, ISO weeks, months, quarters, seasons, years, and what came before each.

Dates only, half-open, no words: which words name a period is read elsewhere. Nothing here knows what day it is.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, NamedTuple

ONE_DAY = timedelta(days=1)
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SEASONS = ("winter", "spring", "summer", "autumn")

Unit = Literal["day", "week", "weekend", "month", "quarter", "season", "year", "decade"]
UNITS: tuple[Unit, ...] = ("day", "week", "weekend", "month", "quarter", "season", "year", "decade")
DAYS_OF: dict[Unit, int] = {"day": 1, "week": 7, "weekend": 7}
"""How far it is from one to the next, of units of days."""
MONTHS_OF: dict[Unit, int] = {"month": 1, "quarter": 3, "season": 3, "year": 12, "decade": 120}
"""How far it is from one to the next, of units of months."""


class Span(NamedTuple):
    """From a date up to, without, another."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days


def months_later(day: date, count: int) -> date:
    """The same day of another month; the last one of a month that is too short. OverflowError outside the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"{count} months from {day} lie outside the calendar")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def earlier(day: date, unit: Unit, count: int = 1) -> date:
    """So many units before a day: 29 February and a year is 28 February."""
    if unit in DAYS_OF:
        return day - timedelta(days=DAYS_OF[unit] * count)
    return months_later(day, -MONTHS_OF[unit] * count)


def days_from(start: date, count: int) -> Span:
    return Span(start, start + timedelta(days=count))


def months_from(year: int, month: int, count: int) -> Span:
    """So many months; `month` may be 0, the December before."""
    start = months_later(date(year, 1, 1), month - 1)
    return Span(start, months_later(start, count))


def month(year: int, number: int) -> Span:
    return months_from(year, number, 1)


def year(number: int) -> Span:
    return months_from(number, 1, 12)


def decade(first_year: int) -> Span:
    return months_from(first_year, 1, 120)


def season(name: str, of_year: int) -> Span:
    """Three months; a winter belongs to the year in which it ends."""
    return months_from(of_year, SEASONS.index(name) * 3, 3)


def day_of(of_year: int, month_number: int, number: int) -> Span:
    """ValueError for a date that the year lacks."""
    return days_from(date(of_year, month_number, number), 1)


def iso_week(of_year: int, number: int) -> Span:
    """ValueError for a week that the year lacks."""
    return days_from(date.fromisocalendar(of_year, number, 1), 7)


def around(day: date, unit: Unit) -> Span:  # noqa: PLR0911  # one for each unit
    """The period of its kind that a day lies in; of weekends that of the day's week."""
    match unit:
        case "day":
            return days_from(day, 1)
        case "week":
            return days_from(day - timedelta(days=day.weekday()), 7)
        case "weekend":
            return days_from(day + timedelta(days=5 - day.weekday()), 2)
        case "month":
            return month(day.year, day.month)
        case "quarter":
            return months_from(day.year, day.month - (day.month - 1) % 3, 3)
        case "season":
            return months_from(day.year, day.month - day.month % 3, 3)
        case "year":
            return year(day.year)
        case "decade":
            return decade(day.year - day.year % 10)


def complete_before(day: date, unit: Unit, count: int = 1) -> Span:
    """The last period of its kind that was over when the day began, or the one `count` - 1 before that."""
    current = around(day, unit)
    if current.end <= day:
        count -= 1
    return around(earlier(current.start, unit, count), unit)


def up_to(day: date, unit: Unit, count: int) -> Span:
    """So many units that end with the day: three months up to 18 November begin on 19 August."""
    return Span(earlier(day, unit, count) + ONE_DAY, day + ONE_DAY)


def weekday_before(day: date, iso_weekday: int) -> Span:
    """The last Monday (1) to Sunday (7) before a day."""
    return days_from(day - timedelta(days=(day.isoweekday() - iso_weekday - 1) % 7 + 1), 1)


def third(span: Span, index: int) -> Span:
    """Early (0), mid or late (2): four months of a year, ten days of a month, one month of a quarter or season."""
    months = whole_months(span)
    if span.days < 3:
        return span
    if months is None or months == 1:
        cuts = [span.start + timedelta(days=round(span.days / 3) * part) for part in range(3)]
    elif months == MONTHS_OF["decade"]:
        # Years of a decade are not cut: 2010 to 2013, 2014 to 2016, 2017 to 2019.
        cuts = [months_later(span.start, 12 * part) for part in (0, 4, 7)]
    else:
        cuts = [months_later(span.start, months // 3 * part) for part in range(3)]
    cuts.append(span.end)
    return Span(cuts[index], cuts[index + 1])


def whole_months(span: Span) -> int | None:
    """How many calendar months it is made of, where it is."""
    if span.start.day != 1 or span.end.day != 1:
        return None
    return (span.end.year - span.start.year) * 12 + span.end.month - span.start.month
