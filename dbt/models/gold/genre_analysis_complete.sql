with

artist_plays as (
    select
        listener_id,
        artist_id,
        count(*) as plays,
        sum(ms_heard) as ms_heard
    from {{ ref('fct_plays') }}
    where counts_as_play
    group by listener_id, artist_id
),

described as (
    select
        artist_plays.*,
        artists.artist_name,
        artists.primary_genre,
        artists.popularity
    from artist_plays
    inner join {{ ref('dim_artist') }} as artists on artist_plays.artist_id = artists.artist_id
),

top_artists as (
    select
        listener_id,
        primary_genre,
        artist_name,
        plays
    from described
    qualify row_number() over (
        partition by listener_id, primary_genre order by plays desc, artist_name, artist_id
    ) = 1
),

genres as (
    select
        listener_id,
        primary_genre,
        cast(sum(plays) as bigint) as total_plays,
        cast(sum(ms_heard) as double) / 60000 as minutes,
        count(*) as artists,
        avg(cast(popularity as double)) as average_artist_popularity
    from described
    group by listener_id, primary_genre
)

select
    genres.listener_id,
    genres.primary_genre,
    genres.total_plays,
    genres.minutes,
    genres.artists,
    top_artists.artist_name as top_artist,
    top_artists.plays as top_artist_plays,
    100 * cast(genres.total_plays as double)
    / sum(genres.total_plays) over (partition by genres.listener_id) as percentage_of_total_listening,
    genres.average_artist_popularity
from genres
inner join top_artists
    on
        genres.listener_id = top_artists.listener_id
        and genres.primary_genre = top_artists.primary_genre
