"""The simulated listeners as arrays: habits, tastes, and the library each returns to.

A library belongs to its listener for good: it is seeded by the listener's id and the population's seed alone.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from ml.arrow import encode
from ml.errors import InvalidListenersError
from ml.listeners.track_pool import Floats, Integers, TrackPool

ARTIST_LIKING = 1.2
"""Spread (standard deviation of a log-normal) of how much a listener likes one artist more than another."""
TITLE_ORDER = 0.65
"""Exponent of Zipf's law for how often the tracks of a library come round."""
PLATFORMS = ("android", "ios", "windows", "osx", "web_player", "cast to device")
PLATFORM_SHARES = (0.34, 0.30, 0.14, 0.09, 0.08, 0.05)


@dataclass(frozen=True)
class Libraries:
    """Tracks of every library, best loved first, listener after listener; and the same sorted by genre within each."""

    tracks: Integers
    start: Integers
    size: Integers
    tracks_by_genre: Integers
    genre_start: Integers
    """Shape (listeners, genres)."""
    genre_size: Integers

    def draw(self, listener: Integers, uniform: Floats) -> Integers:
        """One track of each listener's whole library, by Zipf's law of its rank."""
        return self.tracks[self.start[listener] + zipf_rank(self.size[listener], uniform)]

    def draw_from_genre(self, listener: Integers, genre: Integers, uniform: Floats) -> Integers:
        """The same within one genre; only where genre_size is above zero."""
        rank = zipf_rank(self.genre_size[listener, genre], uniform)
        return self.tracks_by_genre[self.genre_start[listener, genre] + rank]


@dataclass(frozen=True)
class Population:
    """Listeners 0 to n-1 by listener id, with what `simulate_plays` needs to know of them."""

    listener_ids: pa.Array
    seed: int
    simulated_from: date
    simulated_until: date
    zones: tuple[str, ...]
    zone: Integers
    taste: Floats
    """Running sums over the genres of the pool, shape (listeners, genres); the last column is 1."""
    sessions_per_day: Floats
    session_length: Floats
    skip_rate: Floats
    explore_rate: Floats
    peak_hour: Floats
    platform: Integers
    libraries: Libraries

    def __len__(self) -> int:
        return len(self.zone)

    def draw_genre(self, listener: Integers, uniform: Floats) -> Integers:
        """One genre of each given listener's taste."""
        return np.minimum((uniform[:, None] >= self.taste[listener]).sum(axis=1), self.taste.shape[1] - 1)


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
    seed: int = listeners["seed"][0].as_py()
    ids = listeners["listener_id"].to_pylist()
    taste = _tastes(ids, listeners["taste"].to_pylist(), pool.genres)
    zones, zone = encode(listeners["timezone"])
    libraries, platform = _libraries_and_platforms(ids, seed, taste, listeners["library_size"].to_numpy(), pool)
    running = np.cumsum(taste, axis=1)
    running[:, -1] = 1.0
    return Population(
        listener_ids=listeners["listener_id"].combine_chunks(),
        seed=seed,
        simulated_from=listeners["simulated_from"][0].as_py(),
        simulated_until=listeners["simulated_until"][0].as_py(),
        zones=tuple(zones),
        zone=zone,
        taste=running,
        sessions_per_day=listeners["sessions_per_day"].to_numpy(),
        session_length=listeners["session_length"].to_numpy(),
        skip_rate=listeners["skip_rate"].to_numpy(),
        explore_rate=listeners["explore_rate"].to_numpy(),
        peak_hour=listeners["peak_hour"].to_numpy(),
        platform=platform,
        libraries=libraries,
    )


def zipf_rank(size: Integers, uniform: Floats) -> Integers:
    """Zero-based ranks below `size`, by the continuous approximation of Zipf's law with exponent TITLE_ORDER."""
    power = 1.0 - TITLE_ORDER
    rank = (((size + 1.0) ** power - 1.0) * uniform + 1.0) ** (1.0 / power)
    return np.minimum(rank.astype(np.int64) - 1, size - 1)


def _check_one_value(listeners: pa.Table, name: str) -> None:
    values = listeners[name].unique().to_pylist()
    if len(values) != 1:
        several = ", ".join(str(value) for value in values[:5])
        raise InvalidListenersError(f"the listeners belong to several populations: {name} is {several}")


def _tastes(listener_ids: list[str], tastes: list[str], genres: tuple[str, ...]) -> Floats:
    """Weights over the genres of the pool, shape (listeners, genres), rows summing to 1."""
    weights = np.array([[json.loads(taste).get(genre, 0.0) for genre in genres] for taste in tastes])
    total = weights.sum(axis=1)
    if (total <= 0).any():
        stranger = listener_ids[int(np.argmin(total))]
        raise InvalidListenersError(f"the taste of {stranger} names no genre of the catalogue")
    return weights / total[:, None]


def _libraries_and_platforms(
    listener_ids: list[str], seed: int, taste: Floats, sizes: Integers, pool: TrackPool
) -> tuple[Libraries, Integers]:
    """Weighted sampling without replacement, by adding Gumbel noise to log weights and keeping the highest."""
    chosen: list[Integers] = []
    platform = np.empty(len(listener_ids), dtype=np.int64)
    with np.errstate(divide="ignore"):
        log_taste = np.log(taste)
    for listener, listener_id in enumerate(listener_ids):
        rng = np.random.default_rng([seed, zlib.crc32(listener_id.encode())])
        liking = rng.normal(0.0, ARTIST_LIKING, pool.artists)[pool.artist]
        appeal = log_taste[listener, pool.genre] + pool.log_attention + liking + rng.gumbel(size=len(pool))
        size = min(int(sizes[listener]), int(np.isfinite(appeal).sum()))
        best = np.argpartition(-appeal, size - 1)[:size]
        chosen.append(best[np.argsort(-appeal[best], kind="stable")])
        platform[listener] = rng.choice(len(PLATFORMS), p=PLATFORM_SHARES)
    return _lay_out(chosen, pool), platform


def _lay_out(chosen: list[Integers], pool: TrackPool) -> Libraries:
    tracks = np.concatenate(chosen)
    size = np.array([len(library) for library in chosen])
    owner = np.repeat(np.arange(len(chosen)), size)
    cell = owner * len(pool.genres) + pool.genre[tracks]
    genre_size = np.bincount(cell, minlength=len(chosen) * len(pool.genres))
    shape = (len(chosen), len(pool.genres))
    return Libraries(
        tracks=tracks,
        start=np.cumsum(size) - size,
        size=size,
        tracks_by_genre=tracks[np.argsort(cell, kind="stable")],
        genre_start=(np.cumsum(genre_size) - genre_size).reshape(shape),
        genre_size=genre_size.reshape(shape),
    )
