"""What a listener knows: tracks they came across, on one day after another, as a function instead of a list.

A find has a key made of the listener, the day and its number on that day, and the key decides the track. So what was
heard years ago can be heard again without anything having been kept, and memory does not grow with the days.
"""

from __future__ import annotations

import numpy as np

from ml.listeners.chance import Draw, Floats, Integers, Keys, derived, two_uniforms, uniform, zipf_rank
from ml.listeners.habits import TASTE_STEPS, Population
from ml.listeners.track_pool import BLOCK_DAYS, TrackPool, block_of

FAVOURITE_ARTISTS = 35
FAVOURITE_ORDER = 1.2
"""Exponent of Zipf's law for how a listener prefers one favourite artist to the next."""
FAVOURITE_DAYS = 700
"""How long an artist stays a favourite."""
PHASE_DAYS = 90
"""For so long a listener may be into a genre that is not theirs."""
LONGEST_PHASE = 0.4
"""Most of the finds that a phase takes over."""
NEW_RELEASES = 0.2
"""Share of the finds that are looked for among new releases."""
RECENT = 0.4
"""Share of the plays of known tracks that look back on a logarithmic scale; the others on a linear one."""
RECENT_DAYS = 90
LOVE_ORDER = 1.1
"""Exponent of Zipf's law for how often the finds of one month are heard again."""
STRIDE = 37
"""Puts the finds of a month into the order in which they are loved; a prime above what a day finds."""
QUIET_DAYS = 2
"""How many days without music in a row are told apart."""
MOST_FINDS_A_DAY = 24
SAME_GENRE = 0.6
"""Share of the finds of a day that keep to one genre."""


def finds_a_day(population: Population) -> Integers:
    """How many tracks each listener finds on a usual day, at least one."""
    plays = population.active_share * population.sessions_per_day * population.session_length
    return np.clip(np.rint(plays * population.explore_rate), 1, MOST_FINDS_A_DAY).astype(np.int64)


def looked_back(population: Population, listener: Integers, day: Integers, how: Floats, far: Floats) -> Integers:
    """The month of finds that a listener goes back to, named by its last day; `how` and `far` are uniform."""
    memory = population.memory_days[listener]
    recent = np.exp(far * np.log(np.minimum(memory, RECENT_DAYS)))
    return day - np.where(how < RECENT, recent, 1.0 + far * memory).astype(np.int64)


def known_find(
    population: Population, listener: Integers, last_day: Integers, love: Floats, finds: Integers
) -> tuple[Integers, Integers]:
    """Day and number of one of the finds of the BLOCK_DAYS days up to `last_day`, the loved ones more often.

    `finds` are those that the listener makes a day. What is loved in a month does not depend on the day on which one
    looks back: months are those of a calendar of BLOCK_DAYS days.
    """
    rank = zipf_rank(BLOCK_DAYS * finds, love, LOVE_ORDER)
    number = (rank * STRIDE + population.own_number[listener] + last_day // BLOCK_DAYS) % (BLOCK_DAYS * finds)
    day, place = np.divmod(number, finds)
    day += last_day // BLOCK_DAYS * BLOCK_DAYS
    # What lies ahead was found a month before, and what would have been found on a day without music, the day before.
    day = np.where(day > last_day, day - BLOCK_DAYS, day)
    for _ in range(QUIET_DAYS):
        day -= ~population.likely_listens(listener, day)
    return day, place


def tracks_of_finds(
    population: Population, pool: TrackPool, listener: Integers, day: Integers, number: Integers
) -> Integers:
    """The track of each find: its genre by taste, within that by attention, out by that day."""
    key = derived(population.keys[listener], Draw.FIND, day, number)
    new, which = two_uniforms(key, Draw.TRACK)
    genre = _genres(population, pool, listener, day, key)
    return pool.draw_from_genre(genre, block_of(day), new < NEW_RELEASES, which)


def tracks_of_favourites(
    population: Population, pool: TrackPool, listener: Integers, day: Integers, uniforms: tuple[Floats, Floats]
) -> Integers:
    """A track of one of the listener's favourite artists of that day: each gives way to another after FAVOURITE_DAYS.

    The first of the `uniforms` decides the artist, the second the track.
    """
    which, track = uniforms
    rank = zipf_rank(FAVOURITE_ARTISTS, which, FAVOURITE_ORDER)
    turn = rank * (FAVOURITE_DAYS // FAVOURITE_ARTISTS)
    generation = (day + turn) // FAVOURITE_DAYS
    key = derived(population.keys[listener], Draw.FAVOURITE, rank, generation)
    genre, artist = two_uniforms(key, Draw.FAVOURITE)
    of_taste = population.taste[listener, (genre * TASTE_STEPS).astype(np.int64)]
    known_by = block_of(generation * FAVOURITE_DAYS - turn)
    favourite = pool.artist[pool.draw_from_genre(of_taste, known_by, np.zeros(len(rank), dtype=bool), artist)]
    return pool.draw_from_artist(favourite, block_of(day), track)


def _genres(population: Population, pool: TrackPool, listener: Integers, day: Integers, key: Keys) -> Integers:
    """A genre of the taste, often the one of the day; in a phase now and then one from outside."""
    shared, own = two_uniforms(key, Draw.GENRE)
    of_day = uniform(derived(population.keys[listener], Draw.GENRE, day), Draw.GENRE)
    step = np.where(shared < SAME_GENRE, of_day, own)
    strength, strange = two_uniforms(derived(population.keys[listener], Draw.PHASE, day // PHASE_DAYS), Draw.PHASE)
    in_phase = uniform(key, Draw.PHASE) < LONGEST_PHASE * strength**2
    usual = population.taste[listener, (step * TASTE_STEPS).astype(np.int64)]
    return np.where(in_phase, (strange * len(pool.genres)).astype(np.int64), usual)
