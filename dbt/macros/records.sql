{#- The columns that a record of any source has, in the order of the bronze views. -#}
{% macro record_columns() -%}
    {%- do return([
        'listener_id', 'source', 'feed', 'license_class', 'record_hash', 'source_file', 'source_row', 'play_date',
        'started_at', 'ended_at', 'anchor', 'logged_at', 'precision_seconds', 'ms_played', 'duration_ms', 'content_type', 'track_id',
        'track_key', 'artist_key', 'title_key', 'recording_key', 'track_name', 'artist_name', 'album_name', 'isrc',
        'recording_mbid', 'platform', 'country', 'reason_start', 'reason_end', 'shuffle', 'skipped_flag', 'offline',
        'incognito', 'is_offline_clock', 'is_overlong', 'ingested_at',
    ]) -%}
{%- endmacro %}
