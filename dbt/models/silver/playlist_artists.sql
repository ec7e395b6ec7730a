{#- Of each playlist the state that was seen last. -#}
{{ config(materialized='view') }}

with

latest as (
    select
        listener_id,
        playlist_id,
        snapshot_id,
        playlist_name
    from {{ ref('playlist_states') }}
    qualify row_number() over (
        partition by listener_id, playlist_id order by first_seen_at desc, snapshot_id desc
    ) = 1
)

select
    latest.playlist_id,
    latest.playlist_name,
    {{ artist_id_of('items.artist_name') }} as artist_id,
    items.artist_name
from latest
inner join {{ ref('playlist_tracks') }} as items
    on
        latest.listener_id = items.listener_id
        and latest.playlist_id = items.playlist_id
        and latest.snapshot_id = items.snapshot_id
where items.artist_name is not null and items.item_type = 'track'
group by latest.playlist_id, latest.playlist_name, items.artist_name
