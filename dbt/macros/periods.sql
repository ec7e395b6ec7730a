{#- What the plays of a period of the calendar come to, the same for months, quarters and seasons. -#}

{#-
    Common table expressions over the common table `plays` (listener_id, track_id, artist_id, ms_heard, skipped and the
    `columns` that name the period): `figures` has one row for each listener and period, with the most played artist,
    genre and track. Ties go to the first by name; `unclassified` is the top genre only where no play has another.
    Names are looked up for the most played only: windows over every track of every month took three times as long.
-#}
{% macro period_figures(columns) -%}
    {%- set period = (['listener_id'] + columns) | join(', ') -%}
track_plays as (
    select
        {{ period }},
        track_id,
        count(*) as plays
    from plays
    group by {{ period }}, track_id
),

artist_plays as (
    select
        {{ period }},
        artist_id,
        count(*) as plays,
        sum(ms_heard) as ms_heard,
        sum(case when skipped then 1 else 0 end) as skips,
        count(skipped) as told_of_skips
    from plays
    group by {{ period }}, artist_id
),

scores as (
    select
        tracks.track_id,
        coalesce(tracks.popularity, artists.popularity) as mainstream_score
    from {{ ref('dim_track') }} as tracks
    left join {{ ref('dim_artist') }} as artists on tracks.artist_id = artists.artist_id
),

track_totals as (
    select
        {{ period }},
        count(*) as unique_tracks,
        max(plays) as most_plays,
        -- Of the plays that have a score.
        cast(sum(plays * mainstream_score) as double)
        / sum(case when mainstream_score is not null then plays end) as mainstream_score
    from track_plays
    inner join scores on track_plays.track_id = scores.track_id
    group by {{ period }}
),

artist_totals as (
    select
        {{ period }},
        cast(sum(plays) as bigint) as total_plays,
        cast(sum(ms_heard) as double) / 60000 as minutes_listened,
        count(*) as unique_artists,
        max(plays) as most_plays,
        cast(sum(skips) as double) / nullif(sum(told_of_skips), 0) as skip_rate
    from artist_plays
    group by {{ period }}
),

top_tracks as (
    select
        {{ qualified('track_plays', columns) }},
        min(tracks.track_name) as top_track
    from track_plays
    inner join track_totals
        on {{ same_period('track_plays', 'track_totals', columns) }} and track_plays.plays = track_totals.most_plays
    inner join {{ ref('dim_track') }} as tracks on track_plays.track_id = tracks.track_id
    group by {{ qualified('track_plays', columns) }}
),

top_artists as (
    select
        {{ qualified('artist_plays', columns) }},
        min(artists.artist_name) as top_artist
    from artist_plays
    inner join artist_totals
        on {{ same_period('artist_plays', 'artist_totals', columns) }} and artist_plays.plays = artist_totals.most_plays
    inner join {{ ref('dim_artist') }} as artists on artist_plays.artist_id = artists.artist_id
    group by {{ qualified('artist_plays', columns) }}
),

top_genres as (
    select
        {{ period }},
        artists.primary_genre as top_genre,
        cast(sum(artist_plays.plays) as bigint) as top_genre_plays
    from artist_plays
    inner join {{ ref('dim_artist') }} as artists on artist_plays.artist_id = artists.artist_id
    group by {{ period }}, artists.primary_genre
    qualify row_number() over (
        partition by {{ period }}
        order by
            case when artists.primary_genre = 'unclassified' then 1 else 0 end,
            sum(artist_plays.plays) desc,
            artists.primary_genre
    ) = 1
),

figures as (
    select
        artist_totals.*,
        artist_totals.most_plays as top_artist_plays,
        track_totals.unique_tracks,
        track_totals.mainstream_score,
        top_artists.top_artist,
        top_genres.top_genre,
        top_genres.top_genre_plays,
        top_tracks.top_track
    from artist_totals
    {%- for table in ['track_totals', 'top_artists', 'top_genres', 'top_tracks'] %}
    inner join {{ table }} on {{ same_period('artist_totals', table, columns) }}
    {%- endfor %}
)
{%- endmacro %}


{#- The listener and the period's `columns` of a common table. -#}
{% macro qualified(table, columns) -%}
    {%- for column in ['listener_id'] + columns -%}
        {{ table }}.{{ column }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{% macro same_period(one, other, columns) -%}
    {%- for column in ['listener_id'] + columns -%}
        {{ one }}.{{ column }} = {{ other }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
