with

plays as (
    select
        listener_id,
        track_id,
        artist_id,
        ms_heard,
        skipped,
        -- Months counted through from year 0: the month before is one less, across years too.
        extract(year from date_key) * 12 + extract(month from date_key) - 1 as month_index
    from {{ ref('fct_plays') }}
    where counts_as_play
),

{{ period_figures(['month_index']) }},

new_artists as (
    select
        listener_id,
        extract(year from date_key) * 12 + extract(month from date_key) - 1 as month_index,
        count(*) as new_artists
    from {{ ref('artist_discoveries') }}
    group by listener_id, extract(year from date_key) * 12 + extract(month from date_key) - 1
),

partial_months as (
    select distinct
        figures.listener_id,
        figures.month_index
    from figures
    inner join {{ ref('open_gap_days') }} as gaps
        on
            figures.listener_id = gaps.listener_id
            and figures.month_index >= extract(year from gaps.first_date) * 12 + extract(month from gaps.first_date) - 1
            and figures.month_index <= extract(year from gaps.last_date) * 12 + extract(month from gaps.last_date) - 1
)

select
    figures.listener_id,
    cast(floor(figures.month_index / 12) as bigint) as year,
    cast(mod(figures.month_index, 12) + 1 as bigint) as month,
    {{ month_name('mod(figures.month_index, 12) + 1') }} as month_name,
    figures.total_plays,
    figures.minutes_listened,
    figures.unique_tracks,
    figures.unique_artists,
    figures.top_artist,
    figures.top_artist_plays,
    figures.top_genre,
    figures.top_genre_plays,
    figures.top_track,
    -- A month without plays has no row, and growth from none is no percentage.
    100 * cast(figures.total_plays - months_before.total_plays as double) / months_before.total_plays
        as plays_growth_rate,
    figures.mainstream_score as mainstream_tendency,
    coalesce(new_artists.new_artists, 0) as new_artists,
    figures.skip_rate,
    partial_months.listener_id is not null as is_partial
from figures
left join figures as months_before
    on
        figures.listener_id = months_before.listener_id
        and figures.month_index = months_before.month_index + 1
left join new_artists
    on figures.listener_id = new_artists.listener_id and figures.month_index = new_artists.month_index
left join partial_months
    on figures.listener_id = partial_months.listener_id and figures.month_index = partial_months.month_index
