{#- The genres of the source that gives an artist its primary genre; where that gives one alone, this one. -#}
with

told as (
    select
        {{ artist_id_of('artist_name') }} as artist_id,
        source,
        genre,
        {{ exact_sum('weight') }} as weight
    from {{ source('enrichment', 'genre_evidence') }}
    group by {{ artist_id_of('artist_name') }}, source, genre
),

best_told as (
    select
        artists.artist_id,
        told.genre,
        told.weight,
        told.source
    from {{ ref('dim_artist') }} as artists
    inner join told on artists.artist_id = told.artist_id and artists.genre_source = told.source
),

known_artists as (
    select distinct artist_id
    from best_told
),

weighed as (
    select
        artist_id,
        genre,
        weight,
        source
    from best_told
    union all
    select
        artists.artist_id,
        artists.primary_genre as genre,
        cast(1 as double) as weight,
        artists.genre_source as source
    from {{ ref('dim_artist') }} as artists
    left join known_artists on artists.artist_id = known_artists.artist_id
    where known_artists.artist_id is null
)

select
    artist_id,
    genre,
    round(weight / sum(cast(weight as decimal(28, 9))) over (partition by artist_id), 9) as weight,
    source
from weighed
