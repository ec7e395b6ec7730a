{#- The artist of the first play, who need not be the one of dim_track: new tracks of an artist are plays of theirs. -#}
select
    listener_id,
    track_id,
    min_by(artist_id, started_at) as artist_id,
    min_by(date_key, started_at) as date_key,
    min(started_at) as first_played_at,
    count(*) as plays
from {{ ref('fct_plays') }}
where counts_as_play
group by listener_id, track_id
