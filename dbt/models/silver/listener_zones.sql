{#- The zones of each listener without a hole, as half-open UTC ranges. -#}
with

imported as (
    select
        listener_id,
        timezone,
        cast(null as date) as first_date,
        timezone_given_at as given_at,
        2 as precedence
    from {{ source('landing', 'archives') }}
    where timezone is not null
),

said as (
    select
        listener_id,
        timezone,
        first_date,
        given_at,
        1 as precedence
    from {{ source('landing', 'listener_zones') }}
),

simulated as (
    select
        listener_id,
        timezone,
        cast(null as date) as first_date,
        cast('1900-01-01' as timestamp) as given_at,
        3 as precedence
    from {{ source('synthetic', 'listeners') }}
),

defaults as (
    select
        listener_id,
        {{ default_zone() }} as timezone,
        cast(null as date) as first_date,
        cast('1900-01-01' as timestamp) as given_at,
        4 as precedence
    from (
        select listener_id from {{ source('landing', 'archives') }}
        union distinct
        select subject as listener_id from {{ source('landing', 'page_files') }}
        where subject not in ('_shared', '_simulated')
    ) as known
),

-- Of several zones from one date the latest word counts.
latest as (
    select *
    from (
        select * from imported
        union all
        select * from said
        union all
        select * from simulated
        union all
        select * from defaults
    ) as given
    qualify row_number() over (
        partition by listener_id, first_date
        order by case when precedence = 4 then 1 else 0 end, given_at desc, precedence, timezone
    ) = 1
),

begun as (
    select
        listener_id,
        timezone,
        first_date,
        coalesce(
            {{ to_utc_timestamp('cast(first_date as timestamp)', 'timezone') }}, cast('1900-01-01' as timestamp)
        ) as valid_from
    from latest
)

select
    listener_id,
    timezone,
    first_date,
    valid_from,
    coalesce(
        lead(valid_from) over (partition by listener_id order by valid_from), cast('9999-01-01' as timestamp)
    ) as valid_until
from begun
