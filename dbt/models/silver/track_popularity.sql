{#- The order of sources: who rates tracks, else how many listen at Last.fm, else how many do here. -#}
with

told as (
    select
        track_id,
        min_by(popularity, source_rank) as popularity,
        min_by(source, source_rank) as popularity_source
    from {{ ref('track_descriptions') }}
    where popularity is not null
    group by track_id
),

listened as (
    select
        track_id,
        listener_id,
        min(recording_key) as recording_key,
        count(*) as plays
    from {{ ref('plays') }}
    group by track_id, listener_id
),

-- Where people heard a track, simulated listeners do not speak for it.
heard as (
    select
        track_id,
        min(recording_key) as recording_key,
        max(case when listener_id like 'sim-%' then 0 else 1 end) as is_heard_by_people,
        sum(case when listener_id like 'sim-%' then 0 else 1 end) as people,
        sum(case when listener_id like 'sim-%' then 0 else plays end) as plays_of_people,
        count(*) as listeners,
        sum(plays) as plays
    from listened
    group by track_id
),

ranked as (
    select
        track_id,
        recording_key,
        {{ population_rank(
            'is_heard_by_people',
            'case when is_heard_by_people = 1 then people else listeners end',
            'case when is_heard_by_people = 1 then plays_of_people else plays end'
        ) }} as popularity
    from heard
),

at_lastfm as (
    select
        recording_key,
        {{ lastfm_popularity('listeners') }} as popularity
    from {{ ref('lastfm_listeners') }}
    where recording_key is not null
    qualify row_number() over (partition by recording_key order by requested_at desc, listeners desc) = 1
)

select
    coalesce(told.track_id, ranked.track_id) as track_id,
    coalesce(told.popularity, at_lastfm.popularity, ranked.popularity) as popularity,
    case
        when told.popularity is not null then told.popularity_source
        when at_lastfm.popularity is not null then 'lastfm'
        else 'population'
    end as popularity_source
from told
full outer join ranked on told.track_id = ranked.track_id
left join at_lastfm on ranked.recording_key = at_lastfm.recording_key
