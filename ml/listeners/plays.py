"""Simulated plays: blocks of listeners over runs of days, cut into UTC days.

What is played is decided in sessions.py, finds.py and listening.py. A play depends on the seed, its listener and its
day alone, so blocks, runs and threads can be cut in any way. Files of days are in day_files.py.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from itertools import zip_longest

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ml.listeners.calendar import EPOCH, Calendar, calendar_of
from ml.listeners.chance import Flags, Integers
from ml.listeners.habits import Population, build_population
from ml.listeners.listening import REASONS, choose_tracks, end_plays, places_of
from ml.listeners.population import PLATFORMS
from ml.listeners.sessions import LATE_MS, draw_sessions, spread_sessions
from ml.listeners.track_pool import TrackPool, build_track_pool

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
_TEXTS = {
    "listener_id": pa.int32(),
    "track_id": pa.int32(),
    "track_name": pa.int32(),
    "artist_name": pa.int32(),
    "album_name": pa.int32(),
    "platform": pa.int8(),
    "reason_start": pa.int8(),
    "reason_end": pa.int8(),
}
CODED_SCHEMA = pa.schema(
    [
        pa.field(
            column.name,
            pa.dictionary(_TEXTS[column.name], column.type) if column.name in _TEXTS else column.type,
            # A catalogue need not know albums; everything else is always there.
            nullable=column.name == "album_name",
        )
        for column in PLAYS_SCHEMA
    ]
)
"""PLAYS_SCHEMA with texts in dictionaries: what a block of plays is until someone needs it row by row."""
DAY_MS = 86_400_000
LISTENER_DAYS = 4096
"""How many days of listeners are simulated together: enough for numpy, little enough for the cache."""
LEAST_BLOCKS = 4
"""So many blocks there are of a small population too, for as many threads; files do not hang on how many there are."""
LONGEST_RUN = 32
"""Most days that are simulated together, since their files are written together."""
REACH = 1
"""A UTC day holds plays of the listening days from so many days before it to so many after it."""

DayTables = Mapping[date, pa.Table]
Whole = NDArray[np.signedinteger]
"""Whole numbers of any width: plays are kept in few bytes."""


@dataclass(frozen=True)
class PlayArrays:
    """Plays as numbers: positions of listeners and tracks, codes of reasons, milliseconds since 1970 (UTC)."""

    listener: Whole
    started_ms: Whole
    ms_played: Whole
    track: Whole
    platform: Whole
    reason_start: Whole
    reason_end: Whole
    shuffle: Flags
    skipped: Flags

    def take(self, rows: Integers | Flags | slice) -> PlayArrays:
        return PlayArrays(*(getattr(self, field.name)[rows] for field in fields(self)))

    def followed_by(self, others: PlayArrays) -> PlayArrays:
        return PlayArrays(*(np.concatenate([getattr(self, f.name), getattr(others, f.name)]) for f in fields(self)))


@dataclass(frozen=True)
class World:
    """Everything that plays are drawn from, for the UTC days [first, until)."""

    population: Population
    pool: TrackPool
    calendar: Calendar
    first: date
    until: date


@dataclass
class Block:
    """Some listeners of a world, simulated run by run: `kept` are plays of days that are not complete yet."""

    world: World
    listeners: Integers
    kept: PlayArrays | None = field(default=None)

    def advance(self, run: Sequence[date]) -> DayTables:
        """Simulate a run of listening days, the one after the run before; the plays of the UTC days it completes."""
        plays = simulate_listening_days(self.world, self.listeners, run)
        plays = plays if self.kept is None else self.kept.followed_by(plays)
        utc_day = plays.started_ms // DAY_MS
        # Sorting what is in few runs already is quick if it is stable.
        order = np.argsort(utc_day * len(self.world.population) + plays.listener, kind="stable")
        plays, utc_day = plays.take(order), utc_day[order]
        days = completed_by(self.world, run)
        numbers = [(day - EPOCH).days for day in [*days, run[-1] + timedelta(days=1 - REACH)]]
        bounds = np.searchsorted(utc_day, numbers)
        self.kept = plays.take(slice(int(bounds[-1]), None))
        return {
            day: as_table(plays.take(slice(int(low), int(high))), self.world)
            for day, low, high in zip(days, bounds[:-1], bounds[1:], strict=True)
        }


def simulate_plays(listeners: pa.Table, catalogue: pa.Table, start: date, end: date) -> pa.Table:
    """The plays that begin on the UTC days [start, end), sorted by day, listener and time.

    Days outside the window in which the population is simulated hold no play. Plays of one listener never overlap.
    A play depends on the seed, its listener, its day and the catalogue: other windows and other listeners beside it
    change nothing.

    Raises:
        ValueError: `start` lies after `end`.
        InvalidCatalogueError: the catalogue is empty.
        InvalidListenersError: no listener, several populations, or tastes that do not fit the catalogue.
    """
    world = world_of(listeners, catalogue, start, end)
    tables = [table for _, blocks in simulated_runs(world, threads=1) for days in blocks for table in days.values()]
    if not tables:
        return PLAYS_SCHEMA.empty_table()
    plays = pa.concat_tables([table.cast(PLAYS_SCHEMA) for table in tables])
    # Blocks stand in the order of their listeners within a run.
    return plays.take(np.argsort(plays["play_date"].cast(pa.int32()).to_numpy(), kind="stable")).combine_chunks()


def world_of(listeners: pa.Table, catalogue: pa.Table, start: date, end: date) -> World:
    """What `simulate_plays` draws from; it raises what that raises."""
    if start > end:
        raise ValueError(f"the window begins on {start}, after its end {end}")
    pool = build_track_pool(catalogue)
    population = build_population(listeners, pool)
    first, until = max(start, population.simulated_from), min(end, population.simulated_until)
    until = max(first, until)
    calendar = calendar_of(population, first - timedelta(days=REACH), (until - first).days + 2 * REACH)
    return World(population, pool, calendar, first, until)


def simulated_runs(world: World, *, threads: int) -> Generator[tuple[list[date], Iterator[DayTables]]]:
    """Runs of UTC days, each with the plays of its days block after block, in the order of the listeners.

    Blocks are simulated side by side, one run ahead of the one given here, whose blocks are to be taken to the end.
    """
    blocks, runs = _blocks_and_runs(world)
    with ThreadPoolExecutor(threads) as executor:
        ahead = [executor.submit(block.advance, runs[0]) for block in blocks] if runs else []

        def simulated(following: Sequence[date] | None) -> Iterator[DayTables]:
            for number, block in enumerate(blocks):
                tables = ahead[number].result()
                if following is not None:
                    ahead[number] = executor.submit(block.advance, following)
                yield tables

        for run, following in zip_longest(runs, runs[1:]):
            yield completed_by(world, run), simulated(following)


def completed_by(world: World, run: Sequence[date]) -> list[date]:
    """The UTC days of the world's window that no listening day after the run reaches."""
    days = [day - timedelta(days=REACH) for day in run]
    return [day for day in days if world.first <= day < world.until]


