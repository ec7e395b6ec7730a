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
    play_date,
    started_at,
    ended_at,
    ms_played,
    -- A local file has no id: its names stand for one.
    coalesce(
        track_id, {{ md5_of([normalised_name('artist_name'), normalised_name('track_name')]) }}
    ) as track_id,
    track_name,
    {{ artist_id_of('artist_name') }} as artist_id,
    artist_name,
    {{ album_id_of('artist_name', 'album_name') }} as album_id,
    album_name,
    source,
    license_class,
    platform,
    -- ZZ is Spotify's word for a country it does not know.
    nullif(country, 'ZZ') as country,
    reason_start,
    reason_end,
    shuffle,
    -- Spotify left the flag empty for years; how the play ended tells the same.
    coalesce(skipped_flag, false)
    or coalesce(reason_end in ('fwdbtn', 'backbtn', 'endplay', 'unknown'), false) as skipped,
    offline,
    incognito,
    source_file,
    source_row,
    record_hash,
    ingested_at
from {{ ref('play_records') }}
where
    fate = 'kept'
    and {{ in_window('play_date') }}
