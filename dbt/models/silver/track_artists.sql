{#-
    The artist of silver.tracks stands first, so that the star and its bridge never disagree, then whoever else the
    latest answer of Spotify or the catalogue credits. Shares are equal: nobody tells who contributed how much.
-#}
with

at_spotify as (
    select
        track_id,
        artist_names
    from {{ ref('spotify_described_tracks') }}
    where artist_names is not null
    qualify row_number() over (partition by track_id order by requested_at desc, artist_names) = 1
),

-- A track stands in the catalogue once for each genre or playlist.
catalogued as (
    select
        track_id,
        artist_names
    from {{ ref('catalogue_tracks') }}
    where artist_names like '%;%'
    qualify row_number() over (partition by track_id order by {{ most_popular_first() }}) = 1
),

spotify_names as (
    {{ elements_of('at_spotify', ['track_id'], texts_in_json('artist_names')) }}
),

catalogue_names as (
    {{ elements_of('catalogued', ['track_id'], "split(artist_names, ';')") }}
),

told as (
    select
        track_id,
        trim(element) as artist_name,
        position
    from spotify_names
    union all
    select
        catalogue_names.track_id,
        trim(catalogue_names.element) as artist_name,
        catalogue_names.position
    from catalogue_names
    left join at_spotify on catalogue_names.track_id = at_spotify.track_id
    where at_spotify.track_id is null
),

credited as (
    select
        track_id,
        artist_id,
        artist_name,
        0 as position
    from {{ ref('tracks') }}
    union all
    select
        tracks.track_id,
        {{ artist_id_of('told.artist_name') }} as artist_id,
        told.artist_name,
        told.position
    from {{ ref('tracks') }} as tracks
    -- What only scrobbles tell of is credited as the track of Spotify that it is.
    inner join told on coalesce(tracks.spotify_track_id, tracks.track_id) = told.track_id
    where
        told.artist_name <> ''
        -- The first artist in another spelling.
        and {{ artist_key('told.artist_name') }} <> {{ artist_key('tracks.artist_name') }}
),

each_once as (
    select
        track_id,
        artist_id,
        artist_name,
        position
    from credited
    qualify row_number() over (partition by track_id, artist_id order by position, artist_name) = 1
)

select
    track_id,
    artist_id,
    artist_name,
    row_number() over (partition by track_id order by position, artist_id) as position,
    1 / cast(count(*) over (partition by track_id) as double) as weight
from each_once
