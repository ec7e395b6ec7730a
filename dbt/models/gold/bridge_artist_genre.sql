{#- The genres of the source that gives an artist its primary genre; where that gives one alone, this one. -#}
with

weighed as (
    select
        artists.artist_id,
        coalesce(told.genre, artists.primary_genre) as genre,
        cast(coalesce(told.weight, 1) as double) as weight,
        artists.genre_source as source
    from {{ ref('dim_artist') }} as artists
    left join {{ ref('artist_genre_evidence') }} as told
        on artists.artist_id = told.artist_id and artists.genre_source = told.source
)

select
    artist_id,
    genre,
    round(weight / sum(cast(weight as decimal(28, 9))) over (partition by artist_id), 9) as weight,
    source
from weighed
