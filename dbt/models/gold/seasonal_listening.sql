with

plays as (
    select
        listener_id,
        track_id,
        artist_id,
        ms_heard,
        skipped,
        -- A winter belongs to the year in which it ends.
        cast(
            extract(year from date_key) + case when extract(month from date_key) = 12 then 1 else 0 end as bigint
        ) as season_year,
        {{ season('date_key') }} as season
    from {{ ref('fct_plays') }}
    where counts_as_play
),

{{ period_figures(['season_year', 'season']) }}

select
    listener_id,
    season_year,
    season,
    total_plays,
    minutes_listened,
    unique_tracks,
    unique_artists,
    top_artist,
    top_artist_plays,
    top_genre,
    top_genre_plays,
    top_track,
    skip_rate,
    mainstream_score
from figures
