"""Calling a service with patience: the budget, waiting between attempts, and what may be sent a second time.

What an answer means is the business of each client, which raises the errors that are judged here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Protocol, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception

from tunegenie_assets.sources.services.errors import (
    BadResponse,
    BudgetExhausted,
    Parked,
    RateLimited,
    ServerFailure,
    TokenOverlooked,
)
from tunegenie_assets.sources.services.responses import Purpose

T = TypeVar("T")
Clock = Callable[[], datetime]
"""Tells the time, naive UTC."""
Sleep = Callable[[float], None]


class Budget(Protocol):
    """Decides whether a call may be sent."""

    def spend(self, service: str, purpose: Purpose, now: datetime) -> None:
        """Count a call that is about to be sent.

        Raises:
            BudgetExhausted: it may not be sent.
        """
        ...


@dataclass(frozen=True)
class Patience:
    """How often and how long one call is tried."""

    attempts: int = 4
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    """Of all waiting within one call. What needs more is parked."""


class Caller:
    """Sends calls, again where that is safe and promising."""

    def __init__(
        self, *, clock: Clock, sleep: Sleep, random: Random, budget: Budget, patience: Patience | None = None
    ) -> None:
        self.clock = clock
        self.sleep = sleep
        self._random = random
        self._budget = budget
        self._patience = patience or Patience()
        self._closed: dict[str, Parked] = {}

    def call(self, send: Callable[[], T], *, service: str, purpose: Purpose, replayable: bool) -> T:
        """What `send` returns; it makes one attempt and raises a ServiceError when that fails.

        What is not `replayable` is sent again only when it is certain that it had no effect.

        Raises:
            Parked: the service must be left alone for longer than anyone should sleep, or the budget is spent.
            ServiceError: what the last attempt raised.
        """
        self._raise_if_closed(service)
        retrying = Retrying(
            sleep=self.sleep,
            wait=self._wait,
            stop=self._is_enough,
            retry=retry_if_exception(lambda error: self._is_tried_again(error, replayable=replayable)),
            reraise=True,
        )
        try:
            return retrying(self._attempt, send, service, purpose)
        except (RateLimited, ServerFailure) as error:
            parked = self._parked(error)
            if parked is None:
                raise
            self._closed[service] = parked
            raise parked from error
        except BudgetExhausted:
            # It depends on the purpose: a more important call may still pass.
            raise
        except Parked as error:
            self._closed[service] = error
            raise

    def _attempt(self, send: Callable[[], T], service: str, purpose: Purpose) -> T:
        self._budget.spend(service, purpose, self.clock())
        return send()

    def _raise_if_closed(self, service: str) -> None:
        """A quota is not asked again before its time: refused calls may count too."""
        known = self._closed.get(service)
        if known is not None and self.clock() < known.retry_at:
            raise type(known)(known.service, known.retry_at, known.reason)

    def _is_tried_again(self, error: BaseException, *, replayable: bool) -> bool:
        if isinstance(error, RateLimited):
            return not self._is_long(error)
        if isinstance(error, ServerFailure):
            return (replayable or error.did_nothing) and not self._is_long(error)
        return isinstance(error, TokenOverlooked) or (isinstance(error, BadResponse) and replayable)

    def _is_long(self, error: RateLimited | ServerFailure) -> bool:
        return (error.retry_after_s or 0) > self._patience.longest_wait_s

    def _is_enough(self, state: RetryCallState) -> bool:
        waits = state.idle_for + state.upcoming_sleep
        return state.attempt_number >= self._patience.attempts or waits > self._patience.longest_wait_s

    def _wait(self, state: RetryCallState) -> float:
        """Exponential backoff with full jitter, on top of what the service asks for."""
        jitter = self._random.uniform(0, self._patience.first_wait_s * 2 ** (state.attempt_number - 1))
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_s if isinstance(error, (RateLimited, ServerFailure)) else None
        longest = self._patience.longest_wait_s
        return max(asked or 0.0, min(longest, (asked or 0.0) + jitter))

    def _parked(self, error: RateLimited | ServerFailure) -> Parked | None:
        """The error as work that waits; None when the service named no time."""
        if isinstance(error, ServerFailure) and not self._is_long(error):
            return None
        wait = max(error.retry_after_s or 0.0, self._patience.longest_wait_s)
        reason = "rate limit" if isinstance(error, RateLimited) else "the service asks for a pause"
        return Parked(error.service, self.clock() + timedelta(seconds=wait), reason)


class Throttle:
    """Keeps calls of this process at least an interval apart."""

    def __init__(self, calls_per_second: float, *, clock: Clock, sleep: Sleep) -> None:
        self._interval = timedelta(seconds=1 / calls_per_second)
        self._clock = clock
        self._sleep = sleep
        self._last: datetime | None = None

    def wait(self) -> None:
        """Return when the next call may be sent."""
        if self._last is not None:
            # A clock that was set back must not make anyone wait for longer than the interval.
            due_in = min(self._last + self._interval - self._clock(), self._interval)
            if due_in > timedelta(0):
                self._sleep(due_in.total_seconds())
        self._last = self._clock()
