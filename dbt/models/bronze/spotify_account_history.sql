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
    case
        when track_name is not null then 'track'
        when podcast_name is not null or episode_name is not null then 'episode'
        when audiobook_name is not null or chapter_name is not null or author_name is not null then 'audiobook'
        else 'unknown'
    end as content_type,
    {{ track_key('null', 'artist_name', 'track_name') }} as track_key,
    {{ artist_key('artist_name') }} as artist_key,
    {{ title_key('track_name') }} as title_key,
    {{ recording_key('artist_name', 'track_name') }} as recording_key,
    track_name,
    artist_name,
    false as is_offline_clock,
    false as is_late_log,
    {{ is_overlong('ms_played') }} as is_overlong,
    ingested_at,
    {{ absent_columns([
        'duration_ms', 'track_id', 'album_name', 'isrc', 'recording_mbid', 'platform', 'country', 'reason_start',
        'reason_end', 'shuffle', 'skipped_flag', 'offline', 'incognito',
    ]) }}
from {{ source('raw', 'spotify_account_history') }}
