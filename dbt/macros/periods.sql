{#- What the plays of a period of the calendar come to, the same for months, quarters and seasons. -#}

{#-
    Common table expressions over the common table `plays` (listener_id, track_id, artist_id, ms_heard, skipped and the
    `columns` that name the period): `figures` has one row for each listener and period, with the most played artist,
    genre and track. Ties go to the first by name; `unclassified` is the top genre only where no play has another.
-#}
{% macro period_figures(columns) -%}
    {%- set period = (['listener_id'] + columns) | join(', ') -%}
    {%- set is_unclassified = "case when primary_genre = 'unclassified' then 1 else 0 end" -%}
track_plays as (
    select
        {{ period }},
        artist_id,
        track_id,
        count(*) as plays,
        sum(ms_heard) as ms_heard,
        sum(case when skipped then 1 else 0 end) as skips
    from plays
    group by {{ period }}, artist_id, track_id
),

described as (
    select
        track_plays.*,
        tracks.track_name,
        artists.artist_name,
        artists.primary_genre,
        coalesce(tracks.popularity, artists.popularity) as mainstream_score
    from track_plays
    inner join {{ ref('dim_track') }} as tracks on track_plays.track_id = tracks.track_id
    inner join {{ ref('dim_artist') }} as artists on track_plays.artist_id = artists.artist_id
),

totals as (
    select
        {{ period }},
        cast(sum(plays) as bigint) as total_plays,
        cast(sum(ms_heard) as double) / 60000 as minutes_listened,
        count(distinct track_id) as unique_tracks,
        count(distinct artist_id) as unique_artists,
        cast(sum(skips) as double) / sum(plays) as skip_rate,
        -- Of the plays that have a score.
        cast(sum(plays * mainstream_score) as double)
        / sum(case when mainstream_score is not null then plays end) as mainstream_score
    from described
    group by {{ period }}
),

{{ most_played('top_artists', period, 'artist_name', 'artist_id') }},

{{ most_played('top_genres', period, 'primary_genre', 'primary_genre', last=is_unclassified) }},

{{ most_played('top_tracks', period, 'track_name', 'track_id') }},

figures as (
    select
        totals.*,
        top_artists.artist_name as top_artist,
        top_artists.plays as top_artist_plays,
        top_genres.primary_genre as top_genre,
        top_tracks.track_name as top_track
    from totals
    {%- for table in ['top_artists', 'top_genres', 'top_tracks'] %}
    inner join {{ table }}
        on
            totals.listener_id = {{ table }}.listener_id
            {%- for column in columns %}
            and totals.{{ column }} = {{ table }}.{{ column }}
            {%- endfor %}
    {%- endfor %}
)
{%- endmacro %}


{#-
    The common table `name`: the most played `label` of each period. `identity` tells apart what has one label, and
    `last` is 1 for what is named only when there is nothing else.
-#}
{% macro most_played(name, period, label, identity, last=none) -%}
{{ name }} as (
    select
        {{ period }},
        {{ label }},
        cast(sum(plays) as bigint) as plays
    from described
    group by {{ period }}, {{ label }}, {{ identity }}
    qualify row_number() over (
        partition by {{ period }}
        order by {% if last %}{{ last }}, {% endif %}sum(plays) desc, {{ label }}, {{ identity }}
    ) = 1
)
{%- endmacro %}
