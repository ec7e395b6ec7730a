{#- How many listen at Last.fm, by the track that was asked for and by its charts. -#}
select
    {{ recording_key('asked_artist', 'asked_track') }} as recording_key,
    cast(null as varchar) as artist_id,
    listeners,
    requested_at
from {{ source('raw', 'lastfm_tracks') }}
where listeners is not null

union all

select
    case when kind = 'tracks' then {{ recording_key('artist_name', 'name') }} end as recording_key,
    case when kind = 'artists' then {{ artist_id_of('name') }} end as artist_id,
    listeners,
    requested_at
from {{ source('raw', 'lastfm_charts') }}
where listeners is not null
