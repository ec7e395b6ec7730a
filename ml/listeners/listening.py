"""What happens within the sessions of one listening day: which tracks play, and how each play ends.

All plays of all listeners of the day are drawn together; a play is a position in the arrays, a session a run of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.listeners.libraries import Population
from ml.listeners.sessions import Sessions
from ml.listeners.track_pool import Floats, Integers, TrackPool

SAME_GENRE = 0.6
"""Share of the library plays of a session that keep to the session's genre."""
SAME_ARTIST = 0.12
"""Chance that a play goes on with the artist of the play before."""
SAME_TRACK = 0.03
"""Chance that a play starts a track over."""
SHORT_SKIP = 0.82
"""Share of the skips that come within the first half minute."""
HALF_MINUTE_MS = 30_000
REASONS = ("trackdone", "fwdbtn", "backbtn", "clickrow", "playbtn", "appload", "endplay", "logout", "unexpected-exit")
CODE = {reason: code for code, reason in enumerate(REASONS)}

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Choice:
    """The track of each play, whether it came from outside the library, and whether it starts the last one over."""

    track: Integers
    explored: Flags
    looped: Flags


@dataclass(frozen=True)
class Ending:
    """How each play begins and ends (codes of REASONS), how long it lasts and the silence after it, milliseconds."""

    ms_played: Integers
    pause_ms: Integers
    reason_start: Integers
    reason_end: Integers
    skipped: Flags


def choose_tracks(
    rng: np.random.Generator, sessions: Sessions, session: Integers, population: Population, pool: TrackPool
) -> Choice:
    """One track per play; `session` says to which session each play belongs, in order."""
    count = len(session)
    listener, genre = sessions.listener[session], sessions.genre[session]
    libraries = population.libraries
    explored = rng.random(count) < population.explore_rate[listener]

    uniform = rng.random(count)
    track = libraries.draw(listener, uniform)
    in_genre = (rng.random(count) < SAME_GENRE) & (libraries.genre_size[listener, genre] > 0)
    track[in_genre] = libraries.draw_from_genre(listener[in_genre], genre[in_genre], uniform[in_genre])
    elsewhere = np.where(rng.random(count) < SAME_GENRE, genre, population.draw_genre(listener, rng.random(count)))
    track[explored] = pool.draw_from_genre(elsewhere, uniform)[explored]

    follows = np.zeros(count, dtype=bool)
    follows[1:] = session[1:] == session[:-1]
    track = _stay_with_artist(follows & (rng.random(count) < SAME_ARTIST), track, pool)
    looped = follows & (rng.random(count) < SAME_TRACK)
    return Choice(track=track[_last_false(looped)], explored=explored[_last_false(looped)], looped=looped)


def end_plays(
    rng: np.random.Generator, choice: Choice, session: Integers, skip_rate: Floats, duration_ms: Integers
) -> Ending:
    """Lengths and reasons: most plays run to the end, skips are short, and what ends one play starts the next.

    `session`, `skip_rate` of the listener and `duration_ms` of the track are those of each play.
    """
    count = len(session)
    first, last, before_loop = (np.zeros(count, dtype=bool) for _ in range(3))
    first[0:1], last[-1:] = True, True
    first[1:] = session[1:] != session[:-1]
    last[:-1] = first[1:]
    before_loop[:-1] = choice.looped[1:]

    # What comes from outside the library pleases less often.
    skip_chance = skip_rate * np.where(choice.explored, 1.3, 0.95)
    early = rng.random(count) < np.where(last, 0.5, skip_chance)
    early &= ~before_loop
    ms_played = np.where(early, _early_ms(rng, duration_ms, last), duration_ms)
    leaving = rng.choice([CODE["endplay"], CODE["logout"], CODE["unexpected-exit"]], count, p=[0.7, 0.2, 0.1])
    skipping = rng.choice([CODE["fwdbtn"], CODE["backbtn"], CODE["endplay"]], count, p=[0.82, 0.04, 0.14])
    reason_end = np.where(early, np.where(last, leaving, skipping), CODE["trackdone"])

    opening = rng.choice([CODE["clickrow"], CODE["appload"], CODE["playbtn"]], count, p=[0.6, 0.25, 0.15])
    # A track that was left by choosing another one ends as `endplay`; the other begins as a click on its row.
    follow_up = np.where(reason_end == CODE["endplay"], CODE["clickrow"], reason_end)
    reason_start = np.where(first, opening, np.roll(follow_up, 1))
    pause_s = np.where(rng.random(count) < 0.03, np.minimum(rng.exponential(240.0, count), 1500.0), rng.random(count))
    return Ending(
        ms_played=ms_played,
        pause_ms=(pause_s * 1000).astype(np.int64),
        reason_start=reason_start,
        reason_end=reason_end,
        skipped=early & ~last,
    )


def _stay_with_artist(stays: Flags, track: Integers, pool: TrackPool) -> Integers:
    """Plays that stay go on through the tracks of the artist of the last play that did not stay."""
    head = _last_false(stays)
    steps = np.arange(len(track)) - head
    further = pool.further_track_of_artist(track[head], steps)
    # With a single track there is nothing to go on with.
    alone = pool.artist_size[pool.artist[track[head]]] < 2
    return np.where(stays & ~alone, further, track)


def _last_false(flags: Flags) -> Integers:
    """For each position the last one at or before it that is not flagged; the first position never is."""
    return np.maximum.accumulate(np.where(flags, 0, np.arange(len(flags))))


def _early_ms(rng: np.random.Generator, duration: Integers, last: Flags) -> Integers:
    """Milliseconds of plays that end before their track does, always less than its duration."""
    count = len(duration)
    short = np.minimum(np.clip(rng.lognormal(np.log(6_000), 1.0, count), 300, HALF_MINUTE_MS - 1), 0.9 * duration)
    part = rng.random(count)
    late = HALF_MINUTE_MS + part * (0.95 * duration - HALF_MINUTE_MS)
    is_short = ((rng.random(count) < SHORT_SKIP) & ~last) | (duration <= 1.2 * HALF_MINUTE_MS)
    anywhere = (0.02 + 0.95 * part) * duration
    return np.where(last, anywhere, np.where(is_short, short, late)).astype(np.int64)
