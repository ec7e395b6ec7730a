{#- A UTC day and the days beside it, which its records can change, hold plays of up to five local dates. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    cluster_by=['local_date'],
    tags=['daily'],
    meta={'window_column': 'local_date', 'window_padding_days': 2},
) }}

with

plays as (
    select
        *,
        -- The local time of day as an angle: a mean of hours must know that 23 and 1 are neighbours.
        2 * pi() * (
            extract(hour from local_timestamp) * 3600
            + extract(minute from local_timestamp) * 60
            + extract(second from local_timestamp)
        ) / 86400 as time_angle
    from {{ ref('listening_enriched') }}
    where
        {{ in_window('local_date', 2) }}
        and counts_as_play
        -- Those local dates hold plays of UTC days one further still.
        and {{ in_window('play_date', 3) }}
),

genre_plays as (
    select
        listener_id,
        local_date,
        primary_genre,
        count(*) as plays
    from plays
    where primary_genre <> 'unclassified'
    group by listener_id, local_date, primary_genre
),

-- Shannon entropy of the genres' shares, ln(N) - sum(n ln n) / N, over its maximum for that many genres.
genre_diversity as (
    select
        listener_id,
        local_date,
        count(*) as unique_genres,
        case
            when count(*) = 1 then 0
            else (ln(sum(plays)) - sum(plays * ln(plays)) / sum(plays)) / ln(count(*))
        end as genre_diversity_score
    from genre_plays
    group by listener_id, local_date
),

daily as (
    select
        listener_id,
        local_date,
        count(*) as total_plays,
        cast(sum(ms_heard) as double) / 60000 as minutes_listened,
        count(distinct track_id) as unique_tracks,
        count(distinct artist_id) as unique_artists,
        avg(mainstream_score) as mainstream_score,
        {{ skip_rate_of('skipped') }} as skip_rate,
        avg(sin(time_angle)) as mean_sine,
        avg(cos(time_angle)) as mean_cosine
    from plays
    group by listener_id, local_date
)

select
    daily.listener_id,
    daily.local_date,
    daily.total_plays,
    daily.minutes_listened,
    daily.unique_tracks,
    daily.unique_artists,
    coalesce(genre_diversity.unique_genres, 0) as unique_genres,
    daily.mainstream_score,
    -- Rounded, so that the order in which floats were added does not show.
    round(cast(genre_diversity.genre_diversity_score as double), 9) as genre_diversity_score,
    case
        -- Hours that balance each other out, such as 0 and 12, have no mean.
        when power(daily.mean_sine, 2) + power(daily.mean_cosine, 2) > 1e-12
            then mod(round(atan2(daily.mean_sine, daily.mean_cosine) * 12 / pi(), 6) + 24, 24)
    end as average_listening_hour,
    daily.skip_rate
from daily
left join genre_diversity
    on
        daily.listener_id = genre_diversity.listener_id
        and daily.local_date = genre_diversity.local_date
