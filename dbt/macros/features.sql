{#- Averages of what is known of tracks, for artists and albums. -#}

{#- Audio features that have a mean. The key is a circle without one, and of `mode` the share of major is taken. -#}
{% macro audio_measures() -%}
    {%- do return([
        'danceability', 'energy', 'loudness', 'speechiness', 'acousticness', 'instrumentalness', 'liveness', 'valence',
        'tempo',
    ]) -%}
{%- endmacro %}


{#- A sum that does not depend on the order of its rows, as one of floats does. -#}
{% macro exact_sum(value, digits=9) -%}
    cast(sum(cast({{ value }} as decimal(28, {{ digits }}))) as double)
{%- endmacro %}


{#- Of the rows that have a value; null when none has. -#}
{% macro weighted_mean(value, weight) -%}
    round(
        {{ exact_sum(value ~ ' * ' ~ weight, 6) }}
        / nullif({{ exact_sum('case when ' ~ value ~ ' is not null then ' ~ weight ~ ' end', 6) }}, 0),
        6
    )
{%- endmacro %}


{#-
    How much a track speaks for its artist or album: what is played more says more, but one hit played a thousand times
    weighs no more than ten tracks that were never played.
-#}
{% macro weight_of_track(plays) -%}
    ln(2 + {{ plays }})
{%- endmacro %}


{#- What listeners did with a group of rows of silver.listener_tracks. -#}
{% macro listening_totals() -%}
    cast(sum(plays) as bigint) as plays,
        round(cast(sum(ms_heard) as double) / 60000, 9) as minutes_listened,
        cast(sum(skips) as double) / nullif(sum(told_of_skips), 0) as skip_rate,
        round({{ exact_sum('completion_sum') }} / nullif(sum(completions), 0), 9) as completion,
        min(first_played_at) as first_played_at,
        max(last_played_at) as last_played_at
{%- endmacro %}
