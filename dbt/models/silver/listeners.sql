with

known_since as (
    select
        listener_id,
        first_day
    from {{ source('landing', 'archives') }}
    union all
    select
        subject as listener_id,
        landed_day as first_day
    from {{ source('landing', 'page_files') }}
    -- What is nobody's own.
    where subject not in ('_shared', '_simulated')
),

imported as (
    select
        listener_id,
        cast(min(first_day) as date) as joined_date
    from known_since
    group by listener_id
),

latest_zones as (
    select
        listener_id,
        timezone
    from {{ ref('listener_zones') }}
    qualify row_number() over (partition by listener_id order by valid_from desc) = 1
)

select
    imported.listener_id,
    imported.listener_id as display_name,
    cast(null as varchar) as country,
    latest_zones.timezone,
    imported.joined_date,
    -- The account that the demo connects.
    imported.listener_id like 'sim-%' as is_simulated
from imported
left join latest_zones on imported.listener_id = latest_zones.listener_id

union all

select
    listener_id,
    display_name,
    country,
    timezone,
    joined_date,
    true as is_simulated
from {{ source('synthetic', 'listeners') }}
