with

-- Artists by all that they are credited with.
described as (
    select
        credits.artist_id,
        min(
            case when credits.position = 1 and tracks.origin <> 'history' then credits.artist_name end
        ) as catalogued_name,
        min(credits.artist_name) as credited_name,
        -- `file` comes before `generated`, and that before `history`: what a real catalogue knows wins.
        min(case when credits.position = 1 then tracks.origin end) as own_origin,
        min(tracks.origin) as guest_origin
    from {{ ref('track_artists') }} as credits
    inner join {{ ref('tracks') }} as tracks on credits.track_id = tracks.track_id
    group by credits.artist_id
),

played as (
    select
        artist_id,
        count(*) as plays,
        count(distinct listener_id) as listeners,
        max(case when listener_id like 'sim-%' then 0 else 1 end) = 1 as is_heard_by_people
    from {{ ref('plays') }}
    group by artist_id
),

latest_names as (
    select
        artist_id,
        artist_name
    from {{ ref('plays') }}
    qualify row_number() over (partition by artist_id order by started_at desc, artist_name) = 1
),

-- A play may credit a track to another artist than the catalogue does; both have the track.
credited as (
    select
        artist_id,
        track_id
    from {{ ref('track_artists') }}
    union distinct
    select
        artist_id,
        track_id
    from {{ ref('plays') }}
),

track_counts as (
    select
        artist_id,
        count(*) as tracks
    from credited
    group by artist_id
),

known as (
    select
        track_counts.artist_id,
        track_counts.tracks,
        coalesce(described.catalogued_name, latest_names.artist_name, described.credited_name) as artist_name,
        coalesce(played.plays, 0) as plays,
        coalesce(played.listeners, 0) as listeners,
        coalesce(played.is_heard_by_people, false) as is_heard_by_people,
        described.own_origin is null and played.artist_id is null as is_guest_only,
        case
            when described.own_origin is not null then described.own_origin
            when played.artist_id is not null then 'history'
            else described.guest_origin
        end as origin
    from track_counts
    left join described on track_counts.artist_id = described.artist_id
    left join played on track_counts.artist_id = played.artist_id
    left join latest_names on track_counts.artist_id = latest_names.artist_id
)

select
    known.artist_id,
    known.artist_name,
    known.plays,
    known.listeners,
    known.tracks,
    popularities.popularity,
    popularities.popularity_source,
    known.origin,
    known.origin = 'generated' and not known.is_heard_by_people as is_invented,
    known.is_guest_only
from known
left join {{ ref('artist_popularity') }} as popularities on known.artist_id = popularities.artist_id
