select
    listener_id,
    'spotify_extended_history' as source,
    'spotify_extended_history' as feed,
    'spotify_export' as license_class,
    record_hash,
    source_file,
    source_row,
    play_date,
    started_at,
    -- `ts` of an offline play is when the device came online again.
    case
        when started_from = 'offline_timestamp' then {{ add_milliseconds('started_at', capped_ms('ms_played')) }}
        else ts
    end as ended_at,
    case when started_from = 'offline_timestamp' then 'start' else 'end' end as anchor,
    ts as logged_at,
    cast(1 as bigint) as precision_seconds,
    ms_played,
    content_type,
    track_id,
    {{ track_key('track_id', 'master_metadata_album_artist_name', 'master_metadata_track_name') }} as track_key,
    {{ artist_key('coalesce(master_metadata_album_artist_name, episode_show_name)') }} as artist_key,
    {{ title_key('coalesce(master_metadata_track_name, episode_name)') }} as title_key,
    {{ recording_key('master_metadata_album_artist_name', 'master_metadata_track_name') }} as recording_key,
    master_metadata_track_name as track_name,
    master_metadata_album_artist_name as artist_name,
    master_metadata_album_album_name as album_name,
    platform,
    conn_country as country,
    reason_start,
    reason_end,
    shuffle,
    skipped as skipped_flag,
    offline,
    incognito_mode as incognito,
    started_from = 'offline_timestamp' as is_offline_clock,
    started_from = 'ts'
    and (coalesce(offline, false) or coalesce(reason_end like 'unexpected-exit%', false)) as is_late_log,
    {{ is_overlong('ms_played') }} as is_overlong,
    ingested_at,
    {{ absent_columns(['duration_ms', 'isrc', 'recording_mbid']) }}
from (
    select
        history.*,
        case
            when spotify_track_uri is not null or master_metadata_track_name is not null then 'track'
            when spotify_episode_uri is not null or episode_name is not null then 'episode'
            when audiobook_uri is not null or audiobook_chapter_uri is not null or audiobook_title is not null
                then 'audiobook'
            else 'unknown'
        end as content_type,
        -- A local file's URI holds names where a track's holds the id.
        case
            when spotify_track_uri like 'spotify:track:%' then split_part(spotify_track_uri, ':', 3)
        end as track_id
    from {{ source('raw', 'spotify_extended_history') }} as history
) as typed
