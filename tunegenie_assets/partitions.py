"""The one partitions definition: UTC days of play. Nothing else defines partitions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import dagster as dg

from tunegenie_assets.keys import FIRST_PLAY_DAY

# The current day has a partition, so that what was played today can be collected today.
play_days = dg.DailyPartitionsDefinition(start_date=FIRST_PLAY_DAY.isoformat(), end_offset=1)

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
