with

artist_months as (
    select
        listener_id,
        cast(extract(year from date_key) as bigint) as year,
        cast(extract(month from date_key) as bigint) as month,
        artist_id,
        count(*) as plays,
        sum(ms_heard) as ms_heard
    from {{ ref('fct_plays') }}
    where counts_as_play
    group by listener_id, extract(year from date_key), extract(month from date_key), artist_id
),

artist_clusters as (
    select
        artists.artist_id,
        case
            when artists.primary_genre = 'unclassified' then 'unclassified'
            else coalesce(clusters.genre_cluster, 'no cluster')
        end as genre_cluster
    from {{ ref('dim_artist') }} as artists
    left join {{ source('enrichment', 'genre_clusters') }} as clusters on artists.primary_genre = clusters.genre
),

months as (
    select
        artist_months.listener_id,
        artist_months.year,
        artist_months.month,
        artist_clusters.genre_cluster,
        cast(sum(artist_months.plays) as bigint) as plays,
        cast(sum(artist_months.ms_heard) as double) / 60000 as minutes_listened
    from artist_months
    inner join artist_clusters on artist_months.artist_id = artist_clusters.artist_id
    group by artist_months.listener_id, artist_months.year, artist_months.month, artist_clusters.genre_cluster
)

select
    listener_id,
    year,
    month,
    genre_cluster,
    plays,
    minutes_listened,
    cast(plays as double) / sum(plays) over (partition by listener_id, year, month) as plays_share
from months
