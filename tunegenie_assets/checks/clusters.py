"""Checks of the clusters of genres and of what gold tells by them."""

import dagster as dg

from tunegenie_assets.checks.factories import no_rows_check

clusters_are_whole = no_rows_check(
    ["enrichment", "genre_clusters"],
    "every_genre_once_with_its_strength",
    """
    select 'genre stands twice' as fault, genre as name, count(*) as found
    from enrichment.genre_clusters
    group by genre
    having count(*) > 1
    union all
    select 'strengths do not sum to 1' as fault, genre_cluster as name, count(*) as found
    from enrichment.genre_clusters
    group by genre_cluster
    having abs(sum(strength) - 1) > 0.001 or max(case when is_strongest then 1 else 0 end) = 0
    """,
    description="Every genre is in one cluster, every cluster is named, and the strengths of its genres sum to 1.",
)

cluster_months_add_up = no_rows_check(
    ["gold", "genre_cluster_months"],
    "adds_up_to_all_plays",
    """
    select f.listener_id, f.year, f.month, c.plays as by_cluster, f.plays as facts, c.shares
    from (
        select listener_id, year, month, sum(plays) as plays, sum(plays_share) as shares
        from gold.genre_cluster_months
        group by listener_id, year, month
    ) as c
    full outer join (
        select listener_id, extract(year from date_key) as year, extract(month from date_key) as month,
               count(*) as plays
        from gold.fct_plays
        where counts_as_play
        group by listener_id, extract(year from date_key), extract(month from date_key)
    ) as f on c.listener_id = f.listener_id and c.year = f.year and c.month = f.month
    where coalesce(c.plays, 0) != coalesce(f.plays, 0) or abs(c.shares - 1) > 0.000001
    """,
    description="Plays by cluster add up to all plays of each listener and month that count, and their shares to 1.",
    blocking=True,
    additional_deps=[["gold", "fct_plays"]],
)

CLUSTER_CHECKS: list[dg.AssetChecksDefinition] = [clusters_are_whole, cluster_months_add_up]
