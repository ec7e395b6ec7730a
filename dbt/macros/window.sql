{#-
    The window of play days that a run replaces: the half-open UTC range [window_start, window_end) of the vars
    of the same names, or all of time when neither is given.
-#}

{#-
    True for the days of the window, widened on both sides by `padding_days`, or by `days_before` and `days_after` where
    those are given.
-#}
{% macro in_window(column, padding_days=0, days_before=none, days_after=none) -%}
    {%- set window_start = var('window_start', none) -%}
    {%- set window_end = var('window_end', none) -%}
    {%- if (window_start is none) != (window_end is none) -%}
        {{ exceptions.raise_compiler_error("window_start and window_end are given together or not at all") }}
    {%- endif -%}
    {%- if execute and flags.FULL_REFRESH and window_start is not none and model.resource_type == 'model' -%}
        {{ exceptions.raise_compiler_error("a full refresh with a window would drop the days outside it") }}
    {%- endif -%}
    {%- if window_start is none -%}
        true
    {%- else -%}
        {{ column }} >= {{ window_day(window_start, -(padding_days if days_before is none else days_before)) }}
        and {{ column }} < {{ window_day(window_end, padding_days if days_after is none else days_after) }}
    {%- endif -%}
{%- endmacro %}


{% macro window_day(day, offset_days) -%}
    {%- set date = modules.datetime.datetime.strptime(day | string, '%Y-%m-%d') -%}
    cast('{{ (date + modules.datetime.timedelta(days=offset_days)).strftime('%Y-%m-%d') }}' as date)
{%- endmacro %}


{#-
    Incremental strategy: the rows of the window are deleted and the model's rows inserted by name, so a day that
    became empty in the source becomes empty here and no other day is touched. The model filters itself with
    `in_window` on the same column and padding. Config: `meta.window_column`, `meta.window_padding_days` (default 0), or
    `meta.window_days_before` and `meta.window_days_after` where they differ.
-#}
{% macro get_incremental_replace_window_sql(arg_dict) -%}
    {%- if config.meta_get('window_column') is none -%}
        {{ exceptions.raise_compiler_error(model.name ~ " needs meta.window_column for replace_window") }}
    {%- endif -%}
    {%- do return(adapter.dispatch('replace_window_sql', 'tunegenie')(
        arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns']
    )) -%}
{%- endmacro %}


{#- dbt-duckdb opens a transaction around this statement and rolls it back when one half fails. -#}
{% macro default__replace_window_sql(target_relation, new_rows, columns) -%}
    {%- set window_column = config.meta_get('window_column') -%}
    {%- set padding_days = config.meta_get('window_padding_days', 0) -%}
    {%- set days_before = config.meta_get('window_days_before', padding_days) -%}
    {%- set days_after = config.meta_get('window_days_after', padding_days) -%}
    {%- set column_list = get_quoted_csv(columns | map(attribute='name')) -%}
    delete from {{ target_relation }}
    where {{ in_window(window_column, days_before=days_before, days_after=days_after) }};

    insert into {{ target_relation }} ({{ column_list }})
    select {{ column_list }} from {{ new_rows }}
{%- endmacro %}


{#- Snowflake commits each statement by itself unless the SQL opens its own transaction. -#}
{% macro snowflake__replace_window_sql(target_relation, new_rows, columns) -%}
    {%- do return(snowflake_dml_explicit_transaction(
        tunegenie.default__replace_window_sql(target_relation, new_rows, columns)
    )) -%}
{%- endmacro %}


{#-
    Data tests of a daily model look at the window alone, so that their cost does not grow with the history:
    YAML cannot call macros, so their `where` is `in_window(play_date)` or `in_window(local_date, 2)` as text.
-#}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where', '') -%}
    {%- if where == 'in_window(play_date)' -%}
        {%- set where = in_window('play_date') -%}
    {%- elif where == 'in_window(local_date, 2)' -%}
        {%- set where = in_window('local_date', 2) -%}
    {%- endif -%}
    {%- if where -%}
        {%- do return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') as window_rows') -%}
    {%- endif -%}
    {%- do return(relation) -%}
{%- endmacro %}
