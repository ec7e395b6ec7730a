{#-
    Of the playlists of others Spotify tells the number of items only. Means are rounded, so that the order in which floats
    were added does not show.
-#}
select
    states.listener_id,
    states.playlist_id,
    states.snapshot_id,
    states.playlist_name,
    states.first_seen_at,
    row_number() over (
        partition by states.listener_id, states.playlist_id order by states.first_seen_at, states.snapshot_id
    ) as state_number,
    count(items.position) as items,
    count(tracks.features_source) as items_with_features,
    round(avg(tracks.danceability), 9) as danceability,
    round(avg(tracks.energy), 9) as energy,
    round(avg(tracks.valence), 9) as valence,
    round(avg(tracks.acousticness), 9) as acousticness,
    round(avg(tracks.instrumentalness), 9) as instrumentalness,
    round(avg(tracks.tempo), 9) as tempo
from {{ ref('playlist_states') }} as states
left join {{ ref('playlist_tracks') }} as items
    on
        states.listener_id = items.listener_id
        and states.playlist_id = items.playlist_id
        and states.snapshot_id = items.snapshot_id
left join {{ ref('tracks') }} as tracks on items.track_id = tracks.track_id
group by
    states.listener_id,
    states.playlist_id,
    states.snapshot_id,
    states.playlist_name,
    states.first_seen_at,
    states.stated_items
having count(items.position) > 0 or states.stated_items = 0
