with

first_plays as (
    select
        listener_id,
        track_id,
        min(date_key) as date_key,
        min(started_at) as first_played_at,
        count(*) as plays
    from {{ ref('fct_plays') }}
    where counts_as_play
    group by listener_id, track_id
)

select
    first_plays.listener_id,
    first_plays.track_id,
    tracks.artist_id,
    first_plays.date_key,
    first_plays.first_played_at,
    first_plays.plays
from first_plays
inner join {{ ref('dim_track') }} as tracks on first_plays.track_id = tracks.track_id
