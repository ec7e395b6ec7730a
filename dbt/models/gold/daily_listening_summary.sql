{#- Whole, over silver.daily_listening by day: an older history that is imported makes what was new on a date old. -#}
with

new_tracks as (
    select
        listener_id,
        date_key,
        count(*) as new_tracks
    from {{ ref('track_discoveries') }}
    group by listener_id, date_key
),

new_artists as (
    select
        listener_id,
        date_key,
        count(*) as new_artists
    from {{ ref('artist_discoveries') }}
    group by listener_id, date_key
),

partial_days as (
    select distinct
        days.listener_id,
        days.local_date
    from {{ ref('daily_listening') }} as days
    inner join {{ ref('open_gap_days') }} as gaps
        on
            days.listener_id = gaps.listener_id
            and days.local_date >= gaps.first_date
            and days.local_date <= gaps.last_date
)

select
    days.listener_id,
    days.local_date,
    days.total_plays,
    days.minutes_listened,
    days.unique_tracks,
    days.unique_artists,
    days.unique_genres,
    days.mainstream_score,
    days.genre_diversity_score,
    days.average_listening_hour,
    days.skip_rate,
    coalesce(new_tracks.new_tracks, 0) as new_tracks,
    coalesce(new_artists.new_artists, 0) as new_artists,
    partial_days.listener_id is not null as is_partial
from {{ ref('daily_listening') }} as days
left join new_tracks on days.listener_id = new_tracks.listener_id and days.local_date = new_tracks.date_key
left join new_artists on days.listener_id = new_artists.listener_id and days.local_date = new_artists.date_key
left join partial_days on days.listener_id = partial_days.listener_id and days.local_date = partial_days.local_date
