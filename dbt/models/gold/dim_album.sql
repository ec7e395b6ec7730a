select
    album_id,
    album_name,
    artist_id,
    artist_name,
    release_year,
    tracks,
    plays,
    origin
from {{ ref('albums') }}
