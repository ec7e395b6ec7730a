{#-
    Keys by which the same song is known under the spellings of different sources: lower case, no accents, no punctuation,
    no spaces. Only functions that DuckDB and Snowflake have alike, and regular expressions without backslashes.
-#}

{% macro replace_pattern(text, pattern, replacement='') -%}
    {{ adapter.dispatch('replace_pattern', 'tunegenie')(text, pattern, replacement) }}
{%- endmacro %}

{% macro duckdb__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro snowflake__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}


{#- Letters without their accents, then without anything that sources leave out, add or write in several ways. -#}
{% macro folded(text) -%}
    {%- set accented = 'àáâãäåāăąçćčďðèéêëēėęěğìíîïīįıłñńňòóôõöøōőŕřśšşșťţțùúûüūůűųýÿžźż' -%}
    {%- set plain    = 'aaaaaaaaacccddeeeeeeeegiiiiiiilnnnoooooooorrsssstttuuuuuuuuyyzzz' -%}
    {#- The last ones are the combining accents of decomposed text. -#}
    {%- set dropped = " !\"#$%''()*+,-./:;<=>?@[]^_`{|}~¡¿«»´·•‘’‚“”„–—…′″̧̀́̂̃̄̈̊̌" -%}
    translate(
        replace(replace(replace(replace({{ text }}, '&', 'and'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
        '{{ accented }}' || '{{ dropped }}',
        '{{ plain }}'
    )
{%- endmacro %}


{#- Guests and notes on the edition are left out of a title: feat. X, (2011 Remaster), - Mono, [Bonus Track]. -#}
{% macro title_key(title) -%}
    {%- set guests = '(feat[.]?|ft[.]?|featuring|with) ' -%}
    {%- set edition = '(remaster|mono|stereo|bonus track|album version|single version|deluxe|explicit)' -%}
    {%- set without_guests = replace_pattern('lower(' ~ title ~ ')', ' *[([]' ~ guests ~ '[^])]*[])]') -%}
    {%- set without_brackets = replace_pattern(without_guests, ' *[([][^])]*' ~ edition ~ '[^])]*[])]') -%}
    {%- set without_edition = replace_pattern(without_brackets, ' +[-–] +[^-–]*' ~ edition ~ '.*$') -%}
    {%- set bare = replace_pattern(without_edition, ' +(feat[.]?|ft[.]?|featuring) .*$') -%}
    coalesce(nullif({{ folded(bare) }}, ''), nullif({{ folded('lower(' ~ title ~ ')') }}, ''), lower({{ title }}))
{%- endmacro %}


{#- The first artist of a credit as far as words tell; a comma may belong to a name, so it does not end one. -#}
{% macro artist_key(artist) -%}
    {%- set lowered = 'lower(' ~ artist ~ ')' -%}
    {%- set first = replace_pattern(replace_pattern(lowered, ' +(feat[.]?|ft[.]?|featuring) .*$'), '^the +') -%}
    coalesce(nullif({{ folded(first) }}, ''), lower({{ artist }}))
{%- endmacro %}


{#- One song by one artist, on whatever album and under whatever id. -#}
{% macro recording_key(artist, title) -%}
    {{ md5_of([artist_key(artist), title_key(title)]) }}
{%- endmacro %}


{#- The track as its source knows it: an id, else the names. -#}
{% macro track_key(track_id, artist_name, track_name) -%}
    coalesce({{ track_id }}, {{ md5_of([normalised_name(artist_name), normalised_name(track_name)]) }})
{%- endmacro %}


{#-
    Whether two keys can be spellings of one name: equal, one begins with the other (a credit with guests, a cut title),
    or at most one letter in five differs.
-#}
{% macro spelled_alike(one, other) -%}
    (
        {{ one }} = {{ other }}
        or (length({{ one }}) >= 3 and left({{ other }}, length({{ one }})) = {{ one }})
        or (length({{ other }}) >= 3 and left({{ one }}, length({{ other }})) = {{ other }})
        or {{ edit_distance(one, other) }} <= least(length({{ one }}), length({{ other }})) / 5
    )
{%- endmacro %}

{% macro edit_distance(one, other) -%}
    {{ adapter.dispatch('edit_distance', 'tunegenie')(one, other) }}
{%- endmacro %}

{% macro duckdb__edit_distance(one, other) -%}
    levenshtein({{ one }}, {{ other }})
{%- endmacro %}

{% macro snowflake__edit_distance(one, other) -%}
    editdistance({{ one }}, {{ other }})
{%- endmacro %}
