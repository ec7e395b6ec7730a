{#-
    What is missing ended before the play at which the gap ends: a gap until midnight sharp does not touch the day after.
-#}
with

open_gaps as (
    select
        listener_id,
        missing_from,
        {{ add_milliseconds('missing_until', -1) }} as missing_to
    from {{ ref('listening_gaps') }}
    where is_open
),

zoned as (
    select
        open_gaps.*,
        coalesce(zones_from.timezone, {{ default_zone() }}) as timezone_from,
        coalesce(zones_to.timezone, {{ default_zone() }}) as timezone_to
    from open_gaps
    left join {{ ref('listener_zones') }} as zones_from
        on
            open_gaps.listener_id = zones_from.listener_id
            and open_gaps.missing_from >= zones_from.valid_from
            and open_gaps.missing_from < zones_from.valid_until
    left join {{ ref('listener_zones') }} as zones_to
        on
            open_gaps.listener_id = zones_to.listener_id
            and open_gaps.missing_to >= zones_to.valid_from
            and open_gaps.missing_to < zones_to.valid_until
)

select distinct
    listener_id,
    cast({{ to_local_timestamp('missing_from', 'timezone_from') }} as date) as first_date,
    cast({{ to_local_timestamp('missing_to', 'timezone_to') }} as date) as last_date
from zoned
