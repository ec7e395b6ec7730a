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
    'Q' || cast(extract(quarter from date_day) as varchar) as quarter_name,
    cast(extract(month from date_day) as bigint) as month,
    {{ month_name('extract(month from date_day)') }} as month_name,
    cast(extract(day from date_day) as bigint) as day_of_month,
    cast(extract(dayofyear from date_day) as bigint) as day_of_year,
    cast({{ iso_year('date_day') }} as bigint) as iso_year,
    cast({{ iso_week('date_day') }} as bigint) as iso_week,
    cast({{ iso_weekday('date_day') }} as bigint) as iso_weekday,
    {{ weekday_name(iso_weekday('date_day')) }} as weekday_name,
    {{ add_days('date_day', '1 - ' ~ iso_weekday('date_day')) }} as week_start,
    cast(date_trunc('month', date_day) as date) as month_start,
    {{ is_weekend('date_day') }} as is_weekend,
    {{ season('date_day') }} as season
from days
