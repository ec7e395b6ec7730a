select
    listener_id,
    artist_id,
    min_by(date_key, started_at) as date_key,
    min(started_at) as first_played_at,
    count(*) as plays
from {{ ref('fct_plays') }}
where counts_as_play
group by listener_id, artist_id
