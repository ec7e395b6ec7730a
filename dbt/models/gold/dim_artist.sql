select
    artists.artist_id,
    artists.artist_name,
    coalesce(genres.primary_genre, 'unclassified') as primary_genre,
    coalesce(places.family, 'unclassified') as genre_family,
    coalesce(genres.genre_source, 'unclassified') as genre_source,
    genres.confidence as genre_confidence,
    artists.popularity,
    artists.popularity_source,
    artists.tracks,
    artists.plays,
    artists.origin,
    artists.is_guest_only
from {{ ref('artists') }} as artists
left join {{ source('enrichment', 'artist_genres') }} as genres on artists.artist_id = genres.artist_id
left join {{ source('enrichment', 'genre_taxonomy') }} as places on genres.primary_genre = places.genre
