"""What one listener really played over four years: the truth that every source sees a part of.

All arithmetic is on whole columns; times are milliseconds since 1970 in UTC. What a source makes of a play is in
observe_spotify.py and observe_scrobblers.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from benches.merge.catalogue import Catalogue, Integers

Booleans = npt.NDArray[np.bool_]

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
YEAR = 365 * DAY
BEGIN = int(datetime(2015, 3, 1, tzinfo=UTC).timestamp()) * SECOND
YEARS = 4
DEVICES = 4

PLAYS_PER_SESSION = 9
# Weight of each hour (UTC) as the begin of a session: evenings, and enough nights to cross midnight and clock changes.
HOUR_WEIGHTS = (3, 2, 1, 1, 1, 2, 4, 7, 6, 4, 4, 4, 5, 5, 5, 5, 6, 8, 9, 9, 8, 7, 6, 4)


@dataclass(frozen=True)
class Plays:
    """One entry a play, in order of time; the position is the play's identity."""

    track: Integers
    """Position in the catalogue."""
    start: Integers
    end: Integers
    """When the sound stopped; later than start + ms_played when the play was paused."""
    ms_played: Integers
    done: Booleans
    """Played to the end of the track."""
    in_loop: Booleans
    """Same track as its neighbour in the session."""
    device: Integers
    skew: Integers
    """Milliseconds by which the clock of the device was ahead."""
    offline: Booleans
    synced: Integers
    """When an offline play reached the service; `end` for all others."""
    incognito: Booleans
    crossfaded: Booleans
    """Whether the next track began before this one ended."""

    def __len__(self) -> int:
        return len(self.track)


def listen(rng: np.random.Generator, catalogue: Catalogue, plays: int, years: int = YEARS) -> Plays:
    """`plays` plays, none of length zero, in sessions spread over `years` from BEGIN."""
    session = np.cumsum(rng.random(plays) < 1 / PLAYS_PER_SESSION)
    session -= session[0]
    sessions = int(session[-1]) + 1
    track = _tracks(rng, catalogue, plays)
    in_loop = _neighbours_equal(track, session)
    ms_played, done = _lengths(rng, catalogue.duration_ms[track], in_loop)
    wall = ms_played + _pauses(rng, ms_played)
    fade = np.where(rng.random(sessions) < 0.2, rng.integers(1, 13, sessions), 0)[session] * SECOND
    last = np.append(session[1:] != session[:-1], True)  # the last play of all ends a session
    crossfaded = done & ~last & (fade > 0) & (ms_played > 2 * fade)
    step = wall + np.where(crossfaded, -fade, _silences(rng, plays))
    offset = np.cumsum(step) - step
    first = np.flatnonzero(np.append(True, last[:-1]))  # the first play of all begins a session
    offset -= offset[first][session]
    session_start = _session_starts(rng, np.add.reduceat(step, first), years)
    start = session_start[session] + offset
    end = start + wall
    device = np.minimum(rng.geometric(0.5, sessions) - 1, DEVICES - 1)[session]
    offline = (rng.random(sessions) < 0.03)[session]
    session_end = np.maximum.reduceat(end, first)
    reached = session_end + (rng.exponential(6, sessions) * HOUR).astype(np.int64) + MINUTE
    return Plays(
        track=track,
        start=start,
        end=end,
        ms_played=ms_played,
        done=done,
        in_loop=in_loop,
        device=device,
        skew=_skews(rng, device, start),
        offline=offline,
        synced=np.where(offline, reached[session], end),
        incognito=(rng.random(sessions) < 0.015)[session],
        crossfaded=crossfaded,
    )


def _tracks(rng: np.random.Generator, catalogue: Catalogue, plays: int) -> Integers:
    """Popular tracks more often; 1.5 % of the choices are looped 2 to 8 times, 3 % are a namesake of the one before."""
    rank = rng.permutation(len(catalogue))
    weight = 1 / (np.arange(len(catalogue)) + 20) ** 0.8
    chosen = rank[rng.choice(len(catalogue), plays, p=weight / weight.sum())]
    relapse = np.append(False, rng.random(plays - 1) < 0.03)  # nothing stands before the first
    chosen = np.where(relapse, catalogue.sibling[np.roll(chosen, 1)], chosen)
    loop = rng.random(plays) < 0.015
    short = loop & (rng.random(plays) < 0.15)
    if catalogue.interludes.size:
        chosen[short] = rng.choice(catalogue.interludes, int(short.sum()))
    repeats = np.where(loop, rng.integers(2, 9, plays), 1)
    return np.repeat(chosen, repeats)[:plays]


def _neighbours_equal(track: Integers, session: Integers) -> Booleans:
    same = (track[1:] == track[:-1]) & (session[1:] == session[:-1])
    return np.append(same, False) | np.append(False, same)  # the ends have one neighbour


def _lengths(rng: np.random.Generator, duration: Integers, in_loop: Booleans) -> tuple[Integers, Booleans]:
    """Milliseconds played, and whether to the end: 36 % are skips and 9 % broken off, fewer of them in loops."""
    kind = np.where(in_loop, rng.uniform(0.3, 1, len(duration)), rng.random(len(duration)))
    skipped, broken = kind < 0.36, (kind >= 0.36) & (kind < 0.45)
    share = np.where(
        skipped, np.minimum(rng.exponential(0.09, len(duration)), 0.45), rng.uniform(0.3, 0.97, len(duration))
    )
    cut = np.maximum((share * duration).astype(np.int64), SECOND)
    done = ~skipped & ~broken
    return np.where(done, duration, cut), done


def _pauses(rng: np.random.Generator, ms_played: Integers) -> Integers:
    """2 % of the longer plays are paused, for 45 s in the median and half an hour at most."""
    paused = (rng.random(len(ms_played)) < 0.02) & (ms_played > 10 * SECOND)
    length = np.minimum(45 * SECOND * np.exp(1.2 * rng.standard_normal(len(ms_played))), 30 * MINUTE)
    return np.where(paused, length, 0).astype(np.int64)


def _silences(rng: np.random.Generator, plays: int) -> Integers:
    """Tracks follow at once, or after up to two minutes of looking for the next."""
    pause = np.where(rng.random(plays) < 0.05, rng.uniform(5, 120, plays), rng.exponential(0.3, plays))
    return (pause * SECOND).astype(np.int64)


def _session_starts(rng: np.random.Generator, length: Integers, years: int) -> Integers:
    """Wished for by day and hour, then pushed back where the session before still runs."""
    sessions = len(length)
    day = rng.integers(0, years * 365, sessions) * DAY
    weights = np.asarray(HOUR_WEIGHTS, dtype=np.float64)
    hour = rng.choice(24, sessions, p=weights / weights.sum()) * HOUR
    wished = np.sort(BEGIN + day + hour + rng.integers(0, HOUR, sessions))
    taken = np.cumsum(length + 2 * MINUTE)
    before = taken - (length + 2 * MINUTE)
    return before + np.maximum.accumulate(wished - before)


def _skews(rng: np.random.Generator, device: Integers, start: Integers) -> Integers:
    """Each device keeps one error, -20 to 20 s, for a quarter of a year."""
    quarter = (start - BEGIN) // (YEAR // 4)
    error = rng.integers(-20 * SECOND, 20 * SECOND + 1, (DEVICES, int(quarter.max()) + 1))
    return error[device, quarter]
