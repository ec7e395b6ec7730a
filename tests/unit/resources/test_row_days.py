from __future__ import annotations

from datetime import date, datetime

import dagster as dg
import pyarrow as pa
import pytest

from tunegenie_assets.resources.row_days import day_column, days_in


@pytest.mark.parametrize(
    ("columns", "partition_column", "expected"),
    [
        ({"at": "timestamp", "day": "date"}, "week", "week"),
        ({"day": "date", "play_date": ""}, None, "play_date"),
        ({"at": "timestamp[us]", "day": "date32[day]"}, None, "day"),
        ({"name": "varchar", "at": "timestamp"}, None, "at"),
        ({"name": "varchar"}, None, None),
    ],
)
def test_the_column_that_says_the_day(
    columns: dict[str, str], partition_column: str | None, expected: str | None
) -> None:
    assert day_column(columns, partition_column) == expected


@pytest.mark.parametrize(
    "values", [[date(2025, 3, 9), None, date(2024, 2, 29)], [datetime(2025, 3, 9, 23), datetime(2024, 2, 29, 1)]]
)
def test_days_of_rows_in_memory(values: list[date]) -> None:
    assert days_in(pa.table({"at": values}), "at") == {
        "rows_from": dg.MetadataValue.text("2024-02-29"),
        "rows_to": dg.MetadataValue.text("2025-03-09"),
        "days_of": "at",
    }


def test_without_rows_or_column_there_are_none() -> None:
    nothing = pa.table({"at": pa.array([], pa.date32())})
    assert days_in(nothing, "at") == {}
    assert days_in(pa.table({"at": pa.array([None], pa.date32())}), "at") == {}
    assert days_in(pa.table({"x": [1]}), None) == {}
