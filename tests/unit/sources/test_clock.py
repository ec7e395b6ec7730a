from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.sources.clock import (
    LONGEST_STREAM_MS,
    OFFLINE_TIMESTAMP,
    TS,
    begin_of_spotify_stream,
    begin_of_stream,
    from_epoch,
    plausible_offline_timestamp,
)

EPOCH = datetime(1970, 1, 1)
ENDED_AT = datetime(2019, 1, 1, 10)
SECONDS = 1_546_336_800
"""ENDED_AT since 1970."""
HOUR, DAY = 3600, 86_400

MOMENTS = st.datetimes()
LENGTHS = st.integers(0, 2**63 - 1)
VALUES = st.integers(-(2**63), 2**63 - 1)


@given(MOMENTS, LENGTHS)
def test_a_stream_begins_at_most_four_hours_before_its_end(ended_at: datetime, ms_played: int) -> None:
    length = ended_at - begin_of_stream(ended_at, ms_played)
    assert timedelta(0) <= length <= timedelta(hours=4)
    if ms_played <= LONGEST_STREAM_MS and ended_at.year > 1:
        assert length == timedelta(milliseconds=ms_played)


@given(MOMENTS.filter(lambda moment: moment.year > 1), LENGTHS, LENGTHS)
def test_a_longer_stream_begins_no_later(ended_at: datetime, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    assert begin_of_stream(ended_at, longer) <= begin_of_stream(ended_at, shorter)


@given(MOMENTS)
def test_seconds_since_1970_tell_the_moment(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert from_epoch((whole - EPOCH) // timedelta(seconds=1)) == whole


def test_decimals_are_kept() -> None:
    assert from_epoch(SECONDS + 0.25) == ENDED_AT + timedelta(milliseconds=250)


@pytest.mark.parametrize("seconds", [2**63, -(2**63), 1e300])
def test_moments_out_of_range_overflow(seconds: float) -> None:
    with pytest.raises(OverflowError):
        from_epoch(seconds)


@pytest.mark.parametrize(
    ("offset", "is_plausible"),
    [(HOUR, True), (HOUR + 1, False), (0, True), (-30 * DAY, True), (-30 * DAY - 1, False)],
)
@pytest.mark.parametrize("scale", [1, 1000])
def test_offline_timestamps_in_seconds_and_milliseconds(offset: int, scale: int, *, is_plausible: bool) -> None:
    expected = ENDED_AT + timedelta(seconds=offset) if is_plausible else None
    assert plausible_offline_timestamp((SECONDS + offset) * scale, ENDED_AT) == expected


@pytest.mark.parametrize("value", [0, 1, 99, -1, -SECONDS, 10**11, 2**63 - 1, -(2**63)])
def test_nonsense_is_not_plausible(value: int) -> None:
    assert plausible_offline_timestamp(value, ENDED_AT) is None


def test_moments_before_spotify_are_not_plausible() -> None:
    ended_at = datetime(2006, 1, 1, 1)
    assert plausible_offline_timestamp(1_136_073_600, ended_at) is None
    assert plausible_offline_timestamp(1_136_073_601, ended_at) is not None


@given(MOMENTS, VALUES)
def test_what_is_plausible_is_near_the_end(ended_at: datetime, value: int) -> None:
    moment = plausible_offline_timestamp(value, ended_at)
    if moment is not None:
        assert -timedelta(days=30) <= moment - ended_at <= timedelta(hours=1)


@given(MOMENTS, LENGTHS, st.none() | VALUES | st.integers(SECONDS - DAY, SECONDS), st.booleans())
def test_the_begin_is_that_of_the_field_that_is_named(
    ended_at: datetime, ms_played: int, value: int | None, ts_is_late: bool
) -> None:
    began_at, field = begin_of_spotify_stream(ended_at, ms_played, offline_timestamp=value, ts_is_late=ts_is_late)
    offline = plausible_offline_timestamp(value, ended_at) if ts_is_late and value is not None else None
    assert field == (TS if offline is None else OFFLINE_TIMESTAMP)
    assert began_at == (offline or begin_of_stream(ended_at, ms_played))
