{#- SQL that DuckDB and Snowflake spell differently. Timestamps are naive; those in UTC say so. -#}

{#- The naive local time of a naive UTC timestamp in an IANA zone. -#}
{% macro to_local_timestamp(utc_timestamp, zone) -%}
    {{ adapter.dispatch('to_local_timestamp', 'tunegenie')(utc_timestamp, zone) }}
{%- endmacro %}

{% macro duckdb__to_local_timestamp(utc_timestamp, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ utc_timestamp }}))
{%- endmacro %}

{% macro snowflake__to_local_timestamp(utc_timestamp, zone) -%}
    convert_timezone('UTC', {{ zone }}, {{ utc_timestamp }})
{%- endmacro %}


{% macro add_milliseconds(timestamp, milliseconds) -%}
    {{ adapter.dispatch('add_milliseconds', 'tunegenie')(timestamp, milliseconds) }}
{%- endmacro %}

{% macro duckdb__add_milliseconds(timestamp, milliseconds) -%}
    {{ timestamp }} + to_milliseconds({{ milliseconds }})
{%- endmacro %}

{% macro snowflake__add_milliseconds(timestamp, milliseconds) -%}
    timestampadd(millisecond, {{ milliseconds }}, {{ timestamp }})
{%- endmacro %}


{#- ISO day of the week: 1 is Monday, 7 is Sunday. -#}
{% macro iso_weekday(date) -%}
    {{ adapter.dispatch('iso_weekday', 'tunegenie')(date) }}
{%- endmacro %}

{% macro duckdb__iso_weekday(date) -%}
    isodow({{ date }})
{%- endmacro %}

{% macro snowflake__iso_weekday(date) -%}
    dayofweekiso({{ date }})
{%- endmacro %}


{#- ISO week of the year, 1 to 53. -#}
{% macro iso_week(date) -%}
    {{ adapter.dispatch('iso_week', 'tunegenie')(date) }}
{%- endmacro %}

{% macro duckdb__iso_week(date) -%}
    weekofyear({{ date }})
{%- endmacro %}

{% macro snowflake__iso_week(date) -%}
    weekiso({{ date }})
{%- endmacro %}


{#- Every run of white space becomes one space. -#}
{% macro collapse_spaces(text) -%}
    {{ adapter.dispatch('collapse_spaces', 'tunegenie')(text) }}
{%- endmacro %}

{% macro duckdb__collapse_spaces(text) -%}
    regexp_replace({{ text }}, '\s+', ' ', 'g')
{%- endmacro %}

{% macro snowflake__collapse_spaces(text) -%}
    regexp_replace({{ text }}, '\\s+', ' ')
{%- endmacro %}


{#-
    A select of every `date_day` from the column `first_date` to the column `last_date` of the one-row `bounds`;
    no rows when they are null.
-#}
{% macro days_between(bounds) -%}
    {{ adapter.dispatch('days_between', 'tunegenie')(bounds) }}
{%- endmacro %}

{% macro duckdb__days_between(bounds) -%}
    select cast(unnest(generate_series(first_date, last_date, interval 1 day)) as date) as date_day
    from {{ bounds }}
{%- endmacro %}

{% macro snowflake__days_between(bounds) -%}
    select cast(dateadd(day, days.number, bounds.first_date) as date) as date_day
    from {{ bounds }} as bounds
    cross join (
        -- 100,000 days reach further than a calendar of recorded music.
        select row_number() over (order by null) - 1 as number from table(generator(rowcount => 100000))
    ) as days
    where days.number <= datediff(day, bounds.first_date, bounds.last_date)
{%- endmacro %}


{#- The UTC time at which clocks in an IANA zone show a naive local time. -#}
{% macro to_utc_timestamp(local_timestamp, zone) -%}
    {{ adapter.dispatch('to_utc_timestamp', 'tunegenie')(local_timestamp, zone) }}
{%- endmacro %}

{% macro duckdb__to_utc_timestamp(local_timestamp, zone) -%}
    timezone('UTC', timezone({{ zone }}, {{ local_timestamp }}))
{%- endmacro %}

{% macro snowflake__to_utc_timestamp(local_timestamp, zone) -%}
    convert_timezone({{ zone }}, 'UTC', {{ local_timestamp }})
{%- endmacro %}


{#- Seconds since 1970 as a double, with fractions. -#}
{% macro epoch_seconds(timestamp) -%}
    {{ adapter.dispatch('epoch_seconds', 'tunegenie')(timestamp) }}
{%- endmacro %}

{% macro duckdb__epoch_seconds(timestamp) -%}
    epoch({{ timestamp }})
{%- endmacro %}

{% macro snowflake__epoch_seconds(timestamp) -%}
    cast(date_part(epoch_microsecond, {{ timestamp }}) as double) / 1000000
{%- endmacro %}


{#-
    DuckDB 2.0.0 fails on joins of inlined common table expressions with "dict-surviving cache: global dictionary column
    changed identity"; a model that meets it computes each of them once instead.
-#}
{% macro common_tables_as_written() -%}
    {{ adapter.dispatch('common_tables_as_written', 'tunegenie')() }}
{%- endmacro %}

{% macro default__common_tables_as_written() -%}{%- endmacro %}

{% macro duckdb__common_tables_as_written() -%}
    set disabled_optimizers = 'cte_inlining'
{%- endmacro %}

{% macro common_tables_as_planned() -%}
    {{ adapter.dispatch('common_tables_as_planned', 'tunegenie')() }}
{%- endmacro %}

{% macro default__common_tables_as_planned() -%}{%- endmacro %}

{% macro duckdb__common_tables_as_planned() -%}
    reset disabled_optimizers
{%- endmacro %}


{#- The text at a path such as `track.album.name` of a JSON object, null where there is none. -#}
{% macro json_text(json, path) -%}
    {{ adapter.dispatch('json_text', 'tunegenie')(json, path) }}
{%- endmacro %}

{% macro duckdb__json_text(json, path) -%}
    json_extract_string({{ json }}, '$.{{ path }}')
{%- endmacro %}

{% macro snowflake__json_text(json, path) -%}
    cast(get_path(parse_json({{ json }}), '{{ path }}') as varchar)
{%- endmacro %}


{#- A timestamp as text that is the same on both, for keys: a cast to varchar has fractions on one and none on the other. -#}
{% macro timestamp_text(timestamp) -%}
    cast(datediff('microsecond', cast('1970-01-01' as timestamp), {{ timestamp }}) as varchar)
{%- endmacro %}


{#- The list of the texts in a JSON array; null for no array. For `elements_of` alone. -#}
{% macro texts_in_json(json) -%}
    {{ adapter.dispatch('texts_in_json', 'tunegenie')(json) }}
{%- endmacro %}

{% macro duckdb__texts_in_json(json) -%}
    from_json({{ json }}, '["varchar"]')
{%- endmacro %}

{% macro snowflake__texts_in_json(json) -%}
    parse_json({{ json }})
{%- endmacro %}


{#-
    A select of the columns `keys` of the relation, and of every text of the list `texts` that a row has: the text as
    `element`, its place from 1 as `position`. No row for a row without a list.
-#}
{% macro elements_of(relation, keys, texts) -%}
    {{ adapter.dispatch('elements_of', 'tunegenie')(relation, keys, texts) }}
{%- endmacro %}

{% macro duckdb__elements_of(relation, keys, texts) -%}
    select
        {{ keys | join(', ') }},
        unnest({{ texts }}) as element,
        cast(generate_subscripts({{ texts }}, 1) as bigint) as position
    from {{ relation }}
{%- endmacro %}

{% macro snowflake__elements_of(relation, keys, texts) -%}
    select
        {{ keys | join(', ') }},
        cast(listed.value as varchar) as element,
        cast(listed.index + 1 as bigint) as position
    from {{ relation }}, lateral flatten(input => {{ texts }}) as listed
{%- endmacro %}


{#- The year that the ISO week of a date belongs to. -#}
{% macro iso_year(date) -%}
    {{ adapter.dispatch('iso_year', 'tunegenie')(date) }}
{%- endmacro %}

{% macro duckdb__iso_year(date) -%}
    isoyear({{ date }})
{%- endmacro %}

{% macro snowflake__iso_year(date) -%}
    yearofweekiso({{ date }})
{%- endmacro %}


{#- The date so many days after a date; before it where `days` is negative. -#}
{% macro add_days(date, days) -%}
    {{ adapter.dispatch('add_days', 'tunegenie')(date, days) }}
{%- endmacro %}

{% macro duckdb__add_days(date, days) -%}
    {{ date }} + cast({{ days }} as integer)
{%- endmacro %}

{% macro snowflake__add_days(date, days) -%}
    cast(dateadd(day, {{ days }}, {{ date }}) as date)
{%- endmacro %}
