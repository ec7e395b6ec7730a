{#- A view: silver.sessions keeps the rows. -#}
{{ config(materialized='view', tags=['daily'], meta={'window_column': 'play_date'}) }}

select
    session_id,
    listener_id,
    play_date,
    date_key,
    started_at,
    ended_at,
    local_hour,
    plays,
    minutes_listened,
    unique_tracks,
    unique_artists,
    skips
from {{ ref('sessions') }}
