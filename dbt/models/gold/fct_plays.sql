{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    cluster_by=['play_date'],
    tags=['daily'],
    meta={'window_column': 'play_date', 'window_days_before': 1, 'window_days_after': 3},
) }}

select
    play_id,
    listener_id,
    track_id,
    recording_key,
    artist_id,
    album_id,
    session_id,
    local_date as date_key,
    play_date,
    started_at,
    local_timestamp,
    cast(extract(hour from local_timestamp) as bigint) as local_hour,
    ms_played,
    ms_heard,
    {{ completion_of('ms_played', 'length_ms') }} as completion,
    skipped,
    counts_as_play,
    platform,
    {{ platform_family('platform') }} as platform_family,
    source
-- Not from silver.listening_enriched: what it joins is found in the dimensions.
from {{ ref('counted_plays') }}
where {{ in_window('play_date', days_before=1, days_after=3) }}
