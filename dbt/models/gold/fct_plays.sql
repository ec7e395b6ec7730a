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
where {{ in_window('play_date', 1) }}
