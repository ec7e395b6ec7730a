with

hours as (
    select
        listener_id,
        cast({{ iso_weekday('date_key') }} as bigint) as iso_weekday,
        local_hour,
        count(*) as plays,
        cast(sum(ms_heard) as double) / 60000 as minutes_listened
    from {{ ref('fct_plays') }}
    where counts_as_play
    group by listener_id, {{ iso_weekday('date_key') }}, local_hour
)

select
    listener_id,
    iso_weekday,
    {{ weekday_name('iso_weekday') }} as weekday_name,
    local_hour,
    plays,
    minutes_listened,
    cast(plays as double) / sum(plays) over (partition by listener_id) as plays_share
from hours
