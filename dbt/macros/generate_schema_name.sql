{#- A layer is a schema of the same name on every target, so that asset keys, sources and SQL agree. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
