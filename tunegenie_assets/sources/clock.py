"""When a play began, as well as a record tells: pure functions of what files say about time.

All times are naive UTC. Reading times from text is the business of each format.
"""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_STREAM_MS = 4 * 60 * 60 * 1000
"""A longer stream is a broken row: files log 9 to 15 hours for one track."""

OFFLINE_TIMESTAMP = "offline_timestamp"
TS = "ts"

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC
_MILLISECOND = timedelta(milliseconds=1)
# Seconds reach this number in the year 5138, milliseconds passed it in 1973.
_FIRST_MILLISECONDS = 10**11
# Spotify was founded in this year; smaller values are nonsense such as 0 or 1.
_FIRST_OFFLINE = datetime(2006, 1, 1)  # noqa: DTZ001 - naive UTC
_CLOCK_ERROR = timedelta(hours=1)
LONGEST_OFFLINE = timedelta(days=30)
"""How long after a play was heard offline it may be logged."""


def from_epoch(seconds: float) -> datetime:
    """The moment so many seconds after 1970 began; raises OverflowError beyond the years 1 to 9999."""
    return _EPOCH + timedelta(seconds=seconds)


def begin_of_stream(ended_at: datetime, ms_played: int) -> datetime:
    """When a stream began that ended at `ended_at`; one longer than LONGEST_STREAM_MS counts as that long.

    Nothing begins before the year 1.
    """
    length = min(ms_played, LONGEST_STREAM_MS) * _MILLISECOND
    return ended_at - min(length, ended_at - datetime.min)  # noqa: DTZ901 - naive UTC


def begin_of_spotify_stream(
    ended_at: datetime, ms_played: int, *, offline_timestamp: int | None, ts_is_late: bool
) -> tuple[datetime, str]:
    """When a stream of an extended history began, and the field that tells: TS or OFFLINE_TIMESTAMP.

    `ts_is_late` says that `ts` is when an offline stream was synchronised, or when the program started again after
    it crashed; only then is a plausible `offline_timestamp` the better witness.
    """
    if ts_is_late and offline_timestamp is not None:
        began_at = plausible_offline_timestamp(offline_timestamp, ended_at)
        if began_at is not None:
            return began_at, OFFLINE_TIMESTAMP
    return begin_of_stream(ended_at, ms_played), TS


def plausible_offline_timestamp(value: int, ended_at: datetime) -> datetime | None:
    """The moment that an `offline_timestamp` means, in seconds or milliseconds; None when it is nonsense.

    It is after Spotify's founding, at most an hour after `ended_at` and at most 30 days before it.
    """
    try:
        moment = from_epoch(value / 1000 if value > _FIRST_MILLISECONDS else value)
    except OverflowError:
        return None
    is_plausible = moment > _FIRST_OFFLINE and -LONGEST_OFFLINE <= moment - ended_at <= _CLOCK_ERROR
    return moment if is_plausible else None
