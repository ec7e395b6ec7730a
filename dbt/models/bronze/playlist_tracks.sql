{#- Episodes and what is no longer available have no track. -#}
select
    listener_id,
    playlist_id,
    snapshot_id,
    position,
    added_at,
    item_uri,
    case when item_uri like 'spotify:track:%' then substr(item_uri, 15) end as track_id,
    item_type,
    item_name,
    artist_name,
    is_local
from {{ source('raw', 'spotify_playlist_items') }}
