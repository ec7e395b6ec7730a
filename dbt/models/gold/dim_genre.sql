with

by_share as (
    select
        shares.genre,
        count(*) as artists,
        {{ exact_sum('artists.plays * shares.weight') }} as weighted_plays
    from {{ ref('bridge_artist_genre') }} as shares
    inner join {{ ref('dim_artist') }} as artists on shares.artist_id = artists.artist_id
    group by shares.genre
),

by_primary as (
    select
        primary_genre,
        count(*) as primary_artists,
        sum(plays) as plays
    from {{ ref('dim_artist') }}
    group by primary_genre
),

genres as (
    select
        coalesce(by_share.genre, by_primary.primary_genre) as genre,
        coalesce(by_share.artists, 0) as artists,
        coalesce(by_primary.primary_artists, 0) as primary_artists,
        cast(coalesce(by_primary.plays, 0) as bigint) as plays,
        coalesce(by_share.weighted_plays, 0) as weighted_plays
    from by_share
    full outer join by_primary on by_share.genre = by_primary.primary_genre
)

select
    genres.genre,
    coalesce(places.parent, 'unclassified') as parent,
    coalesce(places.family, 'unclassified') as family,
    genres.artists,
    genres.primary_artists,
    genres.plays,
    genres.weighted_plays
from genres
left join {{ source('enrichment', 'genre_taxonomy') }} as places on genres.genre = places.genre
