with

bounds as (
    select
        min(cast(local_timestamp as date)) as first_date,
        max(cast(local_timestamp as date)) as last_date
    from {{ ref('local_plays') }}
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
