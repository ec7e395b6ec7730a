select
    listener_id,
    'spotify_extended_history' as source,
    'spotify_export' as license_class,
    record_hash,
    source_file,
    source_row,
    play_date,
    {{ add_milliseconds('ts', '-ms_played') }} as started_at,
    ts as ended_at,
    ms_played,
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
    end as track_id,
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
    ingested_at
from {{ source('raw', 'spotify_extended_history') }}
