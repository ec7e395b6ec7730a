with

plays as (
    select
        listener_id,
        track_id,
        artist_id,
        ms_heard,
        skipped,
        cast(extract(year from date_key) as bigint) as year,
        cast(extract(quarter from date_key) as bigint) as quarter
    from {{ ref('fct_plays') }}
    where counts_as_play
),

{{ period_figures(['year', 'quarter']) }}

select
    listener_id,
    year,
    quarter,
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
