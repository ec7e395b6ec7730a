"""Row counts of a run that covers several days, for the UI's partition view."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

MOST_DAYS_COUNTED = 100
"""Dagster checks all earlier days again for each day's metadata: 100 days cost 0.05 s, 4,000 days 15 s an asset."""


def days_of(context: dg.AssetExecutionContext) -> tuple[date, date]:
    """The half-open range of UTC days that the run covers."""
    window = context.partition_time_window
    return window.start.date(), window.end.date()


def count_by_day(rows: pa.Table, column: str) -> dict[date, int]:
    """Rows of each day that has any."""
    counts = pc.value_counts(rows.column(column))  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    return {entry["values"]: entry["counts"] for entry in counts.to_pylist()}


def record_counts(
    context: dg.AssetExecutionContext, key: dg.AssetKey, counts: Mapping[date, int], window: tuple[date, date]
) -> None:
    """Attach to each day's materialization how many rows that day has; zero is a count too.

    A run over many days tells the rows of all of them instead.
    """
    start, end = window
    days = [start + timedelta(days=offset) for offset in range((end - start).days)]
    if len(days) > MOST_DAYS_COUNTED:
        context.add_asset_metadata({"rows_in_run": sum(counts.values())}, asset_key=key)
        return
    for day in days:
        metadata = {"dagster/partition_row_count": counts.get(day, 0)}
        context.add_asset_metadata(metadata, asset_key=key, partition_key=day.isoformat())
