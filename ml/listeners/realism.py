"""How much a history looks like listening: figures of one listener, and how a population's compare with real people's.

Real are three published extended histories of Spotify (36,000, 31,000 and 23,000 rows), of which only the figures below
are kept. What is done about a figure that does not fit is for checks and benches to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from ml.arrow import encode
from ml.listeners.chance import Flags, Floats, Integers

DAY_MS = 86_400_000
YEAR_DAYS = 365
SESSION_PAUSE_MS = 1_800_000
HALF_MINUTE_MS = 30_000
FAVOURITES = 10
RANKS = 1000
"""Of so many tracks, the most played, the slope of frequency over rank is taken."""
TRIPLES = 10_000
"""Random triples of listeners whose ranges stand beside the range of the three."""
FEWEST = 20
"""Of fewer listeners a figure says little."""
UNUSUAL = 0.025
"""Of the triples, on either side: a range that so few of them fall short of, or exceed, stands out."""
USUAL = 0.95
"""The real archive is like a listener of the population if it is no further away than this share of them."""


@dataclass(frozen=True)
class Real:
    """What a figure is among the three, from the least to the most, and what it means."""

    least: float
    most: float
    meaning: str
    years: float = 0.0
    """A history must be so long before the figure says something."""


REAL: Mapping[str, Real] = {
    "plays_a_day": Real(14, 21, "plays on an active day, median"),
    "plays_a_full_day": Real(49, 76, "plays on an active day, 90th percentile"),
    "session_plays": Real(7, 12, "plays in a session, median"),
    "long_session_plays": Real(32, 48, "plays in a session, 90th percentile"),
    "short_share": Real(0.31, 0.47, "share of plays under 30 seconds"),
    "done_share": Real(0.13, 0.55, "share of plays that ran to the end"),
    "repeat_share": Real(0.67, 0.88, "share of plays of a track heard before", years=2),
    "new_share": Real(0.18, 0.23, "share of plays that open a new track, last year", years=2),
    "same_artist_share": Real(0.13, 0.24, "share of plays by the artist of the play before"),
    "same_track_share": Real(0.03, 0.09, "share of plays of the track of the play before"),
    "favourites_share": Real(0.07, 0.30, "share of plays of the ten favourite artists", years=2),
    "hour_entropy": Real(3.98, 4.33, "entropy of the hour of day (UTC), bits", years=1),
    "weekend_share": Real(0.22, 0.29, "share of plays at weekends (UTC)"),
}

PROBABILITIES = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
ARCHIVE_QUANTILES: Mapping[str, Floats] = {
    "session_length": np.array([1, 1, 1, 2, 4, 7, 10, 15, 22, 32, 43], dtype=np.float64),
    # Seconds from the begin of a play to the begin of the next.
    "play_gap": np.array([1.0, 1.7, 8.4, 48.1, 152.5, 190.1, 213.8, 236.0, 269.2, 549.0, 16786.7]),
}
"""Of the longest of the three, at PROBABILITIES."""
ARCHIVE_SLOPE = -0.637
MEANINGS: Mapping[str, str] = {
    "session_length": "plays in a session",
    "play_gap": "from the begin of a play to the next",
    "rank_slope": "slope of plays over rank, 1,000 tracks",
}
"""What the distributions are that the archive is compared in."""


@dataclass(frozen=True)
class History:
    """The plays of one listener in the order of their begins, at least one; shape (plays,)."""

    started_ms: Integers
    """Milliseconds since 1970, UTC."""
    ms_played: Integers
    track: Integers
    """Any number that stands for the track; so with the artist."""
    artist: Integers
    done: Flags
    """Ran to the end."""


@dataclass(frozen=True)
class Judged:
    """One figure of a population beside the three."""

    figure: str
    real: Real
    median: float
    spread: float
    """Mean range of three listeners of the population over the range of the three people."""
    narrower_share: float
    """Of the triples, those whose range is smaller than that of the three."""

    @property
    def is_inside(self) -> bool:
        return self.real.least <= self.median <= self.real.most

    @property
    def differs_alike(self) -> bool:
        """Whether the three people could be three of the population, judged by how much they differ."""
        return UNUSUAL <= self.narrower_share <= 1 - UNUSUAL


@dataclass(frozen=True)
class Likeness:
    """How far the real archive lies from a population, and how many of its listeners lie nearer."""

    distribution: str
    distance: float
    nearer_share: float

    @property
    def is_usual(self) -> bool:
        return self.nearer_share <= USUAL


def histories_of(plays: pa.Table) -> list[History]:
    """The history of each listener, by listener id.

    `plays` has the columns listener_id, started_at (naive UTC), ms_played, track_id, artist_name and reason_end.
    """
    listeners, listener = encode(plays["listener_id"])
    if not listeners:
        return []
    started_ms = plays["started_at"].cast(pa.timestamp("ms"), safe=False).cast(pa.int64()).to_numpy()
    whole = History(
        started_ms=started_ms,
        ms_played=plays["ms_played"].to_numpy(),
        track=encode(plays["track_id"])[1],
        artist=encode(plays["artist_name"])[1],
        done=plays["reason_end"].to_numpy() == "trackdone",
    )
    order = np.lexsort((started_ms, listener))
    bounds = np.searchsorted(listener[order], np.arange(1, len(listeners)))
    return [
        History(*(getattr(whole, field.name)[rows] for field in fields(History))) for rows in np.split(order, bounds)
    ]


def figures_of(history: History) -> dict[str, float]:
    """The figures of REAL for one listener; those that need a longer history than this one are left out."""
    day = history.started_ms // DAY_MS
    plays_of_day = np.unique(day, return_counts=True)[1]
    sessions = session_lengths(history)
    new = _first_plays(history.track)
    last_year = day > day[-1] - YEAR_DAYS
    artists = np.sort(np.unique(history.artist, return_counts=True)[1])
    hours = np.bincount(history.started_ms // 3_600_000 % 24, minlength=24) / len(day)
    hours = hours[hours > 0]
    figures = {
        "plays_a_day": float(np.median(plays_of_day)),
        "plays_a_full_day": float(np.quantile(plays_of_day, 0.9)),
        "session_plays": float(np.median(sessions)),
        "long_session_plays": float(np.quantile(sessions, 0.9)),
        "short_share": float(np.mean(history.ms_played < HALF_MINUTE_MS)),
        "done_share": float(np.mean(history.done)),
        "repeat_share": float(1 - np.mean(new)),
        "new_share": float(np.mean(new[last_year])),
        "same_artist_share": float(np.mean(history.artist[1:] == history.artist[:-1])) if len(day) > 1 else 0.0,
        "same_track_share": float(np.mean(history.track[1:] == history.track[:-1])) if len(day) > 1 else 0.0,
        "favourites_share": float(artists[-FAVOURITES:].sum() / len(day)),
        "hour_entropy": float(-(hours * np.log2(hours)).sum()),
        # 1970 began on a Thursday.
        "weekend_share": float(np.mean((day + 3) % 7 >= 5)),
    }
    years = (day[-1] - day[0] + 1) / YEAR_DAYS
    return {name: figure for name, figure in figures.items() if years >= REAL[name].years}


def judge_figures(population: Sequence[Mapping[str, float]], seed: int = 0) -> list[Judged]:
    """Figures of a population beside the three people's; of each those listeners that have it, if they are enough."""
    rng = np.random.default_rng(seed)
    judged: list[Judged] = []
    for name, real in REAL.items():
        values = np.array([figures[name] for figures in population if name in figures])
        if len(values) < FEWEST:
            continue
        triples = rng.permuted(np.tile(np.arange(len(values)), (TRIPLES, 1)), axis=1)[:, :3]
        ranges, of_the_three = np.ptp(values[triples], axis=1), real.most - real.least
        spread, narrower = ranges.mean() / of_the_three, np.mean(ranges < of_the_three)
        judged.append(Judged(name, real, float(np.median(values)), float(spread), float(narrower)))
    return judged


