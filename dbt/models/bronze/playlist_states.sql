select
    listener_id,
    playlist_id,
    snapshot_id,
    name as playlist_name,
    owner_id,
    is_collaborative,
    items as stated_items,
    first_seen_at
from {{ source('raw', 'spotify_playlists') }}
