{#- What services say of a track that they were asked for by its names. -#}
select
    'lastfm' as source,
    {{ recording_key('asked_artist', 'asked_track') }} as recording_key,
    album_name,
    nullif(duration_ms, 0) as duration_ms,
    track_mbid as recording_mbid,
    requested_at
from {{ source('raw', 'lastfm_tracks') }}
where track_name is not null

union all

-- ListenBrainz finds by names what MusicBrainz knows.
select
    'musicbrainz' as source,
    {{ recording_key('asked_artist', 'asked_track') }} as recording_key,
    album_name,
    nullif(duration_ms, 0) as duration_ms,
    recording_mbid,
    requested_at
from {{ source('raw', 'listenbrainz_recordings') }}
where recording_mbid is not null
