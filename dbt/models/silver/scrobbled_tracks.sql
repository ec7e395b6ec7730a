with

scrobbled as (
    select
        recording_key,
        min(artist_name) as artist_name,
        min(track_name) as track_name,
        min(artist_key) as artist_key,
        max(recording_mbid) as told_mbid,
        count(*) as scrobbles
    from {{ ref('play_records') }}
    where
        source in ('lastfm_scrobbles', 'listenbrainz_listens', 'maloja_scrobbles', 'koito_listens')
        and fate in ('kept', 'merged_into')
    group by recording_key
),

looked_up as (
    select
        recording_key,
        max(recording_mbid) as recording_mbid,
        coalesce(max(case when source = 'lastfm' then duration_ms end), max(duration_ms)) as stated_ms
    from {{ ref('looked_up_tracks') }}
    group by recording_key
),

identified as (
    select
        scrobbled.*,
        coalesce(scrobbled.told_mbid, looked_up.recording_mbid) as recording_mbid,
        looked_up.stated_ms
    from scrobbled
    left join looked_up on scrobbled.recording_key = looked_up.recording_key
),

-- Ids of Spotify have 22 characters; a play that has none has a key of its names instead.
known_tracks as (
    select
        track_id,
        recording_key,
        isrc,
        duration_ms,
        1 as plays
    from {{ ref('plays') }}
    where length(track_id) = 22
    union all
    select
        track_id,
        {{ recording_key('artist_name', 'track_name') }} as recording_key,
        isrc,
        duration_ms,
        0 as plays
    from {{ ref('spotify_described_tracks') }}
    union all
    select
        track_id,
        {{ recording_key('artist_name', 'track_name') }} as recording_key,
        cast(null as varchar) as isrc,
        duration_ms,
        0 as plays
    from {{ ref('catalogue_tracks') }}
    -- Nobody real has heard an invented track.
    where origin = 'file' and {{ artist_key('artist_name') }} in (select scrobbled.artist_key from scrobbled)
),

candidates as (
    select
        track_id,
        recording_key,
        max(isrc) as isrc,
        max(nullif(duration_ms, 0)) as duration_ms,
        sum(plays) as plays
    from known_tracks
    group by track_id, recording_key
),

-- What a scrobble was merged with is its track, whatever the other names of that track.
heard_as as (
    select
        records.recording_key,
        plays.track_id
    from {{ ref('play_records') }} as records
    inner join {{ ref('plays') }} as plays on records.play_id = plays.play_id
    where
        records.source in ('lastfm_scrobbles', 'listenbrainz_listens', 'maloja_scrobbles', 'koito_listens')
        and plays.sources > 1
        and length(plays.track_id) = 22
    group by records.recording_key, plays.track_id
),

matched as (
    select
        identified.recording_key,
        candidates.track_id,
        1 as evidence
    from identified
    inner join {{ source('raw', 'musicbrainz_recordings') }} as at_musicbrainz
        on identified.recording_mbid = at_musicbrainz.recording_mbid
    inner join candidates on at_musicbrainz.isrc = candidates.isrc
    union all
    select
        recording_key,
        track_id,
        2 as evidence
    from heard_as
    union all
    select
        identified.recording_key,
        candidates.track_id,
        case when candidates.duration_ms is null or identified.stated_ms is null then 4 else 3 end as evidence
    from identified
    inner join candidates
        on
            identified.recording_key = candidates.recording_key
            -- Two services round one length to seconds differently, and cut silence.
            and coalesce(abs(candidates.duration_ms - identified.stated_ms) <= 3000, true)
),

chosen as (
    select
        matched.recording_key,
        matched.track_id,
        matched.evidence,
        abs(candidates.duration_ms - identified.stated_ms) as duration_difference_ms
    from matched
    inner join identified on matched.recording_key = identified.recording_key
    inner join candidates on matched.track_id = candidates.track_id
    qualify row_number() over (
        partition by matched.recording_key
        order by matched.evidence, duration_difference_ms nulls last, candidates.plays desc, matched.track_id
    ) = 1
)

select
    identified.recording_key,
    identified.artist_name,
    identified.track_name,
    identified.scrobbles,
    identified.recording_mbid,
    identified.stated_ms as duration_ms,
    chosen.track_id,
    case chosen.evidence
        when 1 then 'isrc'
        when 2 then 'same_play'
        when 3 then 'names_and_duration'
        when 4 then 'names'
    end as matched_by,
    chosen.duration_difference_ms
from identified
left join chosen on identified.recording_key = chosen.recording_key
