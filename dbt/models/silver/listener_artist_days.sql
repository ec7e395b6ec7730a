{#-
    What people heard, day by day, as company in which genres are guessed. Simulated listeners do not speak for artists. A
    view: a run reads those listeners' days who heard somebody new.
-#}
{{ config(materialized='view') }}

select
    listener_id,
    artist_id,
    play_date,
    max(case when license_class <> 'spotify_api' then 1 else 0 end) = 1 as may_train
from {{ ref('plays') }}
where listener_id not like 'sim-%'
group by listener_id, artist_id, play_date
