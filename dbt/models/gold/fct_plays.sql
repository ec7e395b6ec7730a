{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    cluster_by=['play_date'],
    tags=['daily'],
    meta={'window_column': 'play_date'},
) }}

select
    play_id,
    listener_id,
    track_id,
    artist_id,
    album_id,
    local_date as date_key,
    play_date,
    started_at,
    local_timestamp,
    ms_played,
    skipped,
    source
from {{ ref('listening_enriched') }}
where {{ in_window('play_date') }}
