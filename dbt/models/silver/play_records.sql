{{ config(materialized='view') }}

{%- set columns = [
    'listener_id', 'source', 'license_class', 'record_hash', 'source_file', 'source_row', 'play_date', 'started_at',
    'ended_at', 'ms_played', 'content_type', 'track_id', 'track_name', 'artist_name', 'album_name', 'platform',
    'country', 'reason_start', 'reason_end', 'shuffle', 'skipped_flag', 'offline', 'incognito', 'ingested_at',
] %}

with

records as (
    select {{ columns | join(', ') }} from {{ ref('spotify_extended_history') }}
    union all
    select {{ columns | join(', ') }} from {{ ref('synthetic_plays') }}
),

numbered as (
    select
        records.*,
        -- Copies share their play day; naming it lets a window's filter reach the source.
        row_number() over (
            partition by play_date, listener_id, source, record_hash
            order by source_file, source_row, ingested_at
        ) as copy_number
    from records
),

judged as (
    select
        numbered.*,
        case
            when content_type = 'episode' then 'podcast'
            when content_type = 'audiobook' then 'audiobook'
            when content_type = 'unknown' then 'no_track'
            when track_name is null or artist_name is null then 'no_name'
            when copy_number > 1 then 'merged_into'
            else 'kept'
        end as fate
    from numbered
)

select
    {{ columns | join(',\n    ') }},
    fate,
    case
        when fate in ('kept', 'merged_into') then {{ md5_of(['listener_id', 'source', 'record_hash']) }}
    end as play_id
from judged
