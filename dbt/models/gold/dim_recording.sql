with

named as (
    select
        recording_key,
        track_id,
        0 as plays
    from {{ ref('tracks') }}
    union all
    -- Plays of one track may spell its title in ways that are several recordings.
    select
        recording_key,
        track_id,
        count(*) as plays
    from {{ ref('plays') }}
    group by recording_key, track_id
),

counted as (
    select
        recording_key,
        track_id,
        sum(plays) as plays
    from named
    group by recording_key, track_id
),

known as (
    select
        recording_key,
        count(*) as tracks,
        sum(plays) as plays
    from counted
    group by recording_key
),

most_played as (
    select
        recording_key,
        track_id
    from counted
    qualify row_number() over (partition by recording_key order by plays desc, track_id) = 1
)

select
    known.recording_key,
    tracks.track_name as recording_name,
    tracks.artist_id,
    tracks.artist_name,
    tracks.isrc,
    known.tracks,
    cast(known.plays as bigint) as plays,
    tracks.duration_ms,
    most_played.track_id
from known
inner join most_played on known.recording_key = most_played.recording_key
inner join {{ ref('tracks') }} as tracks on most_played.track_id = tracks.track_id
