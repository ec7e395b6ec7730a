with

artist_plays as (
    select
        listener_id,
        primary_genre,
        artist_id,
        min(primary_artist_name) as artist_name,
        max(artist_popularity) as artist_popularity,
        count(*) as plays,
        sum(ms_heard) as ms_heard
    from {{ ref('listening_enriched') }}
    where counts_as_play
    group by listener_id, primary_genre, artist_id
),

top_artists as (
    select
        listener_id,
        primary_genre,
        artist_name,
        plays
    from artist_plays
    qualify row_number() over (
        partition by listener_id, primary_genre order by plays desc, artist_name, artist_id
    ) = 1
),

genre_plays as (
    select
        listener_id,
        primary_genre,
        sum(plays) as total_plays,
        cast(sum(ms_heard) as double) / 60000 as minutes_listened,
        avg(artist_popularity) as average_artist_popularity
    from artist_plays
    group by listener_id, primary_genre
)

select
    genre_plays.listener_id,
    genre_plays.primary_genre,
    cast(genre_plays.total_plays as bigint) as total_plays,
    cast(genre_plays.minutes_listened as double) as minutes_listened,
    top_artists.artist_name as top_artist,
    top_artists.plays as top_artist_plays,
    cast(
        100.0 * genre_plays.total_plays
        / sum(genre_plays.total_plays) over (partition by genre_plays.listener_id)
        as double
    ) as percentage_of_total_listening,
    cast(genre_plays.average_artist_popularity as double) as average_artist_popularity
from genre_plays
inner join top_artists
    on
        genre_plays.listener_id = top_artists.listener_id
        and genre_plays.primary_genre = top_artists.primary_genre
