{#- The feeds that are merged, from the best clock to the poorest, and by how much their clocks and names may differ. -#}

{#- Feeds from the best clock to the poorest: a play is told by the first that has it. Synthetic plays have no other source. -#}
{% macro feeds() -%}
    {%- do return([
        'spotify_extended_history',
        'spotify_account_history',
        'listenbrainz_from_spotify',
        'spotify_recently_played',
        'listenbrainz_listens',
        'maloja_scrobbles',
        'koito_listens',
        'lastfm_scrobbles',
        'lastfm_scrobbles_by_minute',
    ]) -%}
{%- endmacro %}


{#-
    Those that a merge has to look at: the best, and others of which there are records. A feed without any costs a quarter
    of a second of planning.
-#}
{% macro merged_feeds() -%}
    {%- set sources = {
        'listenbrainz_from_spotify': 'listenbrainz_listens',
        'lastfm_scrobbles_by_minute': 'lastfm_scrobbles',
    } -%}
    {%- set told = var('sources_with_records', none) -%}
    {%- set merged = feeds()[:1] -%}
    {%- for feed in feeds()[1:] if told is none or sources.get(feed, feed) in told -%}
        {%- do merged.append(feed) -%}
    {%- endfor -%}
    {%- do return(merged) -%}
{%- endmacro %}


{#- The first of them are logs of Spotify, which agree on when a play was logged and on its milliseconds. -#}
{% macro is_log_of_spotify(feed) -%}
    {%- do return(feed in ['spotify_extended_history', 'spotify_account_history', 'listenbrainz_from_spotify']) -%}
{%- endmacro %}


{% macro feed_rank(feed) -%}
    case {{ feed }}
        {%- for name in feeds() %}
        when '{{ name }}' then {{ loop.index }}
        {%- endfor %}
        else 0
    end
{%- endmacro %}


{#- Seconds by which two clocks may differ: device against server, and a scrobbler that waits before it reports. -#}
{% macro clock_tolerance_s() -%}90{%- endmacro %}


{#- Seconds by which times may differ where the names do: other songs follow one another within the clocks' tolerance. -#}
{% macro name_tolerance_s() -%}15{%- endmacro %}


{#-
    Seconds of pause inside a play: where only its end is known, it may have begun that much earlier, if neither source
    heard another song in between.
-#}
{% macro longest_pause_s() -%}900{%- endmacro %}


{#- Width of the buckets in which partners are looked for; more than any difference that is allowed. -#}
{% macro bucket_s() -%}14400{%- endmacro %}
