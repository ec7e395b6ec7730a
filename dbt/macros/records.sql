{#- The columns that a record of any source has, in the order of the bronze views. -#}
{% macro record_columns() -%}
    {%- do return([
        'listener_id', 'source', 'feed', 'license_class', 'record_hash', 'source_file', 'source_row', 'play_date',
        'started_at', 'ended_at', 'anchor', 'logged_at', 'precision_seconds', 'ms_played', 'duration_ms', 'content_type', 'track_id',
        'track_key', 'artist_key', 'title_key', 'recording_key', 'track_name', 'artist_name', 'album_name', 'isrc',
        'recording_mbid', 'platform', 'country', 'reason_start', 'reason_end', 'shuffle', 'skipped_flag', 'offline',
        'incognito', 'is_offline_clock', 'is_late_log', 'is_overlong', 'ingested_at',
    ]) -%}
{%- endmacro %}


{#- Columns of the record that a source does not tell, as nulls of their type. -#}
{% macro absent_columns(columns) -%}
    {%- set types = {
        'source_row': 'bigint', 'ended_at': 'timestamp', 'logged_at': 'timestamp', 'ms_played': 'bigint',
        'duration_ms': 'bigint', 'shuffle': 'boolean', 'skipped_flag': 'boolean', 'offline': 'boolean',
        'incognito': 'boolean', 'ingested_at': 'timestamp', 'popularity': 'bigint', 'explicit': 'boolean',
    } -%}
    {%- for column in columns -%}
        cast(null as {{ types.get(column, 'varchar') }}) as {{ column }}
        {{- ',' if not loop.last }}
    {% endfor -%}
{%- endmacro %}
