{#-
    Songs under whatever id: one that is still heard under another is not forgotten. Time runs to the listener's newest
    play, so that a history which ends long ago is judged as of its end.
-#}
with

track_plays as (
    select
        listener_id,
        recording_key,
        track_id,
        count(*) as plays,
        sum(case when skipped then 0 else 1 end) as whole_plays,
        min(date_key) as first_date,
        max(date_key) as last_date
    from {{ ref('fct_plays') }}
    where counts_as_play
    group by listener_id, recording_key, track_id
),

most_played as (
    select
        listener_id,
        recording_key,
        track_id
    from track_plays
    qualify row_number() over (partition by listener_id, recording_key order by plays desc, track_id) = 1
),

newest as (
    select
        listener_id,
        max(last_date) as newest_date
    from track_plays
    group by listener_id
),

songs as (
    select
        listener_id,
        recording_key,
        cast(sum(plays) as bigint) as plays,
        cast(sum(whole_plays) as bigint) as whole_plays,
        min(first_date) as first_date,
        max(last_date) as last_date
    from track_plays
    group by listener_id, recording_key
),

forgotten as (
    select
        songs.*,
        most_played.track_id,
        datediff('day', songs.last_date, newest.newest_date) as days_since
    from songs
    inner join most_played
        on songs.listener_id = most_played.listener_id and songs.recording_key = most_played.recording_key
    inner join newest on songs.listener_id = newest.listener_id
    where
        songs.whole_plays >= {{ var('favourite_plays') }}
        and datediff('day', songs.last_date, newest.newest_date) >= {{ var('forgotten_days') }}
)

select
    forgotten.listener_id,
    forgotten.recording_key,
    forgotten.track_id,
    tracks.track_name,
    tracks.artist_name,
    forgotten.plays,
    forgotten.whole_plays,
    forgotten.first_date,
    forgotten.last_date,
    cast(forgotten.days_since as bigint) as days_since,
    row_number() over (
        partition by forgotten.listener_id
        order by forgotten.whole_plays desc, tracks.track_name, forgotten.recording_key
    ) as place
from forgotten
inner join {{ ref('dim_track') }} as tracks on forgotten.track_id = tracks.track_id
