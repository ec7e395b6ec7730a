select
    primary_genre as genre,
    count(*) as artists,
    cast(sum(plays) as bigint) as plays
from {{ ref('dim_artist') }}
group by primary_genre
