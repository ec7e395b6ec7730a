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


{#- Whether the pattern occurs in the text. -#}
{% macro has_pattern(text, pattern) -%}
    {{ adapter.dispatch('has_pattern', 'tunegenie')(text, pattern) }}
{%- endmacro %}

{% macro duckdb__has_pattern(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro snowflake__has_pattern(text, pattern) -%}
    regexp_count({{ text }}, '{{ pattern }}') > 0
{%- endmacro %}


{#- Letters without their accents, then without anything that sources leave out, add or write in several ways. -#}
{% macro folded(text) -%}
    {%- set accented = 'àáâãäåāăąçćčďðèéêëēėęěğìíîïīįıłñńňòóôõöøōőŕřśšşșťţțùúûüūůűųýÿžźż' -%}
    {%- set plain    = 'aaaaaaaaacccddeeeeeeeegiiiiiiilnnnoooooooorrsssstttuuuuuuuuyyzzz' -%}
    {#- The last ones are the combining accents of decomposed text. -#}
    {%- set dropped = " !\"$%''()*,-./:;<=>?@[]^_`{|}~¡¿«»´·•‘’‚“”„–—…′″̧̀́̂̃̄̈̊̌" -%}
    {#- Where there are only letters, digits and spaces, as in most names, DuckDB is forty times as fast without translate. -#}
    case
        when {{ has_pattern(text, '[^a-z0-9 ]') }}
            then translate(
                replace(replace(replace(replace({{ text }}, '&', 'and'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
                '{{ accented }}' || '{{ dropped }}',
                '{{ plain }}'
            )
        else replace({{ text }}, ' ', '')
    end
{%- endmacro %}


{#-
    Guests and notes on the edition are left out of a title: (feat. X), (2011 Remaster), - Mono, [Bonus Track]. Another
    performance or cut is another recording, so a title that speaks of one keeps all of its words.
-#}
{% macro title_key(title) -%}
    {%- set lowered = 'lower(' ~ title ~ ')' -%}
    {%- set guests = '(feat[.]?|ft[.]?|featuring|with) ' -%}
    {#- Without brackets only what cannot be a word of the title: 6 ft Under. -#}
    {%- set bare_guests = '(feat[.]?|ft[.]|featuring) ' -%}
    {%- set edition = '(remaster|remastered|mono|stereo|bonus track|album version|single version|deluxe|deluxe edition|explicit)' -%}
    {%- set other_cut = '(^|[^a-z])(live|remix|mix|acoustic|demo|instrumental|karaoke|session|sessions|edit|unplugged|cover)([^a-z]|$)' -%}
    {#- Nothing but more words on the edition may follow: Stereo Love is a song. -#}
    {%- set more = '([^a-z]+(version|edition|remaster|remastered|mono|stereo|deluxe|explicit|album|single|bonus|track))*[^a-z]*' -%}
    {%- set bracketed = ' *[([]([^])]*[^a-z])?' ~ edition ~ more ~ '[])]' -%}
    {%- set dashed = ' +[-–] +([^-–]*[^a-z])?' ~ edition ~ more ~ '$' -%}
    {%- set without_guests = replace_pattern(replace_pattern(lowered, ' *[([]' ~ guests ~ '[^])]*[])]'), ' +' ~ bare_guests ~ '.*$') -%}
    {%- set without_edition = replace_pattern(replace_pattern(without_guests, bracketed), dashed) -%}
    {%- set bare -%}
        case when {{ has_pattern(lowered, other_cut) }} then {{ without_guests }} else {{ without_edition }} end
    {%- endset -%}
    coalesce(nullif({{ folded(bare) }}, ''), nullif({{ folded(lowered) }}, ''), {{ lowered }})
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
    Whether two keys can be spellings of one name: equal; or one begins with the other, by at least `least_share` of the
    longer one (a credit with guests, a cut title) and not in the midst of a number (Part 1, Part 10); or they differ in
    one letter of five and in no digit. The last for Latin letters only: DuckDB counts the bytes of others, Snowflake
    their characters.
-#}
{% macro spelled_alike(one, other, least_share=0.0) -%}
    (
        {{ one }} = {{ other }}
        or (
            least(length({{ one }}), length({{ other }})) >= 3
            and least(length({{ one }}), length({{ other }}))
            >= {{ least_share }} * greatest(length({{ one }}), length({{ other }}))
            and left({{ one }}, length({{ other }})) = left({{ other }}, length({{ one }}))
            and substr({{ one }}, length({{ other }}) + 1, 1) not between '0' and '9'
            and substr({{ other }}, length({{ one }}) + 1, 1) not between '0' and '9'
        )
        or (
            {{ replace_pattern(one, '[^0-9]') }} = {{ replace_pattern(other, '[^0-9]') }}
            and {{ replace_pattern(one, '[a-z0-9]') }} = ''
            and {{ replace_pattern(other, '[a-z0-9]') }} = ''
            and {{ edit_distance(one, other) }} <= least(length({{ one }}), length({{ other }})) / 5
        )
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
