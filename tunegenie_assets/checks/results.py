"""Checks of what is made from the records: genres and gold. Those of records are in records.py."""

import dagster as dg

from tunegenie_assets.checks.factories import no_rows_check

every_artist_has_genre = no_rows_check(
    ["enrichment", "artist_genres"],
    "every_artist",
    """
    select a.artist_id, a.artist_name
    from silver.artists as a
    left join enrichment.artist_genres as g on a.artist_id = g.artist_id
    where g.primary_genre is null
    """,
    description="Every artist of silver has a genre, `unclassified` if need be.",
)

evidence_weighs = no_rows_check(
    ["enrichment", "genre_evidence"],
    "weights_are_positive",
    # NaN is greater than any number.
    "select artist_name, genre, source, weight from enrichment.genre_evidence where not (weight > 0 and weight < 1e15)",
    description="A genre that somebody gives an artist weighs something.",
)

genres_stand_once = no_rows_check(
    ["enrichment", "genre_taxonomy"],
    "every_genre_once",
    """
    select places.genre, count(*) as places
    from enrichment.genre_taxonomy as places
    group by places.genre
    having count(*) > 1
    union all
    select told.genre, 0 as places
    from enrichment.genre_evidence as told
    left join enrichment.genre_taxonomy as places on told.genre = places.genre
    where places.genre is null
    """,
    description="Every genre that a service gives an artist has one place among all genres.",
    additional_deps=[["enrichment", "genre_evidence"]],
)

every_genre_has_place = no_rows_check(
    ["enrichment", "artist_genres"],
    "every_genre_has_a_place",
    """
    select g.primary_genre, count(*) as artists
    from enrichment.artist_genres as g
    left join enrichment.genre_taxonomy as p on g.primary_genre = p.genre
    where p.genre is null and g.primary_genre != 'unclassified'
    group by g.primary_genre
    """,
    description="Every genre of an artist has its place in enrichment.genre_taxonomy; `other` if need be.",
    additional_deps=[["enrichment", "genre_taxonomy"]],
)


def _by_dimension(dimension: str, key: str) -> dg.AssetChecksDefinition:
    return no_rows_check(
        ["gold", dimension],
        "every_play_finds_it",
        f"""
        select f.{key}, count(*) as plays
        from gold.fct_plays as f
        left join gold.{dimension} as d on f.{key} = d.{key}
        where d.{key} is null and f.{key} is not null
        group by f.{key}
        """,  # noqa: S608  # names are constants of this module
        description=f"Every play of gold.fct_plays has its row in gold.{dimension}.",
        additional_deps=[["gold", "fct_plays"]],
    )


def _by_bridge(bridge: str, dimension: str, key: str, other_dimension: str, other_key: str) -> dg.AssetChecksDefinition:
    return no_rows_check(
        ["gold", bridge],
        "both_ends_hold",
        f"""
        select 'not in {dimension}' as fault, b.{key} as key_value
        from gold.{bridge} as b
        left join gold.{dimension} as d on b.{key} = d.{key}
        where d.{key} is null
        union all
        select 'not in {other_dimension}' as fault, b.{other_key} as key_value
        from gold.{bridge} as b
        left join gold.{other_dimension} as d on b.{other_key} = d.{other_key}
        where d.{other_key} is null
        union all
        select 'not in {bridge}' as fault, d.{key} as key_value
        from gold.{dimension} as d
        left join gold.{bridge} as b on d.{key} = b.{key}
        where b.{key} is null
        """,  # noqa: S608  # names are constants of this module
        description=(
            f"Every row of gold.{dimension} is in gold.{bridge}, "
            f"and every row of that finds both gold.{dimension} and gold.{other_dimension}."
        ),
        additional_deps=[["gold", dimension], ["gold", other_dimension]],
    )


facts_find_dimensions = [
    _by_dimension("dim_track", "track_id"),
    _by_dimension("dim_recording", "recording_key"),
    _by_dimension("dim_artist", "artist_id"),
    _by_dimension("dim_listener", "listener_id"),
]
bridges_hold = [
    _by_bridge("bridge_track_artist", "dim_track", "track_id", "dim_artist", "artist_id"),
    _by_bridge("bridge_artist_genre", "dim_artist", "artist_id", "dim_genre", "genre"),
]

gold_counts_alike = no_rows_check(
    ["gold", "fct_plays"],
    "counts_as_silver_does",
    """
    select f.listener_id, f.plays as in_gold, s.plays as in_silver, f.days as days_in_gold, s.days as days_in_silver
    from (
        select listener_id, count(*) as plays, count(distinct date_key) as days
        from gold.fct_plays
        where counts_as_play
        group by listener_id
    ) as f
    full outer join (
        select listener_id, count(*) as plays, count(distinct local_date) as days
        from silver.counted_plays
        where counts_as_play
        group by listener_id
    ) as s on f.listener_id = s.listener_id
    where coalesce(f.plays, 0) != coalesce(s.plays, 0) or coalesce(f.days, 0) != coalesce(s.days, 0)
    """,
    description=(
        "Gold was built under today's counting policy, exclusions and time zones; where it was not, "
        "tunegenie recount brings it up to date."
    ),
    additional_deps=[["silver", "counted_plays"]],
)

gold_adds_up = no_rows_check(
    ["gold", "genre_analysis_complete"],
    "adds_up_to_all_plays",
    """
    select g.listener_id, g.plays as by_genre, f.plays as facts
    from (select listener_id, sum(total_plays) as plays from gold.genre_analysis_complete group by 1) as g
    full join (select listener_id, count(*) as plays from gold.fct_plays where counts_as_play group by 1) as f
        on g.listener_id = f.listener_id
    where coalesce(g.plays, 0) != coalesce(f.plays, 0)
    """,
    description="Plays by genre add up to all plays of each listener that count.",
    blocking=True,
    additional_deps=[["gold", "fct_plays"]],
)

sessions_add_up = no_rows_check(
    ["gold", "listening_sessions"],
    "adds_up_to_all_plays",
    """
    select f.listener_id, s.plays as in_sessions, f.plays as facts
    from (select listener_id, sum(plays) as plays from gold.listening_sessions group by listener_id) as s
    full outer join (
        select listener_id, count(*) as plays from gold.fct_plays where counts_as_play group by listener_id
    ) as f on s.listener_id = f.listener_id
    where coalesce(s.plays, 0) != coalesce(f.plays, 0)
    """,
    description="Plays by session add up to all plays of each listener that count.",
    additional_deps=[["gold", "fct_plays"]],
)

RESULT_CHECKS: list[dg.AssetChecksDefinition] = [
    every_artist_has_genre,
    evidence_weighs,
    genres_stand_once,
    every_genre_has_place,
    *facts_find_dimensions,
    *bridges_hold,
    gold_counts_alike,
    gold_adds_up,
    sessions_add_up,
]
