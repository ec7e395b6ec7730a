"""What metrics must come to, worked out in Python from the plays of silver and from nothing in gold.

Each metric is a function of facts: plays, sessions, days of a listener, or first plays of a track or artist.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import fmean
from typing import Any

from tests.integration.conftest import Home


@dataclass(frozen=True)
class Heard:
    """One play that counts."""

    play_id: str
    listener: str
    track: str
    recording: str
    artist: str
    album: str | None
    session: str
    started_at: datetime
    local: datetime
    ms: int | None
    completion: float | None
    skipped: bool | None
    genre: str
    popularity: float | None
    length_ms: int | None
    release_year: int | None
    explicit: bool | None
    danceability: float | None
    energy: float | None
    valence: float | None
    tempo: float | None

    @property
    def day(self) -> date:
        return self.local.date()

    @property
    def month(self) -> date:
        return self.day.replace(day=1)


@dataclass(frozen=True)
class Run:
    """Several plays told as one fact: a session, a day of a listener, or the first play of something."""

    plays: tuple[Heard, ...]

    @property
    def first(self) -> Heard:
        return min(self.plays, key=lambda play: (play.started_at, play.play_id))


@dataclass(frozen=True)
class History:
    """The facts of a home."""

    plays: tuple[Heard, ...]
    firsts: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "firsts", frozenset(run.first.play_id for run in self.tracks()))

    def sessions(self) -> list[Run]:
        return self._runs(lambda play: play.session)

    def days(self) -> list[Run]:
        return self._runs(lambda play: (play.listener, play.day))

    def tracks(self) -> list[Run]:
        return self._runs(lambda play: (play.listener, play.track))

    def artists(self) -> list[Run]:
        return self._runs(lambda play: (play.listener, play.artist))

    def _runs(self, key: Callable[[Heard], Hashable]) -> list[Run]:
        runs: dict[Hashable, list[Heard]] = defaultdict(list)
        for play in self.plays:
            runs[key(play)].append(play)
        return [Run(tuple(plays)) for plays in runs.values()]


def history(home: Home) -> History:
    """The plays that count, with what is known of their tracks."""
    rows = home.rows(
        """
        select p.play_id, p.listener_id, p.track_id, p.recording_key, p.artist_id, p.album_id, p.session_id,
               p.started_at, p.local_timestamp, p.ms_heard, p.completion, p.skipped, p.primary_genre,
               p.mainstream_score, t.duration_ms, t.release_year, t.explicit, t.danceability, t.energy, t.valence,
               t.tempo
        from silver.listening_enriched as p inner join silver.tracks as t on p.track_id = t.track_id
        where p.counts_as_play
        """
    )
    return History(tuple(Heard(*row) for row in rows))


def mean(values: Iterable[float | bool | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return fmean(known) if known else None


def minutes(plays: Iterable[Heard]) -> float | None:
    known = [play.ms for play in plays if play.ms is not None]
    return sum(known) / 60_000 if known else None


def per(amount: float | None, count: int) -> float | None:
    return None if amount is None else amount / count


def diversity(plays: Iterable[Heard]) -> float | None:
    """Shannon entropy of the genres' shares over that of as many equal shares."""
    genres = Counter(play.genre for play in plays if play.genre != "unclassified")
    if not genres:
        return None
    shares = [count / genres.total() for count in genres.values()]
    return -sum(s * math.log(s) for s in shares) / math.log(len(shares)) if len(shares) > 1 else 0.0


def usual_hour(plays: Sequence[Heard]) -> float | None:
    """The direction in which the hands of a clock of 24 hours point on the whole."""
    hours = [play.local.hour + play.local.minute / 60 + play.local.second / 3600 for play in plays]
    x, y = (fmean(turn(2 * math.pi * hour / 24) for hour in hours) for turn in (math.cos, math.sin))
    return None if math.hypot(x, y) < 1e-6 else math.degrees(math.atan2(y, x)) / 15 % 24


def different(plays: Iterable[Heard], of: Callable[[Heard], Hashable | None]) -> int:
    return len({of(play) for play in plays} - {None})


