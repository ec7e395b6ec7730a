"""What kind of day it is for a listener: working day, weekend, public holiday, vacation; and when it begins and ends.

A listening day runs from 04:00 to 04:00 of the listener's own zone, so an evening that runs past midnight belongs to
one day. Days are counted since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from ml.listeners.chance import Draw, Flags, Integers, derived, two_uniforms
from ml.listeners.habits import Population

DAY_BEGINS_AT = 4
"""Local hour at which a listening day begins."""
EPOCH = date(1970, 1, 1)
YEAR_DAYS = 365
VACATIONS = 2
"""Vacations a year, of one to two weeks each."""
FIRST_WEEKDAY = 3
"""1970 began on a Thursday; Monday is 0."""


@dataclass(frozen=True)
class Calendar:
    """The listening days [first, first + days) in the zones and countries of a population."""

    first: int
    begins_s: Integers
    """Begin of each listening day in each zone, seconds since 1970 (UTC), shape (zones, days + 1); the last ends the
    last day."""
    holiday: Flags
    """Whether a day is a public holiday, shape (countries, days)."""

    def is_rest(self, country: Integers, day: Integers) -> Flags:
        """Whether nobody works there on that day."""
        return ((day + FIRST_WEEKDAY) % 7 >= 5) | self.holiday[country, day - self.first]

    def bounds_s(self, zone: Integers, day: Integers) -> tuple[Integers, Integers]:
        """Begin and end of a listening day, 23 to 25 hours apart."""
        place = day - self.first
        return self.begins_s[zone, place], self.begins_s[zone, place + 1]


def calendar_of(population: Population, first: date, days: int) -> Calendar:
    """The calendar of `days` listening days; a country whose holidays are not known has none."""
    dates = [first + timedelta(days=offset) for offset in range(days + 1)]
    begins = [[_day_begins(zone, day) for day in dates] for zone in population.zones]
    return Calendar(
        first=(first - EPOCH).days,
        begins_s=np.array(begins, dtype=np.int64),
        holiday=np.array([_holidays(country, dates[:-1]) for country in population.countries], dtype=bool),
    )


def is_vacation(population: Population, listener: Integers, day: Integers) -> Flags:
    """Whether the listener is away from their usual days."""
    year, day_of_year = np.divmod(day, YEAR_DAYS)
    away = np.zeros(len(day), dtype=bool)
    for number in range(VACATIONS):
        where, length = two_uniforms(derived(population.keys[listener], Draw.VACATION, year, number), Draw.VACATION)
        begin = where * (YEAR_DAYS - 14)
        away |= (day_of_year >= begin) & (day_of_year < begin + 7 + 7 * length)
    return away


def _day_begins(zone: str, day: date) -> int:
    return int(datetime.combine(day, time(DAY_BEGINS_AT), ZoneInfo(zone)).timestamp())


def _holidays(country: str, days: list[date]) -> list[bool]:
    if country not in holidays.list_supported_countries():
        return [False] * len(days)
    known = holidays.country_holidays(country, years=range(days[0].year, days[-1].year + 1))
    return [day in known for day in days]
