with

described as (
    select
        album_id,
        -- What a catalogue writes comes first, then what plays do.
        min(case when origin <> 'history' then album_name end) as catalogued_name,
        min(case when origin <> 'history' then artist_id end) as catalogued_artist_id,
        min(case when origin <> 'history' then artist_name end) as catalogued_artist_name,
        min(album_name) as album_name,
        min(artist_id) as artist_id,
        min(artist_name) as artist_name,
        min(release_year) as release_year,
        -- `file` comes before `generated`, and that before `history`.
        min(origin) as origin
    from {{ ref('tracks') }}
    where album_id is not null
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
    coalesce(described.catalogued_name, latest_names.album_name, described.album_name) as album_name,
    coalesce(described.catalogued_artist_id, latest_names.artist_id, described.artist_id) as artist_id,
    coalesce(described.catalogued_artist_name, latest_names.artist_name, described.artist_name) as artist_name,
    described.release_year,
    track_counts.tracks,
    coalesce(played.plays, 0) as plays,
    coalesce(described.origin, 'history') as origin
from track_counts
left join described on track_counts.album_id = described.album_id
left join played on track_counts.album_id = played.album_id
left join latest_names on track_counts.album_id = latest_names.album_id
