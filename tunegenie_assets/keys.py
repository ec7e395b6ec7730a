"""Names and limits that several modules share: layers in the order of the flow, owners, the first day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from zoneinfo import available_timezones

LAYERS = ("landing", "raw", "synthetic", "bronze", "silver", "enrichment", "gold", "recommender", "reports", "publish")
"""Every layer is a group of the asset graph, the first part of an asset key and, but for the last, a schema."""

OWNERS = ("team:tunegenie",)

BUILD_COLLECTED = "build_collected"
"""The job of what follows from collected pages."""

DAILY_TAG = "daily"
"""dbt models with this tag are incremental by play day and have daily partitions."""

FIRST_PLAY_DAY = date(2002, 1, 1)
"""Scrobbling began in 2002; an older time stamp in a history file is a fault of the file."""

SIMULATED_PREFIX = "sim-"
"""Names of simulated listeners begin with it, names of others must not."""


@lru_cache(maxsize=1)
def known_timezones() -> frozenset[str]:
    """The IANA zones that Python and DuckDB both know; zoneinfo alone also opens `posix/…` and `localtime`."""
    return frozenset(available_timezones() - {"localtime"})
