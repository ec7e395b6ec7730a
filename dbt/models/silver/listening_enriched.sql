{#- A view: genres are redone for the whole history, and a stored copy would go stale. -#}
{{ config(materialized='view') }}

with

localised as (
    select
        plays.*,
        {{ to_local_timestamp(
            'plays.started_at', "coalesce(listeners.timezone, '" ~ var('default_timezone') ~ "')"
        ) }} as local_timestamp
    from {{ ref('plays') }} as plays
    left join {{ ref('listeners') }} as listeners on plays.listener_id = listeners.listener_id
),

dated as (
    select
        localised.*,
        cast(local_timestamp as date) as local_date,
        cast(extract(hour from local_timestamp) as bigint) as local_hour
    from localised
)

select
    dated.play_id,
    dated.listener_id,
    dated.play_date,
    dated.started_at,
    dated.ended_at as played_at,
    dated.local_timestamp,
    dated.local_date,
    dated.track_id,
    dated.track_name,
    dated.artist_id,
    dated.artist_name as primary_artist_name,
    dated.album_id,
    dated.album_name,
    coalesce(genres.primary_genre, 'unclassified') as primary_genre,
    coalesce(genres.genre_source, 'unclassified') as genre_source,
    artists.popularity as artist_popularity,
    cast(coalesce(tracks.popularity, artists.popularity) as double) as mainstream_score,
    dated.ms_played,
    tracks.duration_ms,
    case
        when dated.ms_played < tracks.duration_ms then cast(dated.ms_played as double) / tracks.duration_ms
        when tracks.duration_ms is not null then 1.0
    end as completion,
    dated.skipped,
    dated.local_hour,
    {{ time_of_day_category('dated.local_hour') }} as time_of_day_category,
    {{ is_weekend('dated.local_date') }} as is_weekend,
    {{ season('dated.local_date') }} as season,
    dated.source
from dated
left join {{ ref('tracks') }} as tracks on dated.track_id = tracks.track_id
left join {{ ref('artists') }} as artists on dated.artist_id = artists.artist_id
left join {{ source('enrichment', 'artist_genres') }} as genres on dated.artist_id = genres.artist_id
