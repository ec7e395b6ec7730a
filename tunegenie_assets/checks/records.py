"""Checks of records on their way: landing, raw, synthetic and silver lose none and double none.

Blocking only where what follows would be wrong; the rest warns or fails beside the run. Checks of what is made from
the records are in results.py.
"""

from typing import Any

import dagster as dg
import pyarrow as pa

from tunegenie_assets.checks.factories import WARN, completeness_check, no_rows_check, query_check

raw_records_once = no_rows_check(
    ["raw", "spotify_extended_history"],
    "every_record_once",
    """
    select listener_id, source_file, source_row, count(*) as times
    from raw.spotify_extended_history
    group by listener_id, source_file, source_row
    having count(*) > 1
    """,
    description="No record of an archive stands in the table twice.",
    blocking=True,
)

raw_records_complete = no_rows_check(
    ["raw", "spotify_extended_history"],
    "archives_complete",
    """
    with loaded as (
        select listener_id, source_file, min(play_date) as first_day, max(play_date) as last_day, count(*) as records
        from raw.spotify_extended_history
        group by listener_id, source_file
    ),

    by_archive as (
        select listener_id, split_part(source_file, '/', 1) as archive_id, sum(records) as records,
               min(first_day) as first_day, max(last_day) as last_day
        from loaded
        group by 1, 2
    )

    select a.listener_id, a.archive_id, a.records as landed, b.records as loaded
    from landing.archives as a
    inner join by_archive as b on a.archive_id = b.archive_id and a.listener_id = b.listener_id
    where b.first_day = a.first_day and b.last_day = a.last_day and b.records != a.records
    """,
    description="An archive whose first and last day are loaded is loaded whole.",
    blocking=True,
)

plays_known_listener = no_rows_check(
    ["synthetic", "plays"],
    "known_listeners",
    """
    select distinct p.listener_id
    from synthetic.plays as p
    left join synthetic.listeners as l on p.listener_id = l.listener_id
    where l.listener_id is null
    """,
    description="Every simulated play belongs to a listener of the population.",
    blocking=True,
)

plays_do_not_overlap = no_rows_check(
    ["synthetic", "plays"],
    "no_overlap",
    """
    select listener_id, started_at
    from (
        select listener_id, started_at,
               lag(ended_at) over (partition by listener_id order by started_at, ended_at) as before
        from synthetic.plays
    ) as ordered
    where started_at < before
    """,
    description="A simulated listener hears one track at a time.",
    severity=WARN,
)

listeners_once = no_rows_check(
    ["synthetic", "listeners"],
    "every_listener_once",
    "select listener_id, count(*) as times from synthetic.listeners group by listener_id having count(*) > 1",
    description="No simulated listener stands in the table twice.",
    blocking=True,
)

catalogue_complete = completeness_check(
    ["raw", "catalogue_tracks"], ["track_name", "artist_name", "album_name", "duration_ms", "genre", "popularity"]
)

simulated_tracks_known = no_rows_check(
    ["raw", "catalogue_tracks"],
    "simulated_tracks_known",
    """
    select p.track_id, count(*) as plays
    from synthetic.plays as p
    left join raw.catalogue_tracks as c on p.track_id = c.track_id
    where c.track_id is null
    group by p.track_id
    """,
    description=(
        "The catalogue has every track that simulated listeners play; after a change of TUNEGENIE_CATALOGUE, "
        "tunegenie demo simulates them anew."
    ),
    severity=WARN,
    additional_deps=[["synthetic", "plays"]],
)

archives_readable = no_rows_check(
    ["landing", "archives"],
    "mostly_readable",
    "select original_name, records, rejected from landing.archives where rejected > 0.05 * (records + rejected)",
    description="At most 5 % of the records of an archive cannot be read.",
    severity=WARN,
)

rejected_records_accounted = no_rows_check(
    ["raw", "rejected_records"],
    "every_rejection_listed",
    """
    with listed as (
        select split_part(source_file, '/', 1) as archive_id, listener_id, count(*) as records
        from raw.rejected_records
        group by 1, 2
    )

    select a.archive_id, a.rejected, coalesce(l.records, 0) as listed
    from landing.archives as a
    left join listed as l on a.archive_id = l.archive_id and a.listener_id = l.listener_id
    where a.rejected != coalesce(l.records, 0)
    """,
    description="Each record that could not be read stands in raw.rejected_records with its reason.",
)

ledger_conserves_records = no_rows_check(
    ["silver", "play_ledger"],
    "conserves_records",
    """
    with records_in as (
        select listener_id, 'spotify_extended_history' as source, count(*) as records
        from raw.spotify_extended_history
        group by listener_id
        union all
        select listener_id, 'synthetic' as source, count(*) as records
        from synthetic.plays
        group by listener_id
    ),

    records_out as (
        select listener_id, source, count(*) as records
        from silver.play_ledger
        group by listener_id, source
    )

    select i.listener_id, i.source, i.records as records_in, o.records as records_out
    from records_in as i
    full outer join records_out as o on i.listener_id = o.listener_id and i.source = o.source
    where coalesce(i.records, 0) != coalesce(o.records, 0)
    """,
    description="Every record of every source has its line in the ledger: as many out as in.",
    blocking=True,
)

plays_are_kept_records = no_rows_check(
    ["silver", "plays"],
    "kept_records_only",
    """
    with plays as (select listener_id, source, count(*) as plays from silver.plays group by listener_id, source),

    kept as (
        select listener_id, source, count(*) as plays
        from silver.play_ledger
        where fate = 'kept'
        group by listener_id, source
    )

    select k.listener_id, k.source, k.plays as kept, p.plays
    from kept as k
    full outer join plays as p on k.listener_id = p.listener_id and k.source = p.source
    where coalesce(k.plays, 0) != coalesce(p.plays, 0)
    """,
    description="There are as many plays as records that the ledger calls kept.",
    blocking=True,
    additional_deps=[["silver", "play_ledger"]],
)

enriched_plays_once = no_rows_check(
    ["silver", "listening_enriched"],
    "every_play_once",
    """
    select plays, enriched
    from (select count(*) as plays from silver.plays) as p
    cross join (select count(*) as enriched from silver.listening_enriched) as e
    where plays != enriched
    """,
    description="Joining tracks, artists, genres and listeners neither drops nor doubles a play.",
    blocking=True,
    additional_deps=[["silver", "plays"]],
)


def _latest_day(rows: pa.Table) -> tuple[bool, dict[str, Any]]:
    row = rows.to_pylist()[0]
    newest, expected = row["newest"], row["expected"]
    return expected is None or newest == expected, {"newest_day": str(newest), "expected_day": str(expected)}


latest_day_present = query_check(
    ["silver", "plays"],
    "latest_day_present",
    """
    select
        (select max(play_date) from silver.plays) as newest,
        (
            select max(last_day) from (
                select max(play_date) as last_day from synthetic.plays
                union all
                select max(play_date) as last_day from raw.spotify_extended_history
            ) as sources
        ) as expected
    """,
    _latest_day,
    description="The newest day of the sources has reached silver; freshness alone looks at the last run, not the day.",
    severity=WARN,
)

RECORD_CHECKS: list[dg.AssetChecksDefinition] = [
    raw_records_once,
    raw_records_complete,
    plays_known_listener,
    plays_do_not_overlap,
    listeners_once,
    catalogue_complete,
    simulated_tracks_known,
    archives_readable,
    rejected_records_accounted,
    ledger_conserves_records,
    plays_are_kept_records,
    enriched_plays_once,
    latest_day_present,
]