def judge_likeness(population: Sequence[History]) -> list[Likeness]:
    """Whether the real archive could be one of the population, by its sessions, its gaps and its favourites."""
    shares = {
        "session_length": [
            _shares_below(session_lengths(history), ARCHIVE_QUANTILES["session_length"]) for history in population
        ],
        "play_gap": [
            _shares_below(np.diff(history.started_ms) / 1000, ARCHIVE_QUANTILES["play_gap"]) for history in population
        ],
    }
    likenesses = [
        _likeness(name, np.array(of_listeners), _archive_shares(name)) for name, of_listeners in shares.items()
    ]
    slopes = np.array([[rank_slope(history.track)] for history in population])
    return [*likenesses, _likeness("rank_slope", slopes, np.array([ARCHIVE_SLOPE]))]


def session_lengths(history: History) -> Integers:
    """Plays of each session; half an hour of silence ends one."""
    silence = history.started_ms[1:] - (history.started_ms + history.ms_played)[:-1]
    begins = np.concatenate([[0], np.flatnonzero(silence > SESSION_PAUSE_MS) + 1])
    return np.diff(np.append(begins, len(history.started_ms)))


def rank_slope(track: Integers) -> float:
    """Slope of the logarithm of plays over the logarithm of rank, for the RANKS most played tracks."""
    plays = np.sort(np.unique(track, return_counts=True)[1])[::-1][:RANKS]
    if len(plays) < 2:
        return 0.0
    return float(np.polyfit(np.log(np.arange(1, len(plays) + 1)), np.log(plays), 1)[0])


def _first_plays(track: Integers) -> Flags:
    new = np.zeros(len(track), dtype=bool)
    new[np.unique(track, return_index=True)[1]] = True
    return new


def _shares_below(values: Floats | Integers, quantiles: Floats) -> Floats:
    """The share of the values up to each quantile."""
    return np.searchsorted(np.sort(values), quantiles, side="right") / max(1, len(values))


def _archive_shares(name: str) -> Floats:
    """The archive's own share up to each of its quantiles: equal ones share the highest probability."""
    quantiles = ARCHIVE_QUANTILES[name]
    return np.array([PROBABILITIES[quantiles == value].max() for value in quantiles])


def _likeness(name: str, listeners: Floats, archive: Floats) -> Likeness:
    """Distance from the population's middle, the largest of all points as Kolmogorov and Smirnov measure it."""
    middle = np.median(listeners, axis=0)
    distance = float(np.abs(archive - middle).max())
    nearer = np.abs(listeners - middle).max(axis=1) < distance
    return Likeness(name, distance, float(nearer.mean()))
