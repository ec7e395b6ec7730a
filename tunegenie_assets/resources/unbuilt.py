"""Which days hold collected plays that have not reached gold, so that the next pass builds what a killed one left.

Imports have their own way of noticing, in unfinished.py.
"""

from __future__ import annotations

from datetime import date

from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.tables import WarehouseIOManager

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
