{#-
    Plays on the clock of where they were heard: the listener's zone at that time, or, for one who follows their travels,
    the main zone of the country of the connection when that lies abroad.
-#}
{{ config(materialized='view') }}

with

zoned as (
    select
        plays.*,
        coalesce(zones.timezone, {{ default_zone() }}) as home_timezone,
        travellers.listener_id is not null as follows_travels
    from {{ ref('plays') }} as plays
    left join {{ ref('listener_zones') }} as zones
        on
            plays.listener_id = zones.listener_id
            and plays.started_at >= zones.valid_from
            and plays.started_at < zones.valid_until
    left join {{ source('landing', 'travellers') }} as travellers on plays.listener_id = travellers.listener_id
),

travelled as (
    select
        zoned.*,
        case
            -- A country of several zones is home if the home zone is one of them.
            when zoned.follows_travels and home.timezone is null
                then coalesce(abroad.timezone, zoned.home_timezone)
            else zoned.home_timezone
        end as timezone
    from zoned
    left join {{ ref('country_zones') }} as home
        on zoned.country = home.country and zoned.home_timezone = home.timezone
    left join {{ ref('country_zones') }} as abroad
        on zoned.country = abroad.country and abroad.is_main
)

select
    travelled.*,
    {{ to_local_timestamp('started_at', 'timezone') }} as local_timestamp
from travelled
