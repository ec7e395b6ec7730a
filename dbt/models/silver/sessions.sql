{#-
    A run replaces plays from the day before its window to three days after it. A session lies on two UTC days, so one that
    holds such a play may begin a day earlier, and end a day later.
-#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    cluster_by=['play_date'],
    tags=['daily'],
    meta={'window_column': 'play_date', 'window_days_before': 2, 'window_days_after': 3},
) }}

with

plays as (
    select
        session_id,
        listener_id,
        play_id,
        play_date,
        started_at,
        -- A play of which no source tells the end.
        coalesce(ended_at, {{ add_milliseconds('started_at', capped_ms('coalesce(ms_heard, 0)')) }}) as ended_at,
        local_date,
        cast(extract(hour from local_timestamp) as bigint) as local_hour,
        track_id,
        artist_id,
        ms_heard,
        skipped,
        row_number() over (partition by session_id order by play_date, started_at, play_id) as place
    from {{ ref('counted_plays') }}
    where
        {{ in_window('play_date', days_before=3, days_after=4) }}
        and counts_as_play
),

summed as (
    select
        session_id,
        listener_id,
        min(play_date) as play_date,
        min(case when place = 1 then local_date end) as date_key,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        min(case when place = 1 then local_hour end) as local_hour,
        count(*) as plays,
        cast(sum(ms_heard) as double) / 60000 as minutes_listened,
        count(distinct track_id) as unique_tracks,
        count(distinct artist_id) as unique_artists,
        cast(sum(case when skipped then 1 else 0 end) as bigint) as skips
    from plays
    group by session_id, listener_id
)

select
    session_id,
    listener_id,
    play_date,
    date_key,
    started_at,
    ended_at,
    local_hour,
    plays,
    minutes_listened,
    unique_tracks,
    unique_artists,
    skips
from summed
where {{ in_window('play_date', days_before=2, days_after=3) }}
