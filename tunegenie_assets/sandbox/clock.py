"""The clock of the stand-in: real time, or a time that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Aware UTC; fixed when `now` is given, else the real time. Moving a real clock shifts it and it keeps running."""

    def __init__(self, now: datetime | None = None) -> None:
        self._fixed = None if now is None else _as_utc(now)
        self._shift = timedelta()

    def now(self) -> datetime:
        if self._fixed is not None:
            return self._fixed
        return datetime.now(UTC) + self._shift

    def advance(self, by: timedelta) -> None:
        if self._fixed is None:
            self._shift += by
        else:
            self._fixed += by

    def set(self, now: datetime) -> None:
        """Stand still at `now` from here on."""
        self._fixed = _as_utc(now)


def _as_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"the clock needs a time with a zone, not {moment.isoformat()}")
    return moment.astimezone(UTC)
