select
    listener_id,
    display_name,
    country,
    timezone,
    joined_date,
    is_simulated
from {{ ref('listeners') }}
