select
    listener_id,
    'listenbrainz_listens' as source,
    -- Its import of Spotify's history keeps the end of the play where all others keep the begin.
    case when anchor = 'end' then 'listenbrainz_from_spotify' else 'listenbrainz_listens' end as feed,
    case when anchor = 'end' then 'spotify_export' else 'listenbrainz' end as license_class,
    record_hash,
    source_file,
    source_row,
    play_date,
    started_at,
    case
        when anchor = 'end' then listened_at
        when ms_played is not null then {{ add_milliseconds('started_at', capped_ms('ms_played')) }}
    end as ended_at,
    anchor,
    case when anchor = 'end' then listened_at end as logged_at,
    cast(1 as bigint) as precision_seconds,
    ms_played,
    duration_ms,
    'track' as content_type,
    spotify_track_id as track_id,
    {{ track_key('spotify_track_id', 'artist_name', 'track_name') }} as track_key,
    {{ artist_key('artist_name') }} as artist_key,
    {{ title_key('track_name') }} as title_key,
    {{ recording_key('artist_name', 'track_name') }} as recording_key,
    track_name,
    artist_name,
    nullif(release_name, '') as album_name,
    isrc,
    recording_mbid,
    false as is_offline_clock,
    false as is_late_log,
    {{ is_overlong('ms_played') }} as is_overlong,
    ingested_at,
    {{ absent_columns([
        'platform', 'country', 'reason_start', 'reason_end', 'shuffle', 'skipped_flag', 'offline', 'incognito',
    ]) }}
from {{ source('raw', 'listenbrainz_listens') }}
