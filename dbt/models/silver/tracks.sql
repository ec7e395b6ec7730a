with

-- A track stands in the catalogue once for each genre or playlist: its most popular record speaks for it.
catalogued as (
    select *
    from {{ ref('catalogue_tracks') }}
    qualify row_number() over (
        partition by track_id
        order by
            origin, popularity desc nulls last, duration_ms nulls last, track_name, artist_name,
            album_name nulls last, release_date nulls last, genre, subgenre, playlist_name
    ) = 1
),

played as (
    select
        track_id,
        count(*) as plays,
        min(started_at) as first_played_at,
        max(started_at) as last_played_at,
        max(duration_ms) as stated_ms,
        max(case when reason_end = 'trackdone' then ms_played end) as longest_complete_ms
    from {{ ref('plays') }}
    group by track_id
),

latest_names as (
    select
        track_id,
        track_name,
        artist_name,
        album_name
    from {{ ref('plays') }}
    qualify row_number() over (
        partition by track_id
        order by started_at desc, track_name, artist_name, album_name nulls last, play_id
    ) = 1
),

history as (
    select
        played.*,
        latest_names.track_name,
        latest_names.artist_name,
        latest_names.album_name
    from played
    inner join latest_names on played.track_id = latest_names.track_id
),

named as (
    select
        coalesce(catalogued.track_id, history.track_id) as track_id,
        coalesce(catalogued.track_name, history.track_name) as track_name,
        coalesce(catalogued.artist_name, history.artist_name) as artist_name,
        coalesce(catalogued.album_name, history.album_name) as album_name,
        coalesce(
            nullif(catalogued.duration_ms, 0), nullif(history.stated_ms, 0), nullif(history.longest_complete_ms, 0)
        ) as duration_ms,
        catalogued.release_year,
        catalogued.popularity,
        catalogued.explicit,
        catalogued.danceability,
        catalogued.energy,
        catalogued.key,
        catalogued.loudness,
        catalogued.mode,
        catalogued.speechiness,
        catalogued.acousticness,
        catalogued.instrumentalness,
        catalogued.liveness,
        catalogued.valence,
        catalogued.tempo,
        coalesce(catalogued.origin, 'history') as origin,
        coalesce(history.plays, 0) as plays,
        history.first_played_at,
        history.last_played_at
    from catalogued
    full outer join history on catalogued.track_id = history.track_id
)

select
    track_id,
    track_name,
    {{ artist_id_of('artist_name') }} as artist_id,
    artist_name,
    {{ album_id_of('artist_name', 'album_name') }} as album_id,
    album_name,
    duration_ms,
    release_year,
    popularity,
    explicit,
    danceability,
    energy,
    key,
    loudness,
    mode,
    speechiness,
    acousticness,
    instrumentalness,
    liveness,
    valence,
    tempo,
    origin,
    plays,
    first_played_at,
    last_played_at
from named