def simulate_listening_days(world: World, listeners: Integers, run: Sequence[date]) -> PlayArrays:
    """The plays of some listeners on a run of listening days, by listener and time; of UTC days in the window only."""
    days = np.array([(day - EPOCH).days for day in run])
    population, pool = world.population, world.pool
    sessions = draw_sessions(population, world.calendar, np.repeat(listeners, len(days)), np.tile(days, len(listeners)))
    places = places_of(sessions)
    choice = choose_tracks(places, sessions, population, pool)
    ending = end_plays(places, choice, population, pool.duration_ms[choice.track])

    occupied = ending.ms_played + ending.pause_ms
    offset = np.cumsum(occupied) - occupied
    first = np.flatnonzero(places.first)
    session_ms = np.add.reduceat(occupied, first) if len(first) else occupied
    begin_ms = spread_sessions(sessions, session_ms)
    day_begins, day_ends = world.calendar.bounds_s(population.zone[sessions.listener], sessions.day)
    begin_ms += day_begins * 1000 - offset[first]
    started_ms = begin_ms[places.session] + offset
    # What would run on for longer into the next listening day is not played: it could meet a session of that day.
    plays = started_ms + ending.ms_played <= (day_ends * 1000 + LATE_MS)[places.session]
    plays &= started_ms >= (world.first - EPOCH).days * DAY_MS
    plays &= started_ms < (world.until - EPOCH).days * DAY_MS
    return PlayArrays(
        listener=places.listener[plays].astype(np.int32),
        started_ms=started_ms[plays],
        ms_played=ending.ms_played[plays].astype(np.int32),
        track=choice.track[plays].astype(np.int32),
        platform=sessions.platform[places.session[plays]].astype(np.int8),
        reason_start=ending.reason_start[plays].astype(np.int8),
        reason_end=ending.reason_end[plays].astype(np.int8),
        shuffle=sessions.shuffle[places.session[plays]],
        skipped=ending.skipped[plays],
    )


