with

plays as (
    select
        listener_id,
        cast(extract(year from date_key) as bigint) as year,
        source,
        ms_heard
    from {{ ref('fct_plays') }}
    where counts_as_play
),

mix as (
    select
        listener_id,
        year,
        source,
        count(*) as plays,
        cast(sum(ms_heard) as double) / 60000 as minutes_listened
    from plays
    group by listener_id, year, source
)

select
    listener_id,
    year,
    source,
    plays,
    minutes_listened,
    cast(plays as double) / sum(plays) over (partition by listener_id, year) as plays_share
from mix
