"""What happens within sessions: which tracks play, and how each play ends.

All plays of many sessions are drawn together; a play is a position in the arrays, a session a run of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.listeners.chance import Draw, Flags, Floats, Integers, Keys, derived, normal, two_uniforms
from ml.listeners.finds import finds_a_day, known_find, looked_back, tracks_of_favourites, tracks_of_finds
from ml.listeners.habits import Population
from ml.listeners.sessions import Sessions
from ml.listeners.track_pool import TrackPool, block_of

SAME_MONTH = 0.5
"""Share of the known tracks of a session that come from the month that the session looks back to."""
OTHER_EDITION = 0.25
"""Share of the plays of a song that take it from its other album, where it is on two."""
NEW_REGIME = 0.25
"""Chance that a play begins another regime: looking for something, when most plays are cut short, or listening."""
SHORT_WHEN_LOOKING = 0.85
SHORT_WHEN_LISTENING = 0.08
EXPLORED_FACTOR = 1.15
"""What comes from outside pleases less often."""
SHORT_MEDIAN_MS = 2_900
SHORT_SPREAD = 1.45
"""Standard deviation of the logarithm of the length of short plays."""
HALF_MINUTE_MS = 30_000
LONG_PAUSES = 0.09
LONG_PAUSE_S = 45.0
LONG_PAUSE_SPREAD = 1.4
LONGEST_PAUSE_S = 1500.0
REASONS = ("trackdone", "fwdbtn", "backbtn", "clickrow", "playbtn", "appload", "endplay", "logout", "unexpected-exit")
CODE = {reason: code for code, reason in enumerate(REASONS)}


@dataclass(frozen=True)
class Places:
    """Where each play stands: its session, its listener, and whether it is the session's first or last."""

    key: Keys
    session: Integers
    listener: Integers
    day: Integers
    first: Flags
    last: Flags

    def __len__(self) -> int:
        return len(self.session)


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


def places_of(sessions: Sessions) -> Places:
    """One place for each play of the sessions, in order."""
    session = np.repeat(np.arange(len(sessions)), sessions.plays)
    end = np.cumsum(sessions.plays)
    begin = end - sessions.plays
    first, last = np.zeros(len(session), dtype=bool), np.zeros(len(session), dtype=bool)
    first[begin], last[end - 1] = True, True
    return Places(
        key=derived(sessions.key[session], Draw.PLAY, np.arange(len(session)) - begin[session]),
        session=session,
        listener=sessions.listener[session],
        day=sessions.day[session],
        first=first,
        last=last,
    )


def choose_tracks(places: Places, sessions: Sessions, population: Population, pool: TrackPool) -> Choice:
    """One track per play: new or known, the artist going on, or the same track again."""
    listener = places.listener
    kind, edition = two_uniforms(places.key, Draw.KIND)
    explore_rate = population.explore_rate[listener]
    explored = kind < explore_rate
    loyal, which = two_uniforms(places.key, Draw.FAVOURITE)
    is_favourite = ~explored & (loyal < population.loyalty[listener])
    day, number = _known(places, sessions, population)
    day = np.where(explored, places.day, day)
    number = np.where(explored, _count_of_day(explored, sessions.day_number[places.session]), number)
    track = np.empty(len(places), dtype=np.int64)
    rows = np.flatnonzero(~is_favourite)
    track[rows] = tracks_of_finds(population, pool, listener[rows], day[rows], number[rows])
    rows = np.flatnonzero(is_favourite)
    # What is left of a number that was compared is uniform again.
    left = ((kind - explore_rate) / (1.0 - explore_rate))[rows]
    track[rows] = tracks_of_favourites(population, pool, listener[rows], places.day[rows], (which[rows], left))

    stay, again = two_uniforms(places.key, Draw.FLOW)
    stays = ~places.first & (stay < population.same_artist_rate[listener])
    block = block_of(places.day)
    track = _stay_with_artist(stays, track, block, pool)
    track = np.where(edition < OTHER_EDITION, pool.in_other_edition(track, block), track)
    looped = ~places.first & (again < population.same_track_rate[listener])
    heard = _last_false(looped)
    return Choice(track=track[heard], explored=explored[heard], looped=looped)


