select
    track_id,
    artist_id,
    position,
    weight
from {{ ref('track_artists') }}
