from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sandbox.worlds import AGENT, MBID, NOW, fixed_clock, lastfm, message_of, sign_up, small_world, web
from tunegenie_assets.sandbox.limits import Limits, RollingLimit
from tunegenie_assets.sandbox.server import Sandbox


def limited(limits: Limits) -> Sandbox:
    return Sandbox(small_world(), clock=fixed_clock(), limits=limits)


def test_the_rate_is_limited_over_thirty_seconds() -> None:
    with limited(Limits(rate_per_30_s=2)) as sandbox:
        call = web(sandbox, sign_up(sandbox))
        assert [call.get("me").status_code for _ in range(2)] == [200, 200]
        sandbox.clock.advance(timedelta(seconds=28))
        refusal = call.get("me")
        assert message_of(refusal) == (429, "API rate limit exceeded")
        assert refusal.headers["Retry-After"] == "2"
        sandbox.clock.advance(timedelta(seconds=2))
        assert call.get("me").status_code == 200


def test_the_quota_is_of_all_listeners_and_lasts_hours() -> None:
    with limited(Limits(quota_per_day=3)) as sandbox:
        one, other = (web(sandbox, sign_up(sandbox)) for _ in range(2))
        assert [call.get("me").status_code for call in (one, other, one)] == [200] * 3
        sandbox.clock.advance(timedelta(minutes=30))
        for call in (one, other):
            refusal = call.get("me")
            assert message_of(refusal) == (429, "Too many requests")
            assert refusal.json()["error"]["reason"] == "QUOTA_EXCEEDED"
            assert refusal.headers["Retry-After"] == str(int(23.5 * 3600))
        sandbox.clock.advance(timedelta(hours=23, minutes=30))
        tomorrow = web(sandbox, next(iter(sandbox.world.accounts.values())))
        assert tomorrow.get("me").status_code == 200


def test_tokens_do_not_count() -> None:
    with limited(Limits(quota_per_day=1, rate_per_30_s=1)) as sandbox:
        token = f"{sandbox.accounts_url}/api/token"
        assert [requests.post(token, timeout=10).status_code for _ in range(3)] == [400] * 3
        assert web(sandbox, sign_up(sandbox)).get("me").status_code == 200


def test_lastfm_refuses_in_an_answer_of_200() -> None:
    with limited(Limits(lastfm_per_second=2)) as sandbox:
        answers = [lastfm(sandbox, "chart.getTopArtists") for _ in range(3)]
        assert [answer.get("error") for answer in answers] == [None, None, 29]
        sandbox.clock.advance(timedelta(seconds=1))
        assert "error" not in lastfm(sandbox, "chart.getTopArtists")


def test_musicbrainz_takes_one_request_a_second() -> None:
    with limited(Limits(musicbrainz_per_second=1)) as sandbox:
        address, headers = f"{sandbox.musicbrainz_url}artist/{MBID}?fmt=json", {"User-Agent": AGENT}
        statuses = [requests.get(address, headers=headers, timeout=10).status_code for _ in range(2)]
        sandbox.clock.advance(timedelta(seconds=1))
        statuses.append(requests.get(address, headers=headers, timeout=10).status_code)
        assert statuses == [200, 503, 200]


@given(st.integers(1, 5), st.lists(st.integers(0, 20), max_size=60))
def test_no_window_ever_holds_more_than_the_limit(size: int, pauses: list[int]) -> None:
    window, now, admitted = timedelta(seconds=30), NOW, list[float]()
    limit = RollingLimit(size, window)
    for pause in pauses:
        now += timedelta(seconds=pause)
        wait = limit.refuse(now)
        if wait is None:
            admitted.append(now.timestamp())
        else:
            assert 1 <= wait <= 30
    for first in admitted:
        assert sum(first <= moment < first + 30 for moment in admitted) <= size
    assert len(admitted) >= min(size, len(pauses))


@given(st.integers(1, 4), st.integers(1, 48))
def test_who_waits_as_told_is_let_through(size: int, hours: int) -> None:
    limit = RollingLimit(size, timedelta(hours=24), least_wait=timedelta(hours=hours))
    assert [limit.refuse(NOW) for _ in range(size)] == [None] * size
    wait = limit.refuse(NOW)
    assert wait == max(hours, 24) * 3600
    told = timedelta(seconds=max(hours, 24) * 3600)
    assert limit.refuse(NOW + told - timedelta(seconds=1)) == 1
    assert limit.refuse(NOW + told) is None


@pytest.mark.parametrize("size", [None, 0])
def test_no_size_is_no_limit_and_none_lets_nobody_through(size: int | None) -> None:
    limit = RollingLimit(size, timedelta(seconds=30))
    assert [limit.refuse(NOW) is None for _ in range(3)] == [size is None] * 3
