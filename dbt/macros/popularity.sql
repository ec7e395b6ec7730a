{#- How popularity is measured where neither Spotify nor a catalogue gives it: 0 to 100, in both cases. -#}

{#-
    Of listeners at Last.fm, tenfold ones add the same: 10 or fewer are 0, ten million, more than any artist has, are
    100. A thousand are 33, a million 83. The scale is fixed, so that no value changes because of others.
-#}
{% macro lastfm_popularity(listeners) -%}
    case
        when {{ listeners }} <= 10 then 0
        when {{ listeners }} >= 10000000 then 100
        else cast(round(100 * (ln({{ listeners }}) / ln(10) - 1) / 6) as bigint)
    end
{%- endmacro %}


{#- The share of what the same population heard that fewer listeners know, or as many that play it less. -#}
{% macro population_rank(population, listeners, plays) -%}
    cast(
        round(100 * percent_rank() over (partition by {{ population }} order by {{ listeners }}, {{ plays }})) as bigint
    )
{%- endmacro %}
