with

by_artist as (
    select
        listener_id,
        artist_id,
        count(distinct track_id) as tracks,
        {{ listening_totals() }}
    from {{ ref('listener_tracks') }}
    group by listener_id, artist_id
)

select
    by_artist.listener_id,
    by_artist.artist_id,
    artists.artist_name,
    by_artist.plays,
    by_artist.minutes_listened,
    by_artist.tracks,
    by_artist.first_played_at,
    by_artist.last_played_at,
    by_artist.skip_rate,
    by_artist.completion,
    round(
        cast(by_artist.plays as double) / sum(by_artist.plays) over (partition by by_artist.listener_id), 9
    ) as listener_share,
    row_number() over (
        partition by by_artist.listener_id order by by_artist.plays desc, artists.artist_name, by_artist.artist_id
    ) as listener_rank
from by_artist
inner join {{ ref('artists') }} as artists on by_artist.artist_id = artists.artist_id
