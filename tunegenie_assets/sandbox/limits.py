"""How many requests the services let through, on the clock of the sandbox.

A limit is off unless it has a size.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

RATE_WINDOW = timedelta(seconds=30)
QUOTA_WINDOW = timedelta(hours=24)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Limits:
    """Sizes of the limits; None is no limit. Spotify publishes neither of its two."""

    rate_per_30_s: int | None = None
    """Spotify Web API, an app."""
    quota_per_day: int | None = None
    """Spotify Web API, all apps of one developer, over rolling 24 hours. Calls for tokens do not count."""
    least_quota_wait: timedelta = timedelta(hours=6)
    """Who exceeds the quota is refused for hours, even where the rolling window has room sooner."""
    lastfm_per_second: int | None = None
    musicbrainz_per_second: int | None = None


class RollingLimit:
    """At most `size` requests in any `window`. Refused requests are not counted."""

    def __init__(self, size: int | None, window: timedelta, least_wait: timedelta = timedelta()) -> None:
        self._size = size
        self._window = window
        self._least_wait = least_wait
        self._admitted: deque[datetime] = deque()
        self._closed_until: datetime | None = None

    def refuse(self, now: datetime) -> int | None:
        """Seconds to wait, at least 1; None lets the request through and counts it."""
        if self._size is None:
            return None
        while self._admitted and self._admitted[0] <= now - self._window:
            self._admitted.popleft()
        if self._closed_until is None or now >= self._closed_until:
            if len(self._admitted) < self._size:
                self._admitted.append(now)
                return None
            room_at = self._admitted[0] + self._window if self._admitted else now + self._window
            self._closed_until = max(room_at, now + self._least_wait)
        return max(1, math.ceil((self._closed_until - now).total_seconds()))

    @property
    def counted(self) -> int:
        """Requests in the window of the latest one."""
        return len(self._admitted)
