from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunegenie_assets.keys import FIRST_PLAY_DAY
from tunegenie_assets.partitions import RANGE_END_TAG, RANGE_START_TAG, play_days, range_tags

NOW = datetime(2025, 3, 9, 12, tzinfo=UTC)
days = st.dates(min_value=FIRST_PLAY_DAY, max_value=date(2025, 3, 9))


@settings(max_examples=30)
@given(days, days)
def test_range_tags_cover_both_days_and_all_between(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    tags = range_tags(first, last)
    covered = play_days.get_partition_keys_in_range(dg.PartitionKeyRange(tags[RANGE_START_TAG], tags[RANGE_END_TAG]))
    assert covered == [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


@given(st.dates(), st.dates())
def test_range_that_cannot_be_run_is_refused(first: date, last: date) -> None:
    if FIRST_PLAY_DAY <= first <= last:
        assert set(range_tags(first, last)) == {RANGE_START_TAG, RANGE_END_TAG}
    else:
        with pytest.raises(ValueError, match=str(first)):
            range_tags(first, last)


@given(days)
def test_window_of_a_day_is_half_open_utc(day: date) -> None:
    window = play_days.time_window_for_partition_key(day.isoformat())
    assert window.start == datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert window.end - window.start == timedelta(days=1)
    assert window.start.utcoffset() == timedelta(0)


def test_partitions_reach_from_the_first_day_to_today() -> None:
    keys = play_days.get_partition_keys(current_time=NOW)
    assert (keys[0], keys[-1]) == (FIRST_PLAY_DAY.isoformat(), "2025-03-09")
