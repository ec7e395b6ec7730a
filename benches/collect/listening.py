"""Listeners who do what makes collecting hard: they listen for hours, and their plays are disturbed.

Late and out-of-order plays, stretches heard offline, private sessions, plays that end in one moment, local files,
tracks that were removed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pyarrow as pa

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tunegenie_assets.sandbox.build import world_from
from tunegenie_assets.sandbox.world import LocalFile, PlayEvent, Track, World

ARTISTS = 300
SESSIONS_A_DAY = (5.0, 4.0, 2.0, 1.0)
"""Of the listeners, the heaviest first: more than 250 plays on the longest day of the first, 25 on any of the last."""
# Every day: twice the share, and half of the days of a vacation are all of them.
HABITS = {"active_share": 2.0, "weekend_factor": 1.0, "session_length": 30.0, "skip_rate": 0.1, "finish_rate": 0.95}
HISTORY = timedelta(days=3)
"""Played before the first poll."""

LATE, FAR_TOO_LATE, OFFLINE, PRIVATE, SAME_END, LOCAL, REMOVED = 0.03, 0.002, 0.003, 0.003, 0.01, 0.01, 0.005
"""How often each begins at a play."""
STRETCH = (5, 15)
"""Plays that are heard offline, or in a private session, in a row."""
_LATE_MINUTES = (20, 300)
_FAR_TOO_LATE_HOURS = (30, 60)
_REHEARSALS = tuple(LocalFile(f"Rehearsal, Take {take}", "Four Friends", "In the Garage", 200_000) for take in range(5))


def heavy_listeners(seed: int, *, listeners: int, begin: datetime, days: int) -> World:
    """The first so many of SESSIONS_A_DAY, with plays for `days` from `begin`, an aware UTC time."""
    first = (begin - HISTORY).date()
    until = first + timedelta(days=days + HISTORY.days + 3)
    catalogue = generate_catalogue(seed, artists=ARTISTS)
    population = simulate_listeners(PopulationSpec(listeners, seed, first, until), catalogue)
    habits = {"sessions_per_day": SESSIONS_A_DAY[:listeners]}
    habits |= {name: (value,) * listeners for name, value in HABITS.items()}
    for name, values in habits.items():
        population = population.set_column(population.schema.get_field_index(name), name, pa.array(values))
    plays = simulate_plays(population, catalogue, first, until)
    names = population["listener_id"].to_pylist()
    world = world_from(catalogue, plays, population, connected=names, now=begin)
    for account in world.accounts.values():
        random = Random(f"{seed} {account.listener_id}")
        account.plays = disturbed(account.plays, random)
    return world


def disturbed(plays: Sequence[PlayEvent], random: Random) -> list[PlayEvent]:
    """The plays, which are sorted by their ends, as a service would come to know them."""
    told: list[PlayEvent] = []
    rest = list(plays)
    while rest:
        kind = _kind(random)
        size = random.randint(*STRETCH) if kind in ("offline", "private") else 1
        stretch, rest = rest[:size], rest[size:]
        if kind == "same_end" and rest and _differ(stretch[0], rest[0]):
            stretch = [replace(stretch[0], ended_at=rest[0].ended_at)]
        told += _disturbed(stretch, kind, random)
    return told


def _kind(random: Random) -> str:
    kinds = {
        "late": LATE,
        "far_too_late": FAR_TOO_LATE,
        "offline": OFFLINE,
        "private": PRIVATE,
        "same_end": SAME_END,
        "local": LOCAL,
        "removed": REMOVED,
    }
    names = [*kinds, "as_heard"]
    return random.choices(names, [*kinds.values(), 1 - sum(kinds.values())])[0]


def _disturbed(stretch: list[PlayEvent], kind: str, random: Random) -> list[PlayEvent]:
    last = stretch[-1].ended_at
    match kind:
        case "late" | "offline":
            arrives_at = last + timedelta(minutes=random.uniform(*_LATE_MINUTES))
            return [replace(play, visible_from=arrives_at) for play in stretch]
        case "far_too_late":
            arrives_at = last + timedelta(hours=random.uniform(*_FAR_TOO_LATE_HOURS))
            return [replace(play, visible_from=arrives_at) for play in stretch]
        case "private":
            return [replace(play, private_session=True) for play in stretch]
        case "local":
            return [replace(play, item=random.choice(_REHEARSALS), context=None) for play in stretch]
        case "removed":
            return [replace(play, item=None) for play in stretch]
        case _:
            return stretch


def _differ(play: PlayEvent, following: PlayEvent) -> bool:
    both = (play.item, following.item)
    return all(isinstance(item, Track) for item in both) and both[0] != both[1]
