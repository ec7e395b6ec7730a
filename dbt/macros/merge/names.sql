{#- The same scrobble under a name that the service has corrected since the last export. -#}

{#-
    CTEs that find scrobbles told again under another name: `same` and the second are equal, `varying` is spelled alike,
    and they stand in different files. Where one file tells two names for that second they are two songs. Of `rows`
    spelled_<name> says which record is kept in place of each, respelled_<name> are those that are left.
-#}
{% macro respelled(name, rows, varying, same) -%}
    {%- set group = ['listener_id', 'feed', 'started_at', same] -%}
told_apart_by_{{ name }} as (
    select distinct {{ group | join(', ') }}
    from (
        select {{ group | join(', ') }}, source_file
        from numbered
        where reason is null and ms_played is null
        group by {{ group | join(', ') }}, source_file
        having count(distinct {{ varying }}) > 1
    ) as files
),

first_{{ name }} as (
    select
        told.record_id,
        told.source_file,
        told.{{ varying }},
        {%- for column in ['record_id', 'source_file', varying] %}
        first_value(told.{{ column }}) over (
            partition by {% for key in group %}told.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
            order by told.source_file, told.source_row, told.record_id
        ) as first_{{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ rows }} as told
    left join told_apart_by_{{ name }} as apart
        on {% for key in group %}told.{{ key }} = apart.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    where told.ms_played is null and apart.listener_id is null
),

spelled_{{ name }} as (
    select
        record_id,
        case
            when source_file <> first_source_file and {{ spelled_alike(varying, 'first_' ~ varying) }}
                then first_record_id
            else record_id
        end as kept_id
    from first_{{ name }}
),

respelled_{{ name }} as (
    select told.*
    from {{ rows }} as told
    left join spelled_{{ name }} as spelled on told.record_id = spelled.record_id
    where coalesce(spelled.kept_id, told.record_id) = told.record_id
)
{%- endmacro %}
