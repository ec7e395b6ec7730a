with

pairs as (
    select
        states.*,
        earlier.snapshot_id as snapshot_id_before,
        states.items - earlier.items as items_change,
        round(states.danceability - earlier.danceability, 9) as danceability_change,
        round(states.energy - earlier.energy, 9) as energy_change,
        round(states.valence - earlier.valence, 9) as valence_change,
        round(states.acousticness - earlier.acousticness, 9) as acousticness_change,
        round(states.instrumentalness - earlier.instrumentalness, 9) as instrumentalness_change,
        round(states.tempo - earlier.tempo, 9) as tempo_change
    from {{ ref('playlist_features') }} as states
    left join {{ ref('playlist_features') }} as earlier
        on
            states.listener_id = earlier.listener_id
            and states.playlist_id = earlier.playlist_id
            and states.state_number = earlier.state_number + 1
),

-- One item twice in a playlist is still the same item.
items as (
    select distinct
        listener_id,
        playlist_id,
        snapshot_id,
        item_uri
    from {{ ref('playlist_tracks') }}
    where item_uri is not null
),

added as (
    select
        pairs.listener_id,
        pairs.playlist_id,
        pairs.snapshot_id,
        count(*) as added
    from pairs
    inner join items
        on
            pairs.listener_id = items.listener_id
            and pairs.playlist_id = items.playlist_id
            and pairs.snapshot_id = items.snapshot_id
    left join items as items_before
        on
            pairs.listener_id = items_before.listener_id
            and pairs.playlist_id = items_before.playlist_id
            and pairs.snapshot_id_before = items_before.snapshot_id
            and items.item_uri = items_before.item_uri
    where items_before.item_uri is null
    group by pairs.listener_id, pairs.playlist_id, pairs.snapshot_id
),

removed as (
    select
        pairs.listener_id,
        pairs.playlist_id,
        pairs.snapshot_id,
        count(*) as removed
    from pairs
    inner join items as items_before
        on
            pairs.listener_id = items_before.listener_id
            and pairs.playlist_id = items_before.playlist_id
            and pairs.snapshot_id_before = items_before.snapshot_id
    left join items
        on
            pairs.listener_id = items.listener_id
            and pairs.playlist_id = items.playlist_id
            and pairs.snapshot_id = items.snapshot_id
            and items_before.item_uri = items.item_uri
    where items.item_uri is null
    group by pairs.listener_id, pairs.playlist_id, pairs.snapshot_id
)

select
    pairs.listener_id,
    pairs.playlist_id,
    pairs.snapshot_id,
    pairs.playlist_name,
    pairs.state_number,
    pairs.first_seen_at,
    pairs.items,
    pairs.items_change,
    case when pairs.state_number > 1 then coalesce(added.added, 0) end as added,
    case when pairs.state_number > 1 then coalesce(removed.removed, 0) end as removed,
    pairs.items_with_features,
    pairs.danceability,
    pairs.danceability_change,
    pairs.energy,
    pairs.energy_change,
    pairs.valence,
    pairs.valence_change,
    pairs.acousticness,
    pairs.acousticness_change,
    pairs.instrumentalness,
    pairs.instrumentalness_change,
    pairs.tempo,
    pairs.tempo_change
from pairs
left join added
    on
        pairs.listener_id = added.listener_id
        and pairs.playlist_id = added.playlist_id
        and pairs.snapshot_id = added.snapshot_id
left join removed
    on
        pairs.listener_id = removed.listener_id
        and pairs.playlist_id = removed.playlist_id
        and pairs.snapshot_id = removed.snapshot_id
