"""The simulated listeners as arrays: what the table of listeners says, ready to be drawn with.

What they do with their habits is in calendar.py, sessions.py, finds.py and listening.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import available_timezones

import numpy as np
import pyarrow as pa

from ml.arrow import encode
from ml.errors import InvalidListenersError
from ml.listeners.chance import Draw, Flags, Floats, Integers, Keys, derived, keys_of, two_uniforms, uniform
from ml.listeners.population import PLATFORMS
from ml.listeners.track_pool import TrackPool

TASTE_STEPS = 64
"""A taste is kept as so many places, each with a genre: one look into a table draws one."""


@dataclass(frozen=True)
class Population:
    """Listeners 0 to n-1 by listener id; floats and integers of shape (n,) unless said otherwise."""

    listener_ids: pa.Array
    keys: Keys
    simulated_from: date
    simulated_until: date
    countries: tuple[str, ...]
    country: Integers
    zones: tuple[str, ...]
    zone: Integers
    taste: Integers
    """Genres of the pool, shape (n, TASTE_STEPS)."""
    platform: Integers
    active_share: Floats
    sessions_per_day: Floats
    session_length: Floats
    skip_rate: Floats
    finish_rate: Floats
    explore_rate: Floats
    memory_days: Floats
    loyalty: Floats
    same_artist_rate: Floats
    same_track_rate: Floats
    shuffle_rate: Floats
    peak_hour: Floats
    hour_spread: Floats
    weekend_factor: Floats

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def own_number(self) -> Integers:
        """A number that tells listeners apart, from 0 to 999."""
        return (uniform(self.keys, Draw.PHASE) * 1000).astype(np.int64)

    def day_keys(self, listener: Integers, day: Integers) -> Keys:
        return derived(self.keys[listener], Draw.DAY, day)

    def likely_listens(self, listener: Integers, day: Integers) -> Flags:
        """Whether the listener has music on that day, weekends, holidays and vacations left aside."""
        return two_uniforms(self.day_keys(listener, day), Draw.MOOD)[0] < self.active_share[listener]


HABITS = (
    "active_share",
    "sessions_per_day",
    "session_length",
    "skip_rate",
    "finish_rate",
    "explore_rate",
    "memory_days",
    "loyalty",
    "same_artist_rate",
    "same_track_rate",
    "shuffle_rate",
    "peak_hour",
    "hour_spread",
    "weekend_factor",
)


def build_population(listeners: pa.Table, pool: TrackPool) -> Population:
    """The arrays of a table of SYNTHETIC_LISTENERS columns.

    Raises:
        InvalidListenersError: no listener, several populations, or a taste that names no genre of the pool.
    """
    if listeners.num_rows == 0:
        raise InvalidListenersError("there are no simulated listeners")
    listeners = listeners.sort_by("listener_id").combine_chunks()
    for name in ("seed", "simulated_from", "simulated_until"):
        _check_one_value(listeners, name)
    ids: list[str] = listeners["listener_id"].to_pylist()
    _check_known(ids, listeners)
    countries, country = encode(listeners["country"])
    zones, zone = encode(listeners["timezone"])
    return Population(
        listener_ids=listeners["listener_id"].combine_chunks(),
        keys=keys_of(listeners["seed"][0].as_py(), ids),
        simulated_from=listeners["simulated_from"][0].as_py(),
        simulated_until=listeners["simulated_until"][0].as_py(),
        countries=tuple(countries),
        country=country,
        zones=tuple(zones),
        zone=zone,
        taste=_in_steps(_tastes(ids, listeners["taste"].to_pylist(), pool.genres)),
        platform=np.array([PLATFORMS.index(platform) for platform in listeners["platform"].to_pylist()]),
        **{name: listeners[name].to_numpy() for name in HABITS},
    )


def _check_known(ids: list[str], listeners: pa.Table) -> None:
    if len(set(ids)) < len(ids):
        raise InvalidListenersError("a simulated listener stands there twice")
    for name, known in (("timezone", available_timezones()), ("platform", PLATFORMS)):
        strange = sorted(set(listeners[name].to_pylist()) - set(known), key=str)
        if strange:
            raise InvalidListenersError(f"{name} of a simulated listener is {strange[0]}, which is not known")


def _check_one_value(listeners: pa.Table, name: str) -> None:
    values = listeners[name].unique().to_pylist()
    if len(values) != 1:
        several = ", ".join(str(value) for value in values[:5])
        raise InvalidListenersError(f"the listeners belong to several populations: {name} is {several}")


def _tastes(listener_ids: list[str], tastes: list[str], genres: tuple[str, ...]) -> Floats:
    """Weights over the genres of the pool, shape (listeners, genres), rows summing to 1."""
    place = {genre: number for number, genre in enumerate(genres)}
    weights = np.zeros((len(tastes), len(genres)))
    for row, taste in enumerate(tastes):
        for genre, weight in json.loads(taste).items():
            if genre in place:
                weights[row, place[genre]] = weight
    total = weights.sum(axis=1)
    if (total <= 0).any():
        stranger = listener_ids[int(np.argmin(total))]
        raise InvalidListenersError(f"the taste of {stranger} names no genre of the catalogue")
    return weights / total[:, None]


def _in_steps(tastes: Floats) -> Integers:
    """Each genre as often as its weight says, shape (listeners, TASTE_STEPS)."""
    running = np.rint(np.cumsum(tastes, axis=1) * TASTE_STEPS).astype(np.int64)
    running[:, -1] = TASTE_STEPS
    counts = np.diff(running, axis=1, prepend=0)
    genre = np.tile(np.arange(tastes.shape[1]), len(tastes))
    return np.repeat(genre, counts.ravel()).reshape(len(tastes), TASTE_STEPS)
