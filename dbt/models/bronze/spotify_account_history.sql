select
    listener_id,
    'spotify_account_history' as source,
    'spotify_account_history' as feed,
    'spotify_export' as license_class,
    record_hash,
    source_file,
    source_row,
    play_date,
    started_at,
    end_time as ended_at,
    'end' as anchor,
    end_time as logged_at,
    cast(60 as bigint) as precision_seconds,
    ms_played,
    cast(null as bigint) as duration_ms,
    case
        when track_name is not null then 'track'
        when podcast_name is not null or episode_name is not null then 'episode'
        when audiobook_name is not null or chapter_name is not null or author_name is not null then 'audiobook'
        else 'unknown'
    end as content_type,
    cast(null as varchar) as track_id,
    {{ track_key('null', 'artist_name', 'track_name') }} as track_key,
    {{ artist_key('artist_name') }} as artist_key,
    {{ title_key('track_name') }} as title_key,
    {{ recording_key('artist_name', 'track_name') }} as recording_key,
    track_name,
    artist_name,
    cast(null as varchar) as album_name,
    cast(null as varchar) as isrc,
    cast(null as varchar) as recording_mbid,
    cast(null as varchar) as platform,
    cast(null as varchar) as country,
    cast(null as varchar) as reason_start,
    cast(null as varchar) as reason_end,
    cast(null as boolean) as shuffle,
    cast(null as boolean) as skipped_flag,
    cast(null as boolean) as offline,
    cast(null as boolean) as incognito,
    false as is_offline_clock,
    {{ is_overlong('ms_played') }} as is_overlong,
    ingested_at
from {{ source('raw', 'spotify_account_history') }}
