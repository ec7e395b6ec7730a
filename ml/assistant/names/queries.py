"""The SQL that tells what a listener has heard and can name, for DuckDB and Snowflake alike; `?` is the listener.

Its rows are what NameIndex.of takes; columns are quoted so that Snowflake too gives them in lower case. The genre of a
play is its artist's; what is unclassified has no name.
"""

from __future__ import annotations

HEARD_NAMES = """
with

heard as (
    select recording_key, artist_id, album_id, count(*) as plays
    from gold.fct_counted_plays
    where listener_id = ?
    group by recording_key, artist_id, album_id
),

by_artist as (
    select
        artists.artist_id,
        artists.artist_name,
        artists.primary_genre,
        artists.genre_family,
        sum(heard.plays) as plays
    from heard
    inner join gold.dim_artist as artists on heard.artist_id = artists.artist_id
    group by artists.artist_id, artists.artist_name, artists.primary_genre, artists.genre_family
),

named as (
    select 'artist' as kind, artist_id as name_key, artist_name as name, '' as performer, plays
    from by_artist
    union all
    select 'track', recordings.recording_key, recordings.recording_name, recordings.artist_name, sum(heard.plays)
    from heard
    inner join gold.dim_recording as recordings on heard.recording_key = recordings.recording_key
    group by recordings.recording_key, recordings.recording_name, recordings.artist_name
    union all
    select 'album', albums.album_id, albums.album_name, albums.artist_name, sum(heard.plays)
    from heard
    inner join gold.dim_album as albums on heard.album_id = albums.album_id
    group by albums.album_id, albums.album_name, albums.artist_name
    union all
    select 'genre', primary_genre, primary_genre, '', sum(plays)
    from by_artist
    where primary_genre <> 'unclassified'
    group by primary_genre
    union all
    select 'family', genre_family, genre_family, '', sum(plays)
    from by_artist
    where genre_family <> 'unclassified'
    group by genre_family
)

select kind as "kind", name_key as "key", name as "name", performer as "by", cast(plays as bigint) as "plays"
from named
order by kind, name_key
"""
"""Columns kind, key, name, by and plays (that count), in an order that is the same every time."""
