{#-
    What people heard, day by day, as company in which genres are guessed: what changed of it on a day is that day's
    partition. Simulated listeners do not speak for artists.
-#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    cluster_by=['play_date'],
    tags=['daily'],
    meta={'window_column': 'play_date', 'window_days_before': 1, 'window_days_after': 3},
) }}

select
    listener_id,
    artist_id,
    play_date,
    max(case when license_class <> 'spotify_api' then 1 else 0 end) = 1 as may_train
from {{ ref('plays') }}
where
    listener_id not like 'sim-%'
    and {{ in_window('play_date', days_before=1, days_after=3) }}
group by listener_id, artist_id, play_date
