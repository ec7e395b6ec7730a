"""Checks that no record is lost and none is counted twice: rows in are plays and reasons, file by file.

They block what follows, since every figure after a lost or doubled record is wrong. Other checks of records are in
records.py.
"""

import dagster as dg

from tunegenie_assets.checks.factories import no_rows_check
from tunegenie_assets.schemas.collected import LISTENING
from tunegenie_assets.schemas.table import Table

_LOADED = " union all ".join(
    f"select listener_id, source_file, play_date from {'.'.join(table.key)}"  # noqa: S608  # names of schemas/
    for table in LISTENING
)

_COUNTED = " union all ".join(
    f"select listener_id, '{table.name}' as source, count(*) as records from {'.'.join(table.key)} group by 1"  # noqa: S608  # names of schemas/
    for table in LISTENING
)


def _records_once(table: Table) -> dg.AssetChecksDefinition:
    return no_rows_check(
        table.key,
        "every_record_once",
        f"""
        select listener_id, source_file, source_row, count(*) as times
        from {".".join(table.key)}
        group by listener_id, source_file, source_row
        having count(*) > 1
        """,  # noqa: S608  # names of schemas/
        description="No record of an archive stands in the table twice.",
        blocking=True,
    )


histories_once = [_records_once(table) for table in LISTENING]

ledger_conserves_files = no_rows_check(
    ["silver", "play_ledger"],
    "conserves_every_file",
    f"""
    with loaded as (
        select listener_id, split_part(source_file, '/', 1) as archive_id,
               min(play_date) as first_day, max(play_date) as last_day
        from ({_LOADED}) as histories
        group by 1, 2
    ),

    -- Of an archive whose first and last day are loaded every record must be there.
    rows_in as (
        select f.listener_id, f.source_file, f.records + f.rejected as records
        from landing.archive_files as f
        inner join landing.archives as a on f.archive_id = a.archive_id and f.listener_id = a.listener_id
        left join loaded as l on f.archive_id = l.archive_id and f.listener_id = l.listener_id
        where f.records + f.rejected > 0
            and (a.first_day is null or (l.first_day = a.first_day and l.last_day = a.last_day))
    ),

    rows_out as (
        select listener_id, source_file,
               sum(case when fate = 'kept' then 1 else 0 end) as kept,
               sum(case when fate = 'merged_into' then 1 else 0 end) as merged,
               sum(case when fate not in ('kept', 'merged_into') then 1 else 0 end) as reasons,
               count(distinct source_row) as rows_named
        from silver.play_ledger
        where source != 'synthetic'
        group by listener_id, source_file
    )

    select i.listener_id, i.source_file, i.records as rows_in, o.kept, o.merged, o.reasons, o.rows_named
    from rows_in as i
    left join rows_out as o on i.listener_id = o.listener_id and i.source_file = o.source_file
    where i.records != coalesce(o.kept + o.merged + o.reasons, 0) or i.records != coalesce(o.rows_named, 0)
    """,  # noqa: S608  # names of schemas/
    description="Of every imported file: rows in = kept + merged + each reason, and each row is named once.",
    blocking=True,
    additional_deps=[["landing", "archive_files"]],
)

ledger_conserves_sources = no_rows_check(
    ["silver", "play_ledger"],
    "conserves_every_source",
    f"""
    with records_in as (
        {_COUNTED}
        union all
        select listener_id, 'synthetic' as source, count(*) as records
        from synthetic.plays
        group by listener_id
    ),

    records_out as (
        select listener_id, source, count(*) as records
        from silver.play_ledger
        where fate != 'unparseable'
        group by listener_id, source
    )

    select i.listener_id, i.source, i.records as records_in, o.records as records_out
    from records_in as i
    full outer join records_out as o on i.listener_id = o.listener_id and i.source = o.source
    where coalesce(i.records, 0) != coalesce(o.records, 0)
    """,  # noqa: S608  # names of schemas/
    description="Every record that is loaded has its line in the ledger: as many out as in.",
    blocking=True,
)

plays_are_kept_records = no_rows_check(
    ["silver", "plays"],
    "kept_records_only",
    """
    select coalesce(r.play_id, p.play_id) as play_id, r.kept, r.listener_id, p.listener_id as listener_of_play
    from (
        select play_id, listener_id, sum(case when fate = 'kept' then 1 else 0 end) as kept
        from silver.play_records
        where play_id is not null
        group by play_id, listener_id
    ) as r
    full outer join silver.plays as p on r.play_id = p.play_id and r.listener_id = p.listener_id
    where coalesce(r.kept, 0) != 1 or p.play_id is null
    """,
    description="Every play is one kept record, and every merged record leads to a play of the same listener.",
    blocking=True,
)

CONSERVATION_CHECKS: list[dg.AssetChecksDefinition] = [
    *histories_once,
    ledger_conserves_files,
    ledger_conserves_sources,
    plays_are_kept_records,
]
