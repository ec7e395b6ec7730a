"""The partitions: UTC days of play, and weeks up to whose end a recommender is trained. Nothing else defines any."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import dagster as dg

from tunegenie_assets.keys import FIRST_PLAY_DAY

# The current day has a partition, so that what was played today can be collected today.
play_days = dg.DailyPartitionsDefinition(start_date=FIRST_PLAY_DAY.isoformat(), end_offset=1)

FIRST_WEEK = FIRST_PLAY_DAY + timedelta(days=(7 - FIRST_PLAY_DAY.weekday()) % 7)
# The current week has a partition too: what is known of it so far can be learnt from.
training_weeks = dg.WeeklyPartitionsDefinition(start_date=FIRST_WEEK.isoformat(), day_offset=1, end_offset=1)
"""By their Mondays."""

PARTITION_TAG = "dagster/partition"
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"


def possible_days(days: Iterable[date], today: date) -> set[date]:
    """Those of the days that have a partition: services have been seen to tell of plays in 1970, and of tomorrow."""
    return {day for day in days if FIRST_PLAY_DAY <= day <= today}


def range_tags(first_day: date, last_day: date) -> dict[str, str]:
    """Run tags that make one run cover the days from `first_day` to `last_day`, both included.

    Raises:
        ValueError: the range is empty or begins before the first partition.
    """
    if last_day < first_day:
        raise ValueError(f"the last day {last_day} lies before the first day {first_day}")
    if first_day < FIRST_PLAY_DAY:
        raise ValueError(f"{first_day} lies before the first partition {FIRST_PLAY_DAY}")
    return {RANGE_START_TAG: first_day.isoformat(), RANGE_END_TAG: last_day.isoformat()}


def week_of(day: date) -> date:
    """The Monday of the week whose training knows the plays of a day; of days before the first week, the first."""
    return max(day - timedelta(days=day.weekday()), FIRST_WEEK)


def cut_off(week: date) -> datetime:
    """When a week ends: plays before this moment (UTC, naive) are known to its training."""
    return datetime.combine(week + timedelta(days=7), time.min)
