from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.services.loopback import NOW, Ledger, Time, a_caller
from tunegenie_assets.sources.services.calls import Patience, Throttle
from tunegenie_assets.sources.services.errors import (
    BadResponse,
    BudgetExhausted,
    Parked,
    QuotaExceeded,
    RateLimited,
    ServerFailure,
    ServiceError,
    TokenOverlooked,
    Unauthorized,
)
from tunegenie_assets.sources.services.responses import Purpose

FAILED = ServerFailure("spotify", "failed")
UNREACHED = ServerFailure("spotify", "could not be reached", did_nothing=True)
CUT = BadResponse("spotify", "cut short")


class Script:
    """Raises its errors in order, then returns."""

    def __init__(self, *errors: ServiceError) -> None:
        self._errors = list(errors)
        self.sent = 0

    def __call__(self) -> str:
        self.sent += 1
        if self._errors:
            raise self._errors.pop(0)
        return "answer"


def call(script: Script, time: Time, *, replayable: bool = True, budget: Ledger | None = None) -> str:
    caller = a_caller(time, budget)
    return caller.call(script, service="spotify", purpose=Purpose.PLAYS, replayable=replayable)


@pytest.mark.parametrize("error", [FAILED, UNREACHED, CUT, RateLimited("spotify", 2), TokenOverlooked("spotify")])
def test_a_passing_failure_is_tried_again_and_each_attempt_is_paid(error: ServiceError) -> None:
    script, time, budget = Script(error, error), Time(), Ledger()
    assert call(script, time, budget=budget) == "answer"
    assert budget.spent == [("spotify", Purpose.PLAYS)] * 3
    assert len(time.sleeps) == 2


@pytest.mark.parametrize("error", [FAILED, CUT])
def test_what_may_have_had_an_effect_is_not_sent_again(error: ServiceError) -> None:
    script = Script(error)
    with pytest.raises(type(error)):
        call(script, Time(), replayable=False)
    assert script.sent == 1


@pytest.mark.parametrize("error", [UNREACHED, RateLimited("spotify", 1), TokenOverlooked("spotify")])
def test_what_certainly_had_none_is_sent_again(error: ServiceError) -> None:
    assert call(Script(error), Time(), replayable=False) == "answer"


def test_a_plain_refusal_is_not_tried_again() -> None:
    script = Script(Unauthorized("spotify"))
    with pytest.raises(Unauthorized):
        call(script, Time())
    assert script.sent == 1


def test_the_last_failure_is_raised() -> None:
    script = Script(*[ServerFailure("spotify", f"failed {n}") for n in range(9)])
    with pytest.raises(ServerFailure, match="Spotify failed 3; try again later"):
        call(script, Time())
    assert script.sent == Patience().attempts


@pytest.mark.parametrize(
    "error", [RateLimited("spotify", 48_925), ServerFailure("spotify", "failed", retry_after_s=48_925)]
)
def test_a_long_wait_is_parked_at_once(error: ServiceError) -> None:
    script, time = Script(error), Time()
    with pytest.raises(Parked) as parked:
        call(script, time)
    assert (parked.value.retry_at, time.sleeps, script.sent) == (NOW + timedelta(seconds=48_925), [], 1)


def test_a_rate_limit_that_does_not_pass_is_parked() -> None:
    time = Time()
    with pytest.raises(Parked) as parked:
        call(Script(*[RateLimited("spotify", 1)] * 9), time)
    assert parked.value.retry_at == time.now + timedelta(seconds=30)


def test_a_parked_service_is_left_alone_until_its_time() -> None:
    time = Time()
    caller = a_caller(time)

    def send(script: Script, service: str = "spotify") -> str:
        return caller.call(script, service=service, purpose=Purpose.PLAYS, replayable=True)

    with pytest.raises(QuotaExceeded):
        send(Script(QuotaExceeded("spotify", NOW + timedelta(hours=9), "QUOTA_EXCEEDED")))
    later = Script()
    with pytest.raises(QuotaExceeded, match="after 2026-03-01 21:00 UTC"):
        send(later)
    assert later.sent == 0
    assert send(Script(), service="lastfm") == "answer"
    time.now += timedelta(hours=9)
    assert send(later) == "answer"


def test_without_budget_nothing_is_sent_but_what_is_more_important() -> None:
    class ForPlays(Ledger):
        def spend(self, service: str, purpose: Purpose, now: datetime) -> None:
            if purpose > Purpose.PLAYS:
                raise BudgetExhausted(service, now + timedelta(hours=1), "the budget is spent")

    caller, script = a_caller(budget=ForPlays()), Script()
    with pytest.raises(Parked):
        caller.call(script, service="spotify", purpose=Purpose.ENRICHMENT, replayable=True)
    assert script.sent == 0
    assert caller.call(script, service="spotify", purpose=Purpose.PLAYS, replayable=True) == "answer"


def limited(wait: float | None) -> ServiceError:
    return RateLimited("spotify", wait)


def failed(wait: float | None) -> ServiceError:
    return ServerFailure("spotify", "failed", retry_after_s=wait)


def failures() -> st.SearchStrategy[list[ServiceError]]:
    waits = st.none() | st.floats(0, 100_000)
    return st.lists(waits.map(limited) | waits.map(failed) | st.just(CUT), max_size=8)


@given(errors=failures(), seed=st.integers(0, 1000), longest=st.floats(0.1, 60), attempts=st.integers(1, 8))
def test_waiting_is_bounded_and_no_shorter_than_asked(
    errors: list[ServiceError], seed: int, longest: float, attempts: int
) -> None:
    time = Time()
    caller = a_caller(time, patience=Patience(attempts=attempts, longest_wait_s=longest), seed=seed)
    script = Script(*errors)
    with suppress(ServiceError):
        caller.call(script, service="spotify", purpose=Purpose.PLAYS, replayable=True)
    assert script.sent <= attempts
    assert sum(time.sleeps) <= longest + 1e-6
    for slept, error in zip(time.sleeps, errors, strict=False):
        assert slept >= (getattr(error, "retry_after_s", None) or 0)


@given(seed=st.integers(0, 1000))
def test_backoff_grows_and_has_full_jitter(seed: int) -> None:
    time = Time()
    with pytest.raises(ServerFailure):
        a_caller(time, seed=seed).call(Script(*[FAILED] * 9), service="spotify", purpose=Purpose.PLAYS, replayable=True)
    assert all(0 <= slept <= 0.5 * 2**n for n, slept in enumerate(time.sleeps))


def test_purposes_are_ordered_by_importance() -> None:
    assert sorted(Purpose) == [Purpose.PLAYS, Purpose.LIBRARY, Purpose.ENRICHMENT, Purpose.CHARTS]


@given(pauses=st.lists(st.floats(-5, 5), max_size=20))
def test_a_throttle_keeps_calls_apart_even_when_the_clock_is_set_back(pauses: list[float]) -> None:
    time = Time()
    throttle = Throttle(4, clock=time.clock, sleep=time.sleep)
    for pause in pauses:
        throttle.wait()
        before = time.now
        time.now += timedelta(seconds=pause)
        throttle.wait()
        if pause >= 0:
            assert time.now - before >= timedelta(seconds=0.25)
    assert all(slept <= 0.25 for slept in time.sleeps)
