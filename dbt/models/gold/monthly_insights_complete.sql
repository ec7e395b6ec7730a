with

plays as (
    select
        *,
        -- Months counted through from year 0: the month before is one less, across years too.
        extract(year from local_date) * 12 + extract(month from local_date) - 1 as month_index
    from {{ ref('listening_enriched') }}
    where counts_as_play
),

months as (
    select
        listener_id,
        month_index,
        count(*) as total_plays,
        cast(sum(ms_heard) as double) / 60000 as minutes_listened,
        avg(mainstream_score) as mainstream_tendency
    from plays
    group by listener_id, month_index
),

top_artists as (
    select
        listener_id,
        month_index,
        min(primary_artist_name) as artist_name
    from plays
    group by listener_id, month_index, artist_id
    qualify row_number() over (
        partition by listener_id, month_index order by count(*) desc, min(primary_artist_name), artist_id
    ) = 1
),

top_genres as (
    select
        listener_id,
        month_index,
        primary_genre
    from plays
    group by listener_id, month_index, primary_genre
    qualify row_number() over (
        partition by listener_id, month_index
        order by case when primary_genre = 'unclassified' then 1 else 0 end, count(*) desc, primary_genre
    ) = 1
),

top_tracks as (
    select
        listener_id,
        month_index,
        min(track_name) as track_name
    from plays
    group by listener_id, month_index, track_id
    qualify row_number() over (
        partition by listener_id, month_index order by count(*) desc, min(track_name), track_id
    ) = 1
),

first_heard as (
    select
        listener_id,
        artist_id,
        min(month_index) as month_index
    from plays
    group by listener_id, artist_id
),

new_artists as (
    select
        listener_id,
        month_index,
        count(*) as new_artists
    from first_heard
    group by listener_id, month_index
)

select
    months.listener_id,
    cast(floor(months.month_index / 12) as bigint) as year,
    cast(mod(months.month_index, 12) + 1 as bigint) as month,
    {{ month_name('mod(months.month_index, 12) + 1') }} as month_name,
    months.total_plays,
    cast(months.minutes_listened as double) as minutes_listened,
    top_artists.artist_name as top_artist,
    top_genres.primary_genre as top_genre,
    top_tracks.track_name as top_track,
    cast(
        100.0 * (months.total_plays - months_before.total_plays) / months_before.total_plays as double
    ) as plays_growth_rate,
    months.mainstream_tendency,
    coalesce(new_artists.new_artists, 0) as new_artists
from months
left join months as months_before
    on
        months.listener_id = months_before.listener_id
        and months.month_index = months_before.month_index + 1
inner join top_artists
    on months.listener_id = top_artists.listener_id and months.month_index = top_artists.month_index
inner join top_genres
    on months.listener_id = top_genres.listener_id and months.month_index = top_genres.month_index
inner join top_tracks
    on months.listener_id = top_tracks.listener_id and months.month_index = top_tracks.month_index
left join new_artists
    on months.listener_id = new_artists.listener_id and months.month_index = new_artists.month_index
