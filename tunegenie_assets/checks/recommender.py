"""Checks of what the recommender learns from and says. Whether a model is good enough its evaluation says."""

import dagster as dg

from tunegenie_assets.checks.factories import no_rows_check

interactions_come_from_plays = no_rows_check(
    ["recommender", "interactions"],
    "allowed_plays_only",
    """
    select i.listener_id, i.track_id
    from recommender.interactions as i
    inner join gold.dim_track as t on i.track_id = t.track_id
    left join (
        select distinct plays.listener_id, tracks.recording_key
        from silver.plays as plays
        inner join gold.dim_track as tracks on plays.track_id = tracks.track_id
        where plays.license_class != 'spotify_api'
    ) as p on i.listener_id = p.listener_id and t.recording_key = p.recording_key
    where p.recording_key is null
    """,
    description="Nothing is learnt from plays of the Spotify Web API, whose policy forbids it.",
    blocking=True,
)

artists_come_from_plays = no_rows_check(
    ["recommender", "artist_interactions"],
    "allowed_plays_only",
    """
    select i.listener_id, i.artist_id
    from recommender.artist_interactions as i
    left join (
        select distinct plays.listener_id, tracks.artist_id
        from silver.plays as plays
        inner join gold.dim_track as played on plays.track_id = played.track_id
        inner join gold.dim_track as tracks on played.recording_key = tracks.recording_key
        where plays.license_class != 'spotify_api'
    ) as p on i.listener_id = p.listener_id and i.artist_id = p.artist_id
    where p.artist_id is null
    """,
    description="An artist is liked for plays that may be learnt from.",
    blocking=True,
)

recommendations_are_new = no_rows_check(
    ["recommender", "recommendations"],
    "never_heard_before",
    """
    select r.listener_id, r.track_id
    from recommender.recommendations as r
    inner join silver.plays as p on r.listener_id = p.listener_id and r.track_id = p.track_id
    where datediff('day', r.week, p.play_date) < 7
    """,
    description="No listener is recommended a track they had played by the end of the week.",
)

recommendations_ranked = no_rows_check(
    ["recommender", "recommendations"],
    "ranks_are_whole",
    """
    select week, listener_id, count(*) as tracks, max(rank) as last_rank
    from recommender.recommendations
    group by week, listener_id
    having count(*) != max(rank) or count(distinct track_id) != count(*)
    """,
    description="Ranks run from 1 without a hole, and no track stands twice in a list.",
)

recommendations_are_wanted = no_rows_check(
    ["recommender", "recommendations"],
    "nothing_excluded",
    """
    select r.listener_id, r.track_id
    from recommender.recommendations as r
    inner join gold.unwanted_tracks as u on r.listener_id = u.listener_id and r.track_id = u.track_id
    where r.week = (select max(week) from recommender.recommendations)
    """,
    description="No listener is recommended a track that they excluded for good.",
)

recommendations_are_diverse = no_rows_check(
    ["recommender", "recommendations"],
    "two_of_an_artist",
    """
    select r.week, r.listener_id, t.artist_id, count(*) as tracks
    from recommender.recommendations as r
    inner join gold.dim_track as t on r.track_id = t.track_id
    where r.rank <= 10
    group by r.week, r.listener_id, t.artist_id
    having count(*) > 2
    """,
    description="Of ten recommended tracks at most two are of one artist.",
)

neighbours_are_others = [
    no_rows_check(
        ["recommender", f"{kind}_neighbours"],
        "others_in_order",
        f"""
        select {kind}_id, count(*) as neighbours
        from recommender.{kind}_neighbours
        group by {kind}_id
        having
            count(*) != max(rank)
            or count(distinct neighbour_id) != count(*)
            or max(case when neighbour_id = {kind}_id or abs(similarity) > 1.0001 then 1 else 0 end) = 1
        """,  # noqa: S608  # one of two words
        description="Ranks run from 1 without a hole, none is its own neighbour, and likeness lies between -1 and 1.",
    )
    for kind in ("track", "artist")
]

playlist_is_recommended = no_rows_check(
    ["recommender", "playlist"],
    "only_recommended",
    """
    select p.listener_id, p.track_id
    from recommender.playlist as p
    left join recommender.recommendations as r
        on p.week = r.week and p.listener_id = r.listener_id and p.track_id = r.track_id
    left join gold.dim_listener as l on p.listener_id = l.listener_id
    where r.track_id is null or coalesce(l.is_simulated, true)
    """,
    description="What is sent was recommended, and goes to people only.",
)

RECOMMENDER_CHECKS: list[dg.AssetChecksDefinition] = [
    interactions_come_from_plays,
    artists_come_from_plays,
    recommendations_are_new,
    recommendations_ranked,
    recommendations_are_wanted,
    recommendations_are_diverse,
    *neighbours_are_others,
    playlist_is_recommended,
]
