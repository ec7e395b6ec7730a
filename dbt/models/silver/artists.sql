with

catalogued as (
    select
        artist_id,
        min(case when origin <> 'history' then artist_name end) as artist_name,
        max(popularity) as popularity,
        -- `file` comes before `generated`, and that before `history`: what a real catalogue knows wins.
        min(origin) as origin
    from {{ ref('tracks') }}
    group by artist_id
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
    from {{ ref('tracks') }}
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
)

select
    track_counts.artist_id,
    coalesce(catalogued.artist_name, latest_names.artist_name) as artist_name,
    coalesce(played.plays, 0) as plays,
    coalesce(played.listeners, 0) as listeners,
    track_counts.tracks,
    catalogued.popularity,
    coalesce(catalogued.origin, 'history') as origin,
    coalesce(catalogued.origin, 'history') = 'generated'
    and not coalesce(played.is_heard_by_people, false) as is_invented
from track_counts
left join catalogued on track_counts.artist_id = catalogued.artist_id
left join played on track_counts.artist_id = played.artist_id
left join latest_names on track_counts.artist_id = latest_names.artist_id
