-- What one listener heard, as plain tables for the expected results: from the star alone, without any metric.
create or replace temp table heard as
select
    plays.play_id,
    plays.track_id,
    plays.recording_key,
    plays.artist_id,
    plays.album_id,
    plays.session_id,
    plays.date_key as day,
    plays.started_at,
    plays.local_timestamp,
    plays.local_hour as hour,
    case
        when plays.local_hour < 6 then 'night'
        when plays.local_hour < 12 then 'morning'
        when plays.local_hour < 18 then 'afternoon'
        else 'evening'
    end as time_of_day,
    isodow(plays.date_key) as iso_weekday,
    dayname(plays.date_key) as weekday,
    monthname(plays.date_key) as month_name,
    isodow(plays.date_key) in (6, 7) as is_weekend,
    case month(plays.date_key) // 3 % 4
        when 0 then 'winter'
        when 1 then 'spring'
        when 2 then 'summer'
        else 'autumn'
    end as season,
    plays.ms_heard / 60000.0 as minutes,
    plays.completion,
    plays.skipped,
    plays.platform_family as device,
    plays.source,
    recordings.recording_name as song,
    artists.artist_name as artist,
    albums.album_name as album,
    artists.primary_genre as genre,
    artists.genre_family as family,
    tracks.release_year,
    tracks.release_year - tracks.release_year % 10 as decade,
    tracks.duration_ms / 60000.0 as track_minutes,
    coalesce(tracks.popularity, artists.popularity) as popularity,
    tracks.explicit,
    tracks.danceability,
    tracks.energy,
    tracks.valence,
    tracks.tempo
from gold.fct_plays as plays
inner join gold.dim_recording as recordings on plays.recording_key = recordings.recording_key
inner join gold.dim_artist as artists on plays.artist_id = artists.artist_id
inner join gold.dim_track as tracks on plays.track_id = tracks.track_id
left join gold.dim_album as albums on plays.album_id = albums.album_id
where plays.counts_as_play and plays.listener_id = $listener;

create or replace temp table days as
select
    day,
    count(*) as plays,
    sum(minutes) as minutes
from heard
group by day;

create or replace temp table sittings as
select
    session_id,
    arg_min(day, started_at) as day,
    count(*) as plays,
    sum(minutes) as minutes
from heard
group by session_id;

create or replace temp table first_artists as
select
    artist_id,
    artist,
    arg_min(day, started_at) as day,
    count(*) as plays
from heard
group by artist_id, artist;

create or replace temp table first_tracks as
select
    track_id,
    arg_min(artist_id, started_at) as artist_id,
    arg_min(day, started_at) as day
from heard
group by track_id;

create or replace temp table first_songs as
select
    recording_key,
    song,
    arg_min(day, started_at) as day,
    count(*) as plays
from heard
group by recording_key, song;

create or replace temp table streaks as
with numbered as (
    select
        day,
        plays,
        day - cast(row_number() over (order by day) as integer) as island
    from days
)

select
    min(day) as first_day,
    max(day) as last_day,
    count(*) as length,
    sum(plays) as plays
from numbered
group by island;

create or replace temp table evenness as
with counted as (
    select
        day,
        genre,
        count(*) as plays
    from heard
    where genre <> 'unclassified'
    group by day, genre
),

shares as (
    select
        day,
        plays / sum(plays) over (partition by day) as share
    from counted
)

select
    day,
    case when count(*) = 1 then 0.0 else -sum(share * ln(share)) / ln(count(*)) end as evenness
from shares
group by day;
