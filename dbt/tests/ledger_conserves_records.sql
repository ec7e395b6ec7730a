-- Every source record of the window stands in the ledger exactly once: as many rows out as in, for each day,
-- listener and source, and no record merged into a play that nothing was kept for.
{{ config(meta={'dagster': {'ref': {'name': 'play_ledger'}}}) }}

with

source_records as (
    select
        play_date,
        listener_id,
        'spotify_extended_history' as source
    from {{ source('raw', 'spotify_extended_history') }}
    where {{ in_window('play_date') }}
    union all
    select
        play_date,
        listener_id,
        'synthetic' as source
    from {{ source('synthetic', 'plays') }}
    where {{ in_window('play_date') }}
),

records_in as (
    select
        play_date,
        listener_id,
        source,
        count(*) as records
    from source_records
    group by play_date, listener_id, source
),

records_out as (
    select
        play_date,
        listener_id,
        source,
        count(*) as records
    from {{ ref('play_ledger') }}
    where {{ in_window('play_date') }}
    group by play_date, listener_id, source
),

not_conserved as (
    select
        coalesce(records_in.play_date, records_out.play_date) as play_date,
        'records in and out differ' as failure
    from records_in
    full outer join records_out
        on
            records_in.play_date = records_out.play_date
            and records_in.listener_id = records_out.listener_id
            and records_in.source = records_out.source
    where coalesce(records_in.records, 0) <> coalesce(records_out.records, 0)
),

kept_other_than_once as (
    select
        min(play_date) as play_date,
        'a play without exactly one kept record' as failure
    from {{ ref('play_ledger') }}
    where play_id is not null and {{ in_window('play_date') }}
    group by play_id
    having sum(case when fate = 'kept' then 1 else 0 end) <> 1
)

select * from not_conserved
union all
select * from kept_other_than_once
