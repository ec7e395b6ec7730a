{#- A view: genres are redone for the whole history, and a stored copy would go stale. -#}
{{ config(materialized='view') }}

with

dated as (
    select
        counted_plays.*,
        cast(extract(hour from local_timestamp) as bigint) as local_hour
    from {{ ref('counted_plays') }} as counted_plays
),

-- Genre and family first, over artists: plays are joined once.
genres as (
    select
        told.artist_id,
        told.primary_genre,
        told.genre_source,
        places.family
    from {{ source('enrichment', 'artist_genres') }} as told
    left join {{ source('enrichment', 'genre_taxonomy') }} as places on told.primary_genre = places.genre
)

select
    dated.play_id,
    dated.listener_id,
    dated.play_date,
    dated.started_at,
    dated.ended_at as played_at,
    dated.local_timestamp,
    dated.local_date,
    dated.timezone,
    dated.track_id,
    dated.recording_key,
    dated.track_name,
    dated.artist_id,
    dated.artist_name as primary_artist_name,
    dated.album_id,
    dated.album_name,
    coalesce(genres.primary_genre, 'unclassified') as primary_genre,
    coalesce(genres.family, 'unclassified') as genre_family,
    coalesce(genres.genre_source, 'unclassified') as genre_source,
    artists.popularity as artist_popularity,
    cast(coalesce(tracks.popularity, artists.popularity) as double) as mainstream_score,
    case
        when tracks.popularity is not null then tracks.popularity_source
        else artists.popularity_source
    end as mainstream_source,
    dated.ms_played,
    dated.ms_heard,
    dated.length_ms as duration_ms,
    {{ completion_of('dated.ms_played', 'dated.length_ms') }} as completion,
    dated.skipped,
    dated.exclusion_id,
    dated.counts_as_play,
    dated.local_hour,
    {{ time_of_day_category('dated.local_hour') }} as time_of_day_category,
    {{ is_weekend('dated.local_date') }} as is_weekend,
    {{ season('dated.local_date') }} as season,
    dated.session_id,
    dated.source
from dated
left join {{ ref('tracks') }} as tracks on dated.track_id = tracks.track_id
left join {{ ref('artists') }} as artists on dated.artist_id = artists.artist_id
left join genres on dated.artist_id = genres.artist_id
