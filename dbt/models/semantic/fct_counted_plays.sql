{#- What metrics of plays are over: a metric need not remember to leave out what does not count. -#}
select
    play_id,
    listener_id,
    track_id,
    recording_key,
    artist_id,
    album_id,
    session_id,
    date_key,
    started_at,
    local_timestamp,
    local_hour,
    {{ time_of_day_category('local_hour') }} as time_of_day_category,
    {{ is_weekend('date_key') }} as is_weekend,
    ms_heard,
    completion,
    skipped,
    platform_family,
    source
from {{ ref('fct_plays') }}
where counts_as_play
