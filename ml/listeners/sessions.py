"""When the simulated listeners listen: the sessions of their days, and the clock they are placed on.

Sessions never leave their listening day, which is why days can be simulated apart without overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.listeners.calendar import DAY_BEGINS_AT, Calendar, is_vacation
from ml.listeners.chance import Draw, Flags, Integers, Keys, derived, normal, two_uniforms, uniform
from ml.listeners.habits import Population
from ml.listeners.population import PLATFORM_SHARES

MAX_SESSIONS_A_DAY = 8
MAX_SESSION_PLAYS = 150
LENGTH_SPREAD = 1.17
"""Standard deviation of the logarithm of a listener's session lengths."""
MOOD_SPREAD = 0.45
"""Standard deviation of the logarithm of how much there is to hear on a day: some are full, some nearly silent."""
VACATION_FACTOR = 0.5
"""Chance of listening at all on a day of vacation, relative to other days."""
BREAK_MS = 1_900_000
"""Shortest silence between two sessions: a little more than the half hour that ends a session."""
LATE_MS = 1_800_000
"""So long a session may run on into the next day; what is left of it then is not heard."""
DAY_MS = 86_400_000
USUAL_HOURS = 0.7
"""Share of the sessions that begin around the listener's usual hours; the others begin whenever they are awake."""
OWN_PLATFORM = 0.85


@dataclass(frozen=True)
class Sessions:
    """The sessions of some days of some listeners, by listener, day and time."""

    key: Keys
    day_number: Integers
    """Counts the days of listeners, from 0; the same for sessions of one listener and day."""
    listener: Integers
    day: Integers
    """Local day, in days since 1970."""
    plays: Integers
    begin_ms: Integers
    """Wished begin, milliseconds after the listening day began; sessions that would overlap are moved on later."""
    shuffle: Flags
    platform: Integers

    def __len__(self) -> int:
        return len(self.listener)


def draw_sessions(population: Population, calendar: Calendar, listener: Integers, day: Integers) -> Sessions:
    """The sessions that begin on some days of some listeners, given by listener and day."""
    day_key = population.day_keys(listener, day)
    rest = calendar.is_rest(population.country[listener], day)
    count = _sessions_of_day(population, day_key, listener, day, rest)
    number = np.repeat(np.arange(len(listener)), count)
    place = np.arange(len(number)) - (np.cumsum(count) - count)[number]
    key = derived(day_key[number], Draw.SESSION, place)
    owner = listener[number]

    begin_ms = _begins(population, key, owner, rest[number])
    order = np.argsort(number * DAY_MS + begin_ms, kind="stable")
    length = np.log(population.session_length[owner]) - LENGTH_SPREAD**2 / 2
    length = np.exp(length + LENGTH_SPREAD * normal(uniform(key, Draw.LENGTH)))
    own, other = two_uniforms(key, Draw.DEVICE)
    shuffle, _ = two_uniforms(key, Draw.SESSION)
    elsewhere = np.searchsorted(np.cumsum(PLATFORM_SHARES)[:-1], other, side="right")
    return Sessions(
        key=key,
        day_number=number,
        listener=owner,
        day=day[number],
        plays=np.clip(np.rint(length), 1, MAX_SESSION_PLAYS).astype(np.int64),
        begin_ms=begin_ms[order],
        shuffle=shuffle < population.shuffle_rate[owner],
        platform=np.where(own < OWN_PLATFORM, population.platform[owner], elsewhere),
    )


def spread_sessions(sessions: Sessions, duration_ms: Integers) -> Integers:
    """Begins in milliseconds, such that a session begins BREAK_MS after the one before it at the earliest.

    With c the lengths (and breaks) summed before a session, begin_i = c_i + max over j <= i of (wish_j - c_j): a
    running maximum within each day, done for all days at once by lifting each above the one before. In whole numbers,
    so that a day comes out the same whatever days are done beside it.
    """
    if len(sessions) == 0:
        return sessions.begin_ms
    occupied = duration_ms + BREAK_MS
    before = np.cumsum(occupied) - occupied
    first = np.searchsorted(sessions.day_number, sessions.day_number)
    before -= before[first]
    slack = sessions.begin_ms - before
    lift = sessions.day_number * (np.ptp(slack) + 1)
    return np.maximum.accumulate(slack + lift) - lift + before


def _sessions_of_day(population: Population, key: Keys, listener: Integers, day: Integers, rest: Flags) -> Integers:
    """How many sessions each day has: none on days without music, else one more than a Poisson number."""
    whether, mood = two_uniforms(key, Draw.MOOD)
    chance = population.active_share[listener] * np.where(rest, population.weekend_factor[listener], 1.0)
    chance *= np.where(is_vacation(population, listener, day), VACATION_FACTOR, 1.0)
    further = (population.sessions_per_day[listener] - 1.0) * np.where(rest, population.weekend_factor[listener], 1.0)
    mean = np.maximum(further, 0.01) * np.exp(MOOD_SPREAD * normal(mood) - MOOD_SPREAD**2 / 2)
    sought = uniform(key, Draw.SESSIONS)
    count = np.ones(len(key), dtype=np.int64)
    term = running = np.exp(-mean)
    for further_sessions in range(1, MAX_SESSIONS_A_DAY):
        count += sought >= running
        term = term * mean / further_sessions
        running = running + term
    return np.where(whether < chance, count, 0)


def _begins(population: Population, key: Keys, listener: Integers, rest: Flags) -> Integers:
    """Wished begins, milliseconds after 04:00: around the usual hours, later on days of rest, or at any hour.

    The day is drawn together a little to leave out its first hour, in which the day before may run on.
    """
    kind, where = two_uniforms(key, Draw.HOUR)
    peak = population.peak_hour[listener] + np.where(rest, 1.0, 0.0)
    usual = peak + population.hour_spread[listener] * normal(where)
    hour = np.where(kind < USUAL_HOURS, usual, 7.0 + 18.0 * where)
    part_of_day = np.mod(hour - DAY_BEGINS_AT, 24.0) / 24.0
    earliest = LATE_MS + BREAK_MS
    return (earliest + part_of_day * (DAY_MS - earliest)).astype(np.int64)
