{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    cluster_by=['play_date'],
    tags=['daily'],
    meta={'window_column': 'play_date'},
) }}

select
    play_date,
    listener_id,
    source,
    source_file,
    source_row,
    record_hash,
    fate,
    play_id
from {{ ref('play_records') }}
where {{ in_window('play_date') }}