def as_table(plays: PlayArrays, world: World) -> pa.Table:
    """The columns of PLAYS_SCHEMA; texts stand in dictionaries of what occurs."""
    started = plays.started_ms * 1000
    columns: dict[str, pa.Array] = {
        "play_date": pa.array((plays.started_ms // DAY_MS).astype(np.int32)).cast(pa.date32()),
        "listener_id": _named(world.population.listener_ids, plays.listener),
        "started_at": pa.array(started).cast(pa.timestamp("us")),
        "ended_at": pa.array(started + plays.ms_played * 1000).cast(pa.timestamp("us")),
        "ms_played": pa.array(plays.ms_played.astype(np.int64)),
        "platform": pa.DictionaryArray.from_arrays(plays.platform, pa.array(PLATFORMS)),
        "reason_start": pa.DictionaryArray.from_arrays(plays.reason_start, pa.array(REASONS)),
        "reason_end": pa.DictionaryArray.from_arrays(plays.reason_end, pa.array(REASONS)),
        "shuffle": pa.array(plays.shuffle),
        "skipped": pa.array(plays.skipped),
    }
    for name, (texts, of_track) in world.pool.texts.items():
        columns[name] = _named(texts, of_track[plays.track])
    return pa.table([columns[name] for name in CODED_SCHEMA.names], schema=CODED_SCHEMA)


def _named(texts: pa.Array, places: Whole) -> pa.DictionaryArray:
    """The text at each place, null at -1, with those texts in the dictionary that occur."""
    missing = places < 0
    occurs = np.zeros(len(texts), dtype=bool)
    occurs[places[~missing]] = True
    codes = (np.cumsum(occurs, dtype=np.int32) - 1)[places] if len(texts) else places.astype(np.int32)
    used = texts.take(pa.array(np.flatnonzero(occurs)))
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=missing), used)


def _blocks_and_runs(world: World) -> tuple[list[Block], list[Sequence[date]]]:
    """Listeners and listening days in portions of about LISTENER_DAYS."""
    listeners = len(world.population)
    size = max(1, min(LISTENER_DAYS, -(-listeners // LEAST_BLOCKS)))
    blocks = [Block(world, np.arange(low, min(low + size, listeners))) for low in range(0, listeners, size)]
    first, count = world.first - timedelta(days=REACH), (world.until - world.first).days + 2 * REACH
    days = [first + timedelta(days=offset) for offset in range(count)] if world.first < world.until else []
    length = max(1, min(LONGEST_RUN, LISTENER_DAYS // size))
    return blocks, [days[low : low + length] for low in range(0, len(days), length)]
