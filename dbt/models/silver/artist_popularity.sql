{#- Who rates artists or their tracks, else how many listen at Last.fm, else how many do here. -#}
with

-- An artist is at least as popular as any track of theirs.
by_tracks as (
    select
        artist_id,
        popularity_source,
        max(popularity) as popularity
    from {{ ref('tracks') }}
    where popularity_source <> 'population'
    group by artist_id, popularity_source
),

listened as (
    select
        artist_id,
        listener_id,
        count(*) as plays
    from {{ ref('plays') }}
    group by artist_id, listener_id
),

-- Where people heard an artist, simulated listeners do not speak for them.
heard as (
    select
        artist_id,
        max(case when listener_id like 'sim-%' then 0 else 1 end) as is_heard_by_people,
        sum(case when listener_id like 'sim-%' then 0 else 1 end) as people,
        sum(case when listener_id like 'sim-%' then 0 else plays end) as plays_of_people,
        count(*) as listeners,
        sum(plays) as plays
    from listened
    group by artist_id
),

at_lastfm as (
    select
        artist_id,
        {{ lastfm_popularity('listeners') }} as popularity
    from {{ ref('lastfm_listeners') }}
    where artist_id is not null
    qualify row_number() over (partition by artist_id order by requested_at desc, listeners desc) = 1
),

candidates as (
    -- Of artists of one name the most popular is meant.
    select
        {{ artist_id_of('artist_name') }} as artist_id,
        max(popularity) as popularity,
        'spotify_api' as popularity_source,
        1 as source_rank
    from {{ source('raw', 'spotify_artists') }}
    where artist_name is not null and popularity is not null
    group by artist_name
    union all
    select
        artist_id,
        popularity,
        popularity_source,
        case popularity_source
            when 'spotify_api' then 2
            when 'catalogue' then 3
            when 'simulation' then 4
            else 6
        end as source_rank
    from by_tracks
    union all
    select
        artist_id,
        popularity,
        'lastfm' as popularity_source,
        5 as source_rank
    from at_lastfm
    union all
    select
        artist_id,
        {{ population_rank(
            'is_heard_by_people',
            'case when is_heard_by_people = 1 then people else listeners end',
            'case when is_heard_by_people = 1 then plays_of_people else plays end'
        ) }} as popularity,
        'population' as popularity_source,
        7 as source_rank
    from heard
)

select
    artist_id,
    popularity,
    popularity_source
from candidates
qualify row_number() over (partition by artist_id order by source_rank, popularity desc) = 1
