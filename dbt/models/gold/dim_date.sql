with

listener_bounds as (
    select
        listener_id,
        min(started_at) as first_started_at,
        max(started_at) as last_started_at
    from {{ ref('plays') }}
    group by listener_id
),

{%- set zone = "coalesce(listeners.timezone, '" ~ var('default_timezone') ~ "')" %}

bounds as (
    select
        min(cast({{ to_local_timestamp('listener_bounds.first_started_at', zone) }} as date)) as first_date,
        max(cast({{ to_local_timestamp('listener_bounds.last_started_at', zone) }} as date)) as last_date
    from listener_bounds
    left join {{ ref('listeners') }} as listeners on listener_bounds.listener_id = listeners.listener_id
),

days as (
    {{ days_between('bounds') }}
)

select
    date_day as date_key,
    cast(extract(year from date_day) as bigint) as year,
    cast(extract(quarter from date_day) as bigint) as quarter,
    cast(extract(month from date_day) as bigint) as month,
    {{ month_name('extract(month from date_day)') }} as month_name,
    cast(extract(day from date_day) as bigint) as day_of_month,
    cast({{ iso_week('date_day') }} as bigint) as iso_week,
    cast({{ iso_weekday('date_day') }} as bigint) as iso_weekday,
    {{ is_weekend('date_day') }} as is_weekend,
    {{ season('date_day') }} as season
from days
