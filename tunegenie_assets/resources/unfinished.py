"""Whose landed records have not all reached gold, so that the next import finishes what another began."""

from __future__ import annotations

from collections import Counter

from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.resources.tables import WarehouseIOManager

KNOWN_COLUMNS = """
select lower(table_schema) as layer, lower(table_name) as name, lower(column_name) as field
from information_schema.columns
"""
# Without one of these the warehouse is not built yet, or was built before plays were told from what does not count.
NEEDED_COLUMNS = {
    ("landing", "archive_files", "member_name"),
    ("silver", "play_ledger", "fate"),
    ("gold", "fct_plays", "counts_as_play"),
    ("gold", "daily_listening_summary", "total_plays"),
}
RECORDS_AND_PLAYS = """
with ledger as (
    -- A record of a file that landing does not know so was stored by an earlier version: it counts as missing.
    select l.listener_id, count(f.member_name) as records, sum(case when l.fate = 'kept' then 1 else 0 end) as kept
    from silver.play_ledger as l
    left join landing.archive_files as f on l.listener_id = f.listener_id and l.source_file = f.source_file
    where l.source != 'synthetic'
    group by l.listener_id
),

facts as (
    select listener_id, count(*) as facts, sum(case when counts_as_play then 1 else 0 end) as counted
    from gold.fct_plays
    group by listener_id
),

daily as (select listener_id, sum(total_plays) as daily from gold.daily_listening_summary group by listener_id)

select
    ledger.listener_id,
    ledger.records,
    cast(ledger.kept as bigint) as kept,
    coalesce(facts.facts, 0) as facts,
    cast(coalesce(facts.counted, 0) as bigint) as counted,
    cast(coalesce(daily.daily, 0) as bigint) as daily
from ledger
left join facts on ledger.listener_id = facts.listener_id
left join daily on ledger.listener_id = daily.listener_id
"""


def unfinished_listeners(store: ArchiveStore, warehouse: WarehouseIOManager) -> set[str]:
    """Listeners whose landed records have not all reached gold: an import of theirs died on its way."""
    landed: Counter[str] = Counter()
    for archive, parsed in store.parsed_archives():
        landed[archive.listener_id] += parsed.records + parsed.rejected
    listeners = {listener_id for listener_id, records in landed.items() if records}
    known = {(row["layer"], row["name"], row["field"]) for row in warehouse.query(KNOWN_COLUMNS).to_pylist()}
    if not known >= NEEDED_COLUMNS:
        return listeners
    return listeners - {
        row["listener_id"]
        for row in warehouse.query(RECORDS_AND_PLAYS).to_pylist()
        if row["records"] == landed[row["listener_id"]]
        and row["kept"] == row["facts"]
        and row["counted"] == row["daily"]
    }
