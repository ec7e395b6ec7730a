"""Which days the rows of a table are of: the column that says it, and how the Dagster UI is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

PLAY_DAY = "play_date"
"""What bronze, whose columns have no declared types, has as well."""
ROWS_FROM, ROWS_TO, DAYS_OF = "rows_from", "rows_to", "days_of"
"""Not `first_day` and `last_day`: what landed names with them the days that are to be built."""


def day_column(columns: Mapping[str, str], partition_column: str | None = None) -> str | None:
    """The column that the table is kept by, else the day of play, else the first date, else the first moment."""
    if partition_column or PLAY_DAY in columns:
        return partition_column or PLAY_DAY
    dates = [name for name, kind in columns.items() if kind.startswith("date")]
    moments = [name for name, kind in columns.items() if kind.startswith("timestamp")]
    return next(iter([*dates, *moments]), None)


def days_metadata(column: str | None, first: date | None, last: date | None) -> dict[str, Any]:
    """Nothing where the table has no such column or no rows."""
    if column is None or first is None or last is None:
        return {}
    days = {ROWS_FROM: first, ROWS_TO: last}
    return {name: dg.MetadataValue.text(day.isoformat()) for name, day in days.items()} | {DAYS_OF: column}


def days_in(rows: pa.Table, column: str | None) -> dict[str, Any]:
    """The same, of rows in memory."""
    if column is None or not rows.num_rows:
        return {}
    days = rows.column(column).cast(pa.date32())
    bounds = pc.min_max(days).as_py()  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    return days_metadata(column, bounds["min"], bounds["max"])