def listener_days(plays: Sequence[Heard]) -> int:
    return different(plays, lambda play: (play.listener, play.day))


def share(plays: Sequence[Heard], which: Callable[[Heard], bool]) -> float:
    return sum(map(which, plays)) / len(plays)


def of_plays(history: History) -> dict[str, Callable[[Sequence[Heard]], Any]]:
    """What each metric of plays comes to for some plays."""
    return {
        "plays": len,
        "minutes_listened": minutes,
        "hours_listened": lambda plays: per(minutes(plays), 60),
        "listeners": lambda plays: different(plays, lambda play: play.listener),
        "listening_days": lambda plays: different(plays, lambda play: play.day),
        "listener_days": listener_days,
        "average_plays_per_day": lambda plays: len(plays) / listener_days(plays),
        "average_minutes_per_day": lambda plays: per(minutes(plays), listener_days(plays)),
        "average_play_minutes": lambda plays: mean(None if play.ms is None else play.ms / 60_000 for play in plays),
        "share_of_listening": lambda plays: len(plays) / len(history.plays),
        "unique_tracks": lambda plays: different(plays, lambda play: play.track),
        "unique_recordings": lambda plays: different(plays, lambda play: play.recording),
        "unique_artists": lambda plays: different(plays, lambda play: play.artist),
        "unique_albums": lambda plays: different(plays, lambda play: play.album),
        "unique_genres": lambda plays: different(
            plays, lambda play: {"unclassified": None}.get(play.genre, play.genre)
        ),
        "repeat_rate": lambda plays: share(plays, lambda play: play.play_id not in history.firsts),
        "discovery_rate": lambda plays: share(plays, lambda play: play.play_id in history.firsts),
        "plays_per_track": lambda plays: len(plays) / different(plays, lambda play: play.track),
        "plays_per_artist": lambda plays: len(plays) / different(plays, lambda play: play.artist),
        "skips": lambda plays: sum(play.skipped is True for play in plays),
        "skip_rate": lambda plays: mean(play.skipped for play in plays),
        "completion_rate": lambda plays: mean(play.completion for play in plays),
        "night_plays": lambda plays: sum(play.local.hour < 6 for play in plays),
        "night_share": lambda plays: share(plays, lambda play: play.local.hour < 6),
        "morning_plays": lambda plays: sum(6 <= play.local.hour < 12 for play in plays),
        "morning_share": lambda plays: share(plays, lambda play: 6 <= play.local.hour < 12),
        "weekend_plays": lambda plays: sum(play.day.weekday() > 4 for play in plays),
        "weekend_share": lambda plays: share(plays, lambda play: play.day.weekday() > 4),
        "average_listening_hour": usual_hour,
        "mainstream_score": lambda plays: mean(play.popularity for play in plays),
        "average_track_minutes": lambda plays: mean(play.length_ms and play.length_ms / 60_000 for play in plays),
        "average_release_year": lambda plays: mean(play.release_year for play in plays),
        "explicit_share": lambda plays: mean(play.explicit for play in plays),
        "average_danceability": lambda plays: mean(play.danceability for play in plays),
        "average_energy": lambda plays: mean(play.energy for play in plays),
        "average_valence": lambda plays: mean(play.valence for play in plays),
        "average_tempo": lambda plays: mean(play.tempo for play in plays),
    }


Total = Callable[[Sequence[Run]], Any]

OF_SESSIONS: dict[str, Total] = {
    "sessions": len,
    "average_session_minutes": lambda sessions: mean(minutes(session.plays) for session in sessions),
    "longest_session_minutes": lambda sessions: max(minutes(session.plays) or 0 for session in sessions),
    "plays_per_session": lambda sessions: sum(len(session.plays) for session in sessions) / len(sessions),
}
OF_DAYS: dict[str, Total] = {
    "genre_diversity": lambda days: mean(diversity(day.plays) for day in days),
    "most_plays_in_a_day": lambda days: max(len(day.plays) for day in days),
}
OF_FIRST_TRACKS: dict[str, Total] = {"new_tracks": len}
OF_FIRST_ARTISTS: dict[str, Total] = {"new_artists": len}
