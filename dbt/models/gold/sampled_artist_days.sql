{#-
    What listeners hear together, for clusters of genres. Artists and not genres: genres are told apart where the clusters are,
    so that this stands before both. A view of so many days, drawn by their hash, that they fit into memory however long
    the history is; of people and of simulated listeners as many each. Not what only the Spotify Web API tells, whose data
    may train no model.
-#}
{{ config(materialized='view') }}

with

listener_days as (
    select distinct
        listener_id,
        date_key
    from {{ ref('fct_plays') }}
    where counts_as_play and source <> 'spotify_recently_played'
),

numbered as (
    select
        listener_days.listener_id,
        listener_days.date_key,
        listeners.is_simulated,
        row_number() over (
            partition by listeners.is_simulated
            order by
                {{ md5_of(['listener_days.listener_id', 'listener_days.date_key']) }},
                listener_days.listener_id,
                listener_days.date_key
        ) as day_number
    from listener_days
    inner join {{ ref('listeners') }} as listeners on listener_days.listener_id = listeners.listener_id
)

select
    plays.listener_id,
    plays.date_key as local_date,
    numbered.is_simulated,
    numbered.day_number,
    plays.artist_id,
    count(*) as plays
from {{ ref('fct_plays') }} as plays
inner join numbered on plays.listener_id = numbered.listener_id and plays.date_key = numbered.date_key
where
    plays.counts_as_play
    and plays.source <> 'spotify_recently_played'
    and numbered.day_number <= {{ var('most_days_of_clusters') }}
group by
    plays.listener_id,
    plays.date_key,
    numbered.is_simulated,
    numbered.day_number,
    plays.artist_id
