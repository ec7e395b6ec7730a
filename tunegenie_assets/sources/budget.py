"""The daily budget of calls: what is spent keeps below the quota that a service grants a developer for all listeners.

Who calls is services/calls.py; the calls are kept in services/state.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from tunegenie_assets.sources.services.errors import BudgetExhausted
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.services.state import CollectorState

DAY = timedelta(hours=24)
SHARES: Mapping[Purpose, float] = {
    Purpose.PLAYS: 1.0,
    Purpose.LIBRARY: 0.85,
    Purpose.ENRICHMENT: 0.7,
    Purpose.CHARTS: 0.6,
}
"""The share of the budget that calls of all purposes may have spent when one of this purpose is sent.

What is left for plays alone polls three listeners every half hour for a day, at 800 calls.
"""


class DailyBudget:
    """At most `daily_calls[service]` calls in any 24 hours; services that are not named are not limited."""

    def __init__(self, state: CollectorState, daily_calls: Mapping[str, int]) -> None:
        self._state = state
        self._daily_calls = daily_calls

    def spend(self, service: str, purpose: Purpose, now: datetime) -> None:
        """Count a call that is about to be sent.

        Raises:
            BudgetExhausted: it would be one too many for its purpose.
        """
        limit = self._daily_calls.get(service)
        if limit is None:
            return
        allowed = max(int(limit * SHARES[purpose]), 1)
        sent = self._state.spend_within(allowed, service, purpose.name.lower(), since=now - DAY, now=now)
        if sent:
            # When so many have left the last 24 hours that one more may be sent.
            retry_at = sent[len(sent) - allowed] + DAY
            what = f"the calls of a day for {purpose.name.lower()} are spent"
            raise BudgetExhausted(service, retry_at, f"{what} ({len(sent)} of {limit})")
