{#- The order of sources is that in which they are asked: the first that knows a value gives it to silver.tracks. -#}
with

played as (
    select
        track_id,
        min(recording_key) as recording_key,
        max(duration_ms) as stated_ms,
        max(isrc) as isrc,
        max(case when reason_end = 'trackdone' then ms_played end) as longest_complete_ms
    from {{ ref('plays') }}
    group by track_id
),

latest_albums as (
    select
        track_id,
        album_name
    from {{ ref('plays') }}
    where album_name is not null
    qualify row_number() over (partition by track_id order by started_at desc, album_name, play_id) = 1
),

-- What only scrobbles tell of is described by the track of Spotify that it is.
known_as as (
    select
        played.track_id,
        played.recording_key,
        coalesce(scrobbled.track_id, played.track_id) as spotify_track_id
    from played
    left join {{ ref('scrobbled_tracks') }} as scrobbled
        on played.recording_key = scrobbled.recording_key and length(played.track_id) <> 22
),

at_spotify as (
    select * from {{ ref('spotify_described_tracks') }}
    qualify row_number() over (
        partition by track_id
        order by
            requested_at desc, release_date nulls last, album_name nulls last, duration_ms nulls last, isrc nulls last
    ) = 1
),

by_name as (
    select * from {{ ref('looked_up_tracks') }}
    qualify row_number() over (
        partition by source, recording_key order by requested_at desc, album_name nulls last, duration_ms nulls last
    ) = 1
),

-- A track stands in the catalogue once for each genre or playlist.
catalogued as (
    select * from {{ ref('catalogue_tracks') }}
    qualify row_number() over (partition by track_id order by {{ most_popular_first() }}) = 1
),

-- A track of the catalogue describes itself, and what was scrobbled as it.
listed_as as (
    select
        track_id,
        track_id as spotify_track_id
    from catalogued
    union all
    select
        track_id,
        spotify_track_id
    from known_as
    where track_id <> spotify_track_id
),

described as (
    select
        known_as.track_id,
        'spotify_api' as source,
        1 as source_rank,
        at_spotify.album_name,
        at_spotify.duration_ms,
        at_spotify.release_date,
        at_spotify.popularity,
        at_spotify.explicit,
        at_spotify.isrc
    from known_as
    inner join at_spotify on known_as.spotify_track_id = at_spotify.track_id
    union all
    select
        played.track_id,
        'history' as source,
        2 as source_rank,
        latest_albums.album_name,
        played.stated_ms as duration_ms,
        cast(null as varchar) as release_date,
        cast(null as bigint) as popularity,
        cast(null as boolean) as explicit,
        played.isrc
    from played
    left join latest_albums on played.track_id = latest_albums.track_id
    union all
    select
        known_as.track_id,
        by_name.source,
        case by_name.source when 'lastfm' then 3 else 4 end as source_rank,
        by_name.album_name,
        by_name.duration_ms,
        {{ absent_columns(['release_date', 'popularity', 'explicit', 'isrc']) }}
    from known_as
    inner join by_name on known_as.recording_key = by_name.recording_key
    union all
    select
        listed_as.track_id,
        case when catalogued.origin = 'file' then 'catalogue' else 'simulation' end as source,
        case when catalogued.origin = 'file' then 5 else 6 end as source_rank,
        catalogued.album_name,
        catalogued.duration_ms,
        catalogued.release_date,
        catalogued.popularity,
        catalogued.explicit,
        {{ absent_columns(['isrc']) }}
    from catalogued
    inner join listed_as on catalogued.track_id = listed_as.spotify_track_id
    union all
    select
        track_id,
        'longest_play' as source,
        7 as source_rank,
        {{ absent_columns(['album_name']) }},
        longest_complete_ms as duration_ms,
        {{ absent_columns(['release_date', 'popularity', 'explicit', 'isrc']) }}
    from played
    where longest_complete_ms > 0
)

select
    track_id,
    source,
    cast(source_rank as bigint) as source_rank,
    album_name,
    nullif(duration_ms, 0) as duration_ms,
    release_date,
    popularity,
    explicit,
    isrc
from described
