{#-
    What may not be recommended to whom. Exclusions of some days, or of what was heard from a playlist, say nothing about
    days to come.
-#}
{{ config(materialized='view') }}

select distinct
    exclusions.listener_id,
    tracks.track_id
from {{ ref('dim_track') }} as tracks
inner join {{ source('landing', 'exclusions') }} as exclusions
    on
        (
            exclusions.artist_name is null
            or {{ artist_key('tracks.artist_name') }} = {{ artist_key('exclusions.artist_name') }}
        )
        and (
            exclusions.track_name is null
            or {{ title_key('tracks.track_name') }} = {{ title_key('exclusions.track_name') }}
        )
        and (exclusions.track_id is null or tracks.track_id = exclusions.track_id)
where
    exclusions.first_date is null
    and exclusions.last_date is null
    and exclusions.playlist_name is null
