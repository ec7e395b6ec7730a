{#- What somebody tells of an artist, and what was guessed of it. -#}
with

guesses as (
    select
        artist_id,
        genre,
        source,
        max(weight) as weight
    from {{ source('enrichment', 'inferred_genres') }}
    group by artist_id, genre, source
),

said as (
    select
        artist_id,
        genre,
        source,
        weight
    from {{ source('enrichment', 'genre_evidence') }}
    union all
    select
        artist_id,
        genre,
        source,
        weight
    from guesses
)

select
    said.artist_id,
    said.genre,
    coalesce(places.family, 'other') as family,
    said.source,
    said.weight,
    round(
        said.weight / sum(cast(said.weight as decimal(28, 9))) over (partition by said.artist_id, said.source), 9
    ) as share,
    coalesce(artists.genre_source = said.source, false) as decides
from said
left join {{ source('enrichment', 'genre_taxonomy') }} as places on said.genre = places.genre
left join {{ source('enrichment', 'artist_genres') }} as artists on said.artist_id = artists.artist_id