def end_plays(places: Places, choice: Choice, population: Population, duration_ms: Integers) -> Ending:
    """Lengths and reasons: short plays come in runs, and what ends one play starts the next.

    `duration_ms` is that of the track of each play.
    """
    count = len(places)
    before_loop = np.zeros(count, dtype=bool)
    before_loop[:-1] = choice.looped[1:]
    decision, part = two_uniforms(places.key, Draw.ENDING)
    short = (decision < _short_chance(places, choice, population)) & ~before_loop
    finish, why = two_uniforms(places.key, Draw.EARLY)
    done = (finish < population.finish_rate[places.listener]) | before_loop | (duration_ms <= 1.2 * HALF_MINUTE_MS)
    done &= ~short
    short_ms = np.minimum(np.exp(np.log(SHORT_MEDIAN_MS) + SHORT_SPREAD * normal(part)), HALF_MINUTE_MS - 1)
    short_ms = np.minimum(np.maximum(short_ms, 300), 0.9 * duration_ms)
    long_ms = HALF_MINUTE_MS + part * (0.95 * duration_ms - HALF_MINUTE_MS)
    ms_played = np.where(done, duration_ms, np.where(short, short_ms, long_ms)).astype(np.int64)

    leaving = _codes(("endplay", "logout", "unexpected-exit"), (0.7, 0.2, 0.1), why)
    skipping = _codes(("fwdbtn", "backbtn", "endplay"), (0.72, 0.04, 0.24), why)
    reason_end = np.where(done, CODE["trackdone"], np.where(places.last, leaving, skipping))
    opening = _codes(("clickrow", "appload", "playbtn"), (0.6, 0.25, 0.15), part)
    # A track that was left by choosing another one ends as `endplay`; the other begins as a click on its row.
    follow_up = np.where(reason_end == CODE["endplay"], CODE["clickrow"], reason_end)
    return Ending(
        ms_played=ms_played,
        pause_ms=_pauses(places.key),
        reason_start=np.where(places.first, opening, np.roll(follow_up, 1)),
        reason_end=reason_end,
        skipped=~done & ~places.last,
    )


def _known(places: Places, sessions: Sessions, population: Population) -> tuple[Integers, Integers]:
    """Day and number of a find that each play goes back to."""
    of_session = two_uniforms(sessions.key, Draw.LOOK_BACK)
    how, far = two_uniforms(places.key, Draw.LOOK_BACK)
    with_session, love = two_uniforms(places.key, Draw.PLACE)
    together = with_session < SAME_MONTH
    how = np.where(together, of_session[0][places.session], how)
    far = np.where(together, of_session[1][places.session], far)
    last_day = looked_back(population, places.listener, places.day, how, far)
    return known_find(population, places.listener, last_day, love, finds_a_day(population)[places.listener])


def _count_of_day(flags: Flags, day_number: Integers) -> Integers:
    """How many flagged plays of the same day of the listener stand before each play."""
    before = np.cumsum(flags) - flags
    first = np.searchsorted(day_number, day_number) if len(flags) else day_number
    return before - before[first]


def _stay_with_artist(stays: Flags, track: Integers, block: Integers, pool: TrackPool) -> Integers:
    """Plays that stay go on through the tracks of the artist of the last play that did not stay."""
    staying = np.flatnonzero(stays)
    head = _last_false(stays)[staying]
    further = track.copy()
    further[staying] = pool.further_track_of_artist(track[head], block[staying], staying - head)
    return further


def _short_chance(places: Places, choice: Choice, population: Population) -> Floats:
    """Chance of each play to be cut short: high while the listener looks for something, low while they listen."""
    skip_rate = population.skip_rate[places.listener]
    often = (skip_rate - SHORT_WHEN_LISTENING) / (SHORT_WHEN_LOOKING - SHORT_WHEN_LISTENING)
    switch, which = two_uniforms(places.key, Draw.REGIME)
    switches = places.first | (switch < NEW_REGIME)
    looking = (which < often)[_last_false(~switches)]
    listening_chance = np.minimum(SHORT_WHEN_LISTENING, skip_rate)
    return np.where(looking, SHORT_WHEN_LOOKING, listening_chance) * np.where(choice.explored, EXPLORED_FACTOR, 1.0)


def _pauses(key: Keys) -> Integers:
    """Milliseconds of silence after each play: below a second, or now and then minutes."""
    whether, length = two_uniforms(key, Draw.PAUSE)
    long_s = np.minimum(np.exp(np.log(LONG_PAUSE_S) + LONG_PAUSE_SPREAD * normal(length)), LONGEST_PAUSE_S)
    return (np.where(whether < LONG_PAUSES, long_s, length) * 1000).astype(np.int64)


def _codes(reasons: tuple[str, ...], shares: tuple[float, ...], uniforms: Floats) -> Integers:
    codes = np.array([CODE[reason] for reason in reasons])
    return codes[np.searchsorted(np.cumsum(shares)[:-1], uniforms, side="right")]


def _last_false(flags: Flags) -> Integers:
    """For each position the last one at or before it that is not flagged; the first position never is."""
    return np.maximum.accumulate(np.where(flags, 0, np.arange(len(flags))))
