"""Checks of records on their way through landing, raw, synthetic and silver.

Blocking only where what follows would be wrong; the rest warns or fails beside the run. That none is lost or doubled is
checked in conservation.py; checks of what is made from the records are in results.py.
"""

from typing import Any

import dagster as dg
import pyarrow as pa

from tunegenie_assets.checks.factories import WARN, completeness_check, no_rows_check, query_check
from tunegenie_assets.schemas.collected import LISTENING

plays_known_listener = no_rows_check(
    ["synthetic", "plays"],
    "every_play_of_a_listener",
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

invented_tracks_once = no_rows_check(
    ["synthetic", "catalogue"],
    "every_track_once",
    """
    select track_id, count(*) as tracks
    from synthetic.catalogue
    group by track_id
    having count(*) > 1
    """,
    description="An invented track stands in the catalogue once, and its id is nobody else's.",
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

files_add_up = no_rows_check(
    ["landing", "archive_files"],
    "add_up_to_archives",
    """
    select a.listener_id, a.archive_id, a.records, a.rejected, f.records as in_files, f.rejected as rejected_in_files
    from landing.archives as a
    left join (
        select listener_id, archive_id, sum(records) as records, sum(rejected) as rejected
        from landing.archive_files
        group by 1, 2
    ) as f on a.listener_id = f.listener_id and a.archive_id = f.archive_id
    where a.records != coalesce(f.records, 0) or a.rejected != coalesce(f.rejected, 0)
    """,
    description="The files of an archive hold what the archive holds.",
    blocking=True,
    additional_deps=[["landing", "archives"]],
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


_NEWEST_DAYS = " union all ".join(
    f"select max(play_date) as play_date from {'.'.join(table.key)}"  # noqa: S608  # names of schemas/
    for table in LISTENING
)


def _latest_day(rows: pa.Table) -> tuple[bool, dict[str, Any]]:
    row = rows.to_pylist()[0]
    newest, expected = row["newest"], row["expected"]
    is_there = expected is None or newest == expected
    return is_there, {
        **({} if is_there else {"summary": f"silver ends on {newest}, its sources on {expected}"}),
        "newest_day": str(newest),
        "expected_day": str(expected),
    }


latest_day_present = query_check(
    ["silver", "plays"],
    "latest_day_present",
    f"""
    select
        (select max(play_date) from silver.plays) as newest,
        (
            select max(play_date) from (
                select max(play_date) as play_date from synthetic.plays
                union all
                {_NEWEST_DAYS}
            ) as sources
        ) as expected
    """,  # noqa: S608  # names of schemas/
    _latest_day,
    description="The newest day of the sources has reached silver; freshness alone looks at the last run, not the day.",
    severity=WARN,
)

RECORD_CHECKS: list[dg.AssetChecksDefinition] = [
    plays_known_listener,
    plays_do_not_overlap,
    listeners_once,
    catalogue_complete,
    invented_tracks_once,
    simulated_tracks_known,
    archives_readable,
    files_add_up,
    rejected_records_accounted,
    enriched_plays_once,
    latest_day_present,
]
