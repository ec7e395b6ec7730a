with

track_plays as (
    select
        listener_id,
        track_id,
        count(*) as plays,
        sum(ms_heard) as ms_heard
    from {{ ref('fct_plays') }}
    where counts_as_play
    group by listener_id, track_id
),

years as (
    select
        track_plays.listener_id,
        tracks.release_year,
        cast(sum(track_plays.plays) as bigint) as plays,
        cast(sum(track_plays.ms_heard) as double) / 60000 as minutes_listened,
        count(*) as tracks
    from track_plays
    inner join {{ ref('dim_track') }} as tracks on track_plays.track_id = tracks.track_id
    group by track_plays.listener_id, tracks.release_year
)

select
    listener_id,
    release_year,
    release_year - mod(release_year, 10) as decade,
    plays,
    minutes_listened,
    tracks,
    cast(plays as double) / sum(plays) over (partition by listener_id) as plays_share
from years
