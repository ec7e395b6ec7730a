"""Checks of what listeners said and of what follows from it: exclusions, time zones, the plays that count."""

import dagster as dg

from tunegenie_assets.checks.factories import WARN, no_rows_check
from tunegenie_assets.schemas.landing import EXCLUSIONS, LISTENER_ZONES, TRAVELLERS
from tunegenie_assets.schemas.table import Table


def _by_known_listeners(table: Table) -> dg.AssetChecksDefinition:
    return no_rows_check(
        table.key,
        "known_listeners",
        f"""
        select distinct said.listener_id
        from {".".join(table.key)} as said
        left join landing.archives as a on said.listener_id = a.listener_id
        where a.listener_id is null
        """,  # noqa: S608  # names of schemas/
        description="Who said it has imported a history; another name is likely a slip.",
        severity=WARN,
        additional_deps=[["landing", "archives"]],
    )


said_by_known_listeners = [_by_known_listeners(table) for table in (EXCLUSIONS, LISTENER_ZONES, TRAVELLERS)]

zones_without_hole = no_rows_check(
    ["silver", "listener_zones"],
    "no_hole",
    """
    select listener_id, valid_from, valid_until, next_from
    from (
        select listener_id, valid_from, valid_until,
               lag(valid_until) over (partition by listener_id order by valid_from) as before_until,
               lead(valid_from) over (partition by listener_id order by valid_from) as next_from
        from silver.listener_zones
    ) as ordered
    where valid_from >= valid_until
        or (before_until is null and valid_from != timestamp '1900-01-01 00:00:00')
        or (next_from is null and valid_until != timestamp '9999-01-01 00:00:00')
        or next_from != valid_until
    """,
    description="At every moment each listener has one zone.",
    blocking=True,
)

plays_counted_once = no_rows_check(
    ["silver", "counted_plays"],
    "every_play_once",
    """
    select plays, judged
    from (select count(*) as plays from silver.plays) as p
    cross join (select count(*) as judged from silver.counted_plays) as c
    where plays != judged
    """,
    description="Zones, travels, lengths and exclusions neither drop nor double a play.",
    blocking=True,
    additional_deps=[["silver", "plays"]],
)

PREFERENCE_CHECKS: list[dg.AssetChecksDefinition] = [
    *said_by_known_listeners,
    zones_without_hole,
    plays_counted_once,
]
