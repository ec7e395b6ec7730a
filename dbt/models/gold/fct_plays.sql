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
    ms_played,
    skipped,
    counts_as_play,
    source
from {{ ref('listening_enriched') }}
where {{ in_window('play_date', days_before=1, days_after=3) }}
