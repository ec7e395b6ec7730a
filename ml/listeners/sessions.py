"""When the simulated listeners listen: the sessions of one listening day, and the clock they are placed on.

A listening day runs from 04:00 to 04:00 of the listener's own zone, so an evening that runs past midnight belongs to
one day. Sessions never leave their listening day, which is why days can be simulated one by one without overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from ml.listeners.libraries import PLATFORM_SHARES, PLATFORMS, Population
from ml.listeners.track_pool import Floats, Integers

DAY_BEGINS_AT = 4
"""Local hour at which a listening day begins."""
MAX_SESSIONS_A_DAY = 8
MAX_SESSION_PLAYS = 150
LENGTH_SPREAD = 1.1
"""Standard deviation of the logarithm of a listener's session lengths."""
WEEKEND_FACTOR = 0.88
"""Sessions on Saturdays and Sundays relative to other days: commutes and offices make for more listening."""
BREAK_S = 1900.0
"""Shortest silence between two sessions, in seconds: a little more than the half hour that ends a session."""


@dataclass(frozen=True)
class Sessions:
    """The sessions of one listening day, by listener and time."""

    listener: Integers
    plays: Integers
    begin_s: Floats
    """Wished begin, seconds after the listening day began; sessions that would overlap are moved on later."""
    genre: Integers
    shuffle: np.ndarray[tuple[int], np.dtype[np.bool_]]
    platform: Integers

    def __len__(self) -> int:
        return len(self.listener)


def draw_sessions(rng: np.random.Generator, day: date, population: Population) -> Sessions:
    """The sessions that every listener begins on the local day `day`."""
    weekend = day.weekday() >= 5
    # A gamma-distributed mood makes days as uneven as they are: some silent, some full.
    mood = rng.gamma(2.5, 1 / 2.5, len(population)) * (WEEKEND_FACTOR if weekend else 1.0)
    sessions = np.minimum(rng.poisson(population.sessions_per_day * mood), MAX_SESSIONS_A_DAY)
    listener = np.repeat(np.arange(len(population)), sessions)
    count = len(listener)

    scale = np.log(population.session_length[listener]) - LENGTH_SPREAD**2 / 2
    length = np.exp(scale + LENGTH_SPREAD * rng.normal(size=count))
    peak = population.peak_hour[listener] + (1.0 if weekend else 0.0)
    usual, odd = rng.normal(peak, 4.6), rng.uniform(7.0, 25.0, count)
    hour = np.where(rng.random(count) < 0.6, usual, odd)
    begin_s = np.mod(hour - DAY_BEGINS_AT, 24.0) * 3600.0
    order = np.lexsort((begin_s, listener))
    own_platform = rng.random(count) < 0.85
    any_platform = rng.choice(len(PLATFORMS), count, p=PLATFORM_SHARES)
    return Sessions(
        listener=listener,
        plays=np.clip(np.rint(length), 1, MAX_SESSION_PLAYS).astype(np.int64),
        begin_s=begin_s[order],
        genre=population.draw_genre(listener, rng.random(count)),
        shuffle=rng.random(count) < 0.5,
        platform=np.where(own_platform, population.platform[listener], any_platform),
    )


def spread_sessions(sessions: Sessions, duration_s: Floats) -> Floats:
    """Begins in seconds, such that a session begins BREAK_S after the one before it at the earliest.

    With c the lengths (and breaks) summed before a session, begin_i = c_i + max over j <= i of (wish_j - c_j): a
    running maximum within each listener, done for all listeners at once by lifting each above the one before.
    """
    if len(sessions) == 0:
        return sessions.begin_s
    occupied = duration_s + BREAK_S
    before = np.cumsum(occupied) - occupied
    slack = sessions.begin_s - before
    lift = sessions.listener * (np.ptp(slack) + 1.0)
    return np.maximum.accumulate(slack + lift) - lift + before


def day_bounds(zones: tuple[str, ...], day: date) -> tuple[Integers, Integers]:
    """Begin and end of the listening day in each zone, in seconds since 1970 (UTC); 23 to 25 hours apart."""
    return _day_begins(zones, day), _day_begins(zones, day + timedelta(days=1))


def _day_begins(zones: tuple[str, ...], day: date) -> Integers:
    hour = time(DAY_BEGINS_AT)
    begins = [datetime.combine(day, hour, ZoneInfo(zone)).timestamp() for zone in zones]
    return np.array(begins, dtype=np.int64)
