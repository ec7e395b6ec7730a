with

-- A date that does not follow the one before begins a streak.
dates as (
    select
        listener_id,
        local_date,
        total_plays,
        minutes_listened,
        case
            when
                datediff(
                    'day', lag(local_date) over (partition by listener_id order by local_date), local_date
                ) = 1
                then 0
            else 1
        end as is_begin
    from {{ ref('daily_listening') }}
),

numbered as (
    select
        dates.*,
        sum(is_begin) over (
            partition by listener_id order by local_date rows between unbounded preceding and current row
        ) as streak_number
    from dates
),

streaks as (
    select
        listener_id,
        cast(streak_number as bigint) as streak_number,
        min(local_date) as first_date,
        max(local_date) as last_date,
        count(*) as days,
        cast(sum(total_plays) as bigint) as plays,
        -- Floats added in no fixed order.
        round(sum(minutes_listened), 9) as minutes_listened
    from numbered
    group by listener_id, streak_number
)

select
    listener_id,
    streak_number,
    first_date,
    last_date,
    days,
    plays,
    minutes_listened,
    row_number() over (partition by listener_id order by days desc, first_date) = 1 as is_longest,
    row_number() over (partition by listener_id order by streak_number desc) = 1 as is_current
from streaks
