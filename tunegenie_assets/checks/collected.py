"""Checks of what was collected from services: nothing that fails here stops a run, somebody should look at it."""

import dagster as dg

from tunegenie_assets.checks.factories import WARN, no_rows_check

no_gap_is_open = no_rows_check(
    ["silver", "listening_gaps"],
    "none_is_open",
    """
    select listener_id, missing_from, missing_until
    from silver.listening_gaps
    where is_open
    """,
    description=(
        "No plays are missing: more than 50 between two polls are lost to the poll. Import the listener's extended "
        "history of that time, and poll more often."
    ),
    severity=WARN,
)

pages_readable = no_rows_check(
    ["landing", "page_files"],
    "readable",
    "select source_file, unreadable from landing.page_files where unreadable > 0",
    description="Every page is what its service sends; one that is not is kept in landing.",
    severity=WARN,
)

plays_once = no_rows_check(
    ["raw", "spotify_recently_played"],
    "every_play_once",
    """
    select listener_id, played_at, track_uri, count(*) as times
    from raw.spotify_recently_played
    group by 1, 2, 3
    having count(*) > 1
    """,
    description="A play that many pages tell of is one row.",
    blocking=True,
)

COLLECTED_CHECKS: list[dg.AssetChecksDefinition] = [no_gap_is_open, pages_readable, plays_once]
