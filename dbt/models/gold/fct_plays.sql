{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    cluster_by=['play_date'],
    tags=['daily'],
    meta={'window_column': 'play_date', 'window_padding_days': 1},
) }}

select
    play_id,
    listener_id,
    track_id,
    recording_key,
    artist_id,
    album_id,
    local_date as date_key,
    play_date,
    started_at,
    local_timestamp,
    ms_played,
    skipped,
    counts_as_play,
    source
from {{ ref('listening_enriched') }}
where {{ in_window('play_date', 1) }}
