"""Which days of collected plays are not all built, so that the next pass builds what a killed one left.

Imports have their own way of noticing, in unfinished.py.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import dagster as dg

from tunegenie_assets.keys import BUILD_COLLECTED
from tunegenie_assets.partitions import RANGE_END_TAG, RANGE_START_TAG
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.tables import WarehouseIOManager

RUNS_BACK = 50
"""Builds that are looked at: a day of one every half hour."""
MOST_TRIES = 3
_DID_NOT_END_WELL = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
_NEEDED = {("silver", "play_ledger"), ("gold", "fct_plays")}
_TABLES = """
select lower(table_schema) as layer, lower(table_name) as name
from information_schema.tables
where lower(table_schema) in ('silver', 'gold')
"""
_ARRIVED = """
select ledger.play_date as play_date, count(*) as records
from silver.play_ledger as ledger
left join gold.fct_plays as facts on ledger.play_id = facts.play_id
where
    ledger.source_file like 'pages/%'
    and (ledger.fate not in ('kept', 'merged_into') or facts.play_id is not null)
group by ledger.play_date
"""


def unbuilt_days(collection: Collection, warehouse: WarehouseIOManager) -> set[date]:
    """UTC days of which not every collected record stands in the ledger, or not every play of theirs in gold."""
    told = collection.plays_by_day()
    found = {(row["layer"], row["name"]) for row in warehouse.query(_TABLES).to_pylist()}
    if not told or not found >= _NEEDED:
        return set(told)
    arrived = {row["play_date"]: row["records"] for row in warehouse.query(_ARRIVED).to_pylist()}
    return {day for day, records in told.items() if arrived.get(day, 0) != records}


def days_of_failed_builds(instance: dg.DagsterInstance) -> set[date]:
    """The days of builds that were killed, cancelled or failed, and that no later one has covered or is at work on.

    Their plays may all stand in the facts, while what is summed up from them does not know them. A day that did not
    come to its end MOST_TRIES times in a row is left to the daily build, or to who mends what is broken.
    """
    tries: Counter[date] = Counter()
    covered: set[date] = set()
    for run in instance.get_runs(filters=dg.RunsFilter(job_name=BUILD_COLLECTED), limit=RUNS_BACK):
        days = _days_of(run)
        if run.status in _DID_NOT_END_WELL:
            tries.update(days - covered)
        else:
            covered |= days
    return {day for day, times in tries.items() if times < MOST_TRIES}


def _days_of(run: dg.DagsterRun) -> set[date]:
    if RANGE_START_TAG not in run.tags or RANGE_END_TAG not in run.tags:
        return set()
    first, last = (date.fromisoformat(run.tags[name]) for name in (RANGE_START_TAG, RANGE_END_TAG))
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}
