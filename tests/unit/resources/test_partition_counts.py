from collections.abc import Mapping
from datetime import date, timedelta

import dagster as dg
import pyarrow as pa

from tunegenie_assets.partitions import play_days, range_tags
from tunegenie_assets.resources.partition_counts import MOST_DAYS_COUNTED, count_by_day, days_of, record_counts

FIRST = date(2025, 1, 1)


def run(counts: Mapping[date, int], days: int) -> tuple[tuple[date, date], list[dg.AssetMaterialization]]:
    """Run an asset over a range of days that has these counts; returns the range it saw and its events."""
    seen: list[tuple[date, date]] = []

    @dg.asset(partitions_def=play_days, backfill_policy=dg.BackfillPolicy.single_run())
    def counted(context: dg.AssetExecutionContext) -> None:
        seen.append(days_of(context))
        record_counts(context, context.asset_key, counts, days_of(context))

    result = dg.materialize([counted], tags=range_tags(FIRST, FIRST + timedelta(days=days - 1)))
    return seen[0], list(result.asset_materializations_for_node("counted"))


def test_days_without_rows_are_not_counted() -> None:
    days = [FIRST, FIRST, FIRST + timedelta(days=2)]
    assert count_by_day(pa.table({"day": days}), "day") == {FIRST: 2, FIRST + timedelta(days=2): 1}
    assert count_by_day(pa.table({"day": pa.array([], pa.date32())}), "day") == {}


def test_each_day_tells_its_rows_and_zero_is_a_count() -> None:
    window, events = run({FIRST: 5, FIRST + timedelta(days=2): 7}, days=3)
    assert window == (FIRST, FIRST + timedelta(days=3))
    counts = {event.partition: event.metadata["dagster/partition_row_count"].value for event in events}
    assert counts == {"2025-01-01": 5, "2025-01-02": 0, "2025-01-03": 7}


def test_long_run_tells_the_rows_of_all_its_days() -> None:
    _, events = run({FIRST: 5, FIRST + timedelta(days=2): 7}, days=MOST_DAYS_COUNTED + 1)
    assert len(events) == MOST_DAYS_COUNTED + 1
    assert all(event.metadata["rows_in_run"].value == 12 for event in events)
    assert not any("dagster/partition_row_count" in event.metadata for event in events)
