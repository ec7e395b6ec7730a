{#- A view: what could not be read has no day, so it cannot be stored by day beside the rest. -#}
{{ config(materialized='view') }}

select
    play_date,
    listener_id,
    source,
    source_file,
    source_row,
    record_hash,
    fate,
    play_id,
    merged_by,
    cast(null as varchar) as detail
from {{ ref('play_records') }}

union all

select
    cast(null as date) as play_date,
    listener_id,
    source,
    source_file,
    source_row,
    cast(null as varchar) as record_hash,
    'unparseable' as fate,
    cast(null as varchar) as play_id,
    cast(null as varchar) as merged_by,
    reason || ': ' || detail as detail
from {{ source('raw', 'rejected_records') }}
