"""Simulated plays: the day loop over `sessions` and `listening`, and the table they end in.

Each listening day has a generator of its own, so a UTC day holds the same plays whatever window was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from ml.listeners.libraries import PLATFORMS, Population, build_population
from ml.listeners.listening import REASONS, Flags, choose_tracks, end_plays
from ml.listeners.sessions import day_bounds, draw_sessions, spread_sessions
from ml.listeners.track_pool import Integers, TrackPool, build_track_pool

PLAYS_SCHEMA = pa.schema(
    [
        ("play_date", pa.date32()),
        ("listener_id", pa.string()),
        ("started_at", pa.timestamp("us")),
        ("ended_at", pa.timestamp("us")),
        ("ms_played", pa.int64()),
        ("track_id", pa.string()),
        ("track_name", pa.string()),
        ("artist_name", pa.string()),
        ("album_name", pa.string()),
        ("platform", pa.string()),
        ("reason_start", pa.string()),
        ("reason_end", pa.string()),
        ("shuffle", pa.bool_()),
        ("skipped", pa.bool_()),
    ]
)
DAY_MS = 86_400_000
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class PlayArrays:
    """Plays as numbers: positions of listeners and tracks, codes of reasons, milliseconds since 1970 (UTC)."""

    listener: Integers
    started_ms: Integers
    ms_played: Integers
    track: Integers
    platform: Integers
    reason_start: Integers
    reason_end: Integers
    shuffle: Flags
    skipped: Flags

    def take(self, rows: Integers | Flags) -> PlayArrays:
        return PlayArrays(*(getattr(self, field.name)[rows] for field in fields(self)))


def simulate_plays(listeners: pa.Table, catalogue: pa.Table, start: date, end: date) -> pa.Table:
    """The plays that begin on the UTC days [start, end), sorted by day, listener and time.

    Days outside the window in which the population is simulated hold no play. Plays of one listener never overlap.
    `simulate_plays(a, c)` equals `simulate_plays(a, b)` followed by `simulate_plays(b, c)`, as long as the listeners
    are the whole population, as `simulate_listeners` returned it, and the catalogue is the same.

    Raises:
        ValueError: `start` lies after `end`.
        InvalidCatalogueError: the catalogue is empty.
        InvalidListenersError: no listener, several populations, or tastes that do not fit the catalogue.
    """
    if start > end:
        raise ValueError(f"the window begins on {start}, after its end {end}")
    pool = build_track_pool(catalogue)
    population = build_population(listeners, pool)
    first, until = max(start, population.simulated_from), min(end, population.simulated_until)
    if first >= until:
        return PLAYS_SCHEMA.empty_table()
    # A listening day begins up to 10 hours before its UTC day and ends up to 16 hours after it.
    listening_days = (first + timedelta(days=offset) for offset in range(-1, (until - first).days + 1))
    days = [_simulate_listening_day(day, population, pool) for day in listening_days]
    plays = PlayArrays(*(np.concatenate([getattr(day, f.name) for day in days]) for f in fields(PlayArrays)))
    day = plays.started_ms // DAY_MS
    plays = plays.take((day >= (first - EPOCH).days) & (day < (until - EPOCH).days))
    order = np.lexsort((plays.started_ms, plays.listener, plays.started_ms // DAY_MS))
    return _as_table(plays.take(order), population, pool)


def _simulate_listening_day(day: date, population: Population, pool: TrackPool) -> PlayArrays:
    rng = np.random.default_rng([population.seed, day.toordinal()])
    sessions = draw_sessions(rng, day, population)
    session = np.repeat(np.arange(len(sessions)), sessions.plays)
    listener = sessions.listener[session]
    choice = choose_tracks(rng, sessions, session, population, pool)
    ending = end_plays(rng, choice, session, population.skip_rate[listener], pool.duration_ms[choice.track])

    occupied = ending.ms_played + ending.pause_ms
    offset = np.cumsum(occupied) - occupied
    session_start = np.cumsum(sessions.plays) - sessions.plays
    session_ms = np.bincount(session, weights=occupied, minlength=len(sessions))
    begin_ms = (spread_sessions(sessions, session_ms / 1000) * 1000).astype(np.int64)
    since_day_began = begin_ms[session] + offset - offset[session_start][session]

    day_begins, day_ends = day_bounds(population.zones, day)
    zone = population.zone[listener]
    started_ms = day_begins[zone] * 1000 + since_day_began
    plays = PlayArrays(
        listener=listener,
        started_ms=started_ms,
        ms_played=ending.ms_played,
        track=choice.track,
        platform=sessions.platform[session],
        reason_start=ending.reason_start,
        reason_end=ending.reason_end,
        shuffle=sessions.shuffle[session],
        skipped=ending.skipped,
    )
    # What would run into the next listening day is not played: it could overlap with a session of that day.
    return plays.take(started_ms + ending.ms_played <= day_ends[zone] * 1000)


def _as_table(plays: PlayArrays, population: Population, pool: TrackPool) -> pa.Table:
    tracks = pool.table.take(pa.array(plays.track))
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "play_date": pa.array((plays.started_ms // DAY_MS).astype(np.int32)).cast(pa.date32()),
        "listener_id": population.listener_ids.take(pa.array(plays.listener)),
        "started_at": _timestamps(plays.started_ms),
        "ended_at": _timestamps(plays.started_ms + plays.ms_played),
        "ms_played": pa.array(plays.ms_played),
        "platform": pa.array(PLATFORMS).take(pa.array(plays.platform)),
        "reason_start": pa.array(REASONS).take(pa.array(plays.reason_start)),
        "reason_end": pa.array(REASONS).take(pa.array(plays.reason_end)),
        "shuffle": pa.array(plays.shuffle),
        "skipped": pa.array(plays.skipped),
    } | {name: tracks[name] for name in ("track_id", "track_name", "artist_name", "album_name")}
    return pa.table([columns[field.name] for field in PLAYS_SCHEMA], schema=PLAYS_SCHEMA)


def _timestamps(milliseconds: Integers) -> pa.Array:
    return pa.array(milliseconds * 1000).cast(pa.timestamp("us"))
