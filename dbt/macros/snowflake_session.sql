{#-
    What dbt-snowflake calls before each model, seed and test, in the session that builds it. Its profile cannot set
    parameters of a session, so they are set here. Elsewhere nothing is called.
-#}
{% macro snowflake__set_query_tag() -%}
    {%- set subject = model.name if model.resource_type == 'test' else model.schema ~ '/' ~ model.alias -%}
    {%- set tag = tojson({'app': 'tunegenie', 'run_id': var('run_id', none), 'asset': subject}) -%}
    {%- do run_query(
        "alter session set timezone = 'UTC', timestamp_type_mapping = 'TIMESTAMP_NTZ', week_start = 1, query_tag = '"
        ~ tag ~ "'"
    ) -%}
{%- endmacro %}


{#- The next one sets its own. -#}
{% macro snowflake__unset_query_tag(original_query_tag) -%}{%- endmacro %}
