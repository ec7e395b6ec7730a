with

catalogued as (
    select
        album_id,
        min(album_name) as album_name,
        min(artist_id) as artist_id,
        min(artist_name) as artist_name,
        min(release_year) as release_year,
        min(origin) as origin
    from {{ ref('tracks') }}
    where origin <> 'history' and album_id is not null
    group by album_id
),

played as (
    select
        album_id,
        count(*) as plays
    from {{ ref('plays') }}
    where album_id is not null
    group by album_id
),

latest_names as (
    select
        album_id,
        album_name,
        artist_id,
        artist_name
    from {{ ref('plays') }}
    where album_id is not null
    qualify row_number() over (partition by album_id order by started_at desc, album_name, artist_name) = 1
),

-- A play may credit a track to another album than the catalogue does; both have the track.
credited as (
    select
        album_id,
        track_id
    from {{ ref('tracks') }}
    where album_id is not null
    union distinct
    select
        album_id,
        track_id
    from {{ ref('plays') }}
    where album_id is not null
),

track_counts as (
    select
        album_id,
        count(*) as tracks
    from credited
    group by album_id
)

select
    track_counts.album_id,
    coalesce(catalogued.album_name, latest_names.album_name) as album_name,
    coalesce(catalogued.artist_id, latest_names.artist_id) as artist_id,
    coalesce(catalogued.artist_name, latest_names.artist_name) as artist_name,
    catalogued.release_year,
    track_counts.tracks,
    coalesce(played.plays, 0) as plays,
    coalesce(catalogued.origin, 'history') as origin
from track_counts
left join catalogued on track_counts.album_id = catalogued.album_id
left join played on track_counts.album_id = played.album_id
left join latest_names on track_counts.album_id = latest_names.album_id
