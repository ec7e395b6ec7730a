with

-- Only listeners of whom two sources told the same play can tell how sources agree.
listeners as (
    select distinct listener_id
    from {{ ref('plays') }}
    where sources > 1
),

told as (
    select
        plays.play_id,
        plays.listener_id,
        plays.play_date,
        plays.started_at,
        records.source,
        min(records.artist_key) as artist_key,
        min(records.title_key) as title_key,
        max(nullif(records.duration_ms, 0)) as duration_ms
    from {{ ref('plays') }} as plays
    inner join listeners on plays.listener_id = listeners.listener_id
    inner join {{ ref('play_records') }} as records on plays.play_id = records.play_id
    group by plays.play_id, plays.listener_id, plays.play_date, plays.started_at, records.source
),

days as (
    select
        listener_id,
        play_date,
        source,
        min(started_at) as first_play_at,
        max(started_at) as last_play_at
    from told
    group by listener_id, play_date, source
),

told_by_both as (
    select
        one.source,
        other.source as other_source,
        one.listener_id,
        one.play_date,
        case when one.artist_key = other.artist_key then 1 else 0 end as artist,
        case when one.title_key = other.title_key then 1 else 0 end as title,
        -- Services round lengths differently, and cut silence.
        case when abs(one.duration_ms - other.duration_ms) <= 3000 then 1 else 0 end as length,
        case when one.duration_ms is not null and other.duration_ms is not null then 1 else 0 end as has_lengths
    from told as one
    inner join told as other on one.play_id = other.play_id and one.source < other.source
),

-- Of each day that both know something of, the time from when to when both do.
shared_times as (
    select
        one.listener_id,
        one.play_date,
        one.source,
        other.source as other_source,
        greatest(one.first_play_at, other.first_play_at) as shared_from,
        least(one.last_play_at, other.last_play_at) as shared_until
    from days as one
    inner join days as other
        on one.listener_id = other.listener_id and one.play_date = other.play_date and one.source < other.source
),

told_by_either as (
    select
        shared_times.source,
        shared_times.other_source,
        count(distinct told.play_id) as plays
    from told
    inner join shared_times
        on
            told.listener_id = shared_times.listener_id
            and told.play_date = shared_times.play_date
            and told.source in (shared_times.source, shared_times.other_source)
            and told.started_at between shared_times.shared_from and shared_times.shared_until
    group by shared_times.source, shared_times.other_source
),

of_plays as (
    select
        source,
        other_source,
        count(*) as plays,
        sum(artist) as artists,
        sum(title) as titles,
        sum(length) as lengths,
        sum(has_lengths) as with_lengths
    from told_by_both
    group by source, other_source
),

described as (
    select
        one.source,
        other.source as other_source,
        case when {{ title_key('one.album_name') }} = {{ title_key('other.album_name') }} then 1 else 0 end as album,
        case when one.album_name is not null and other.album_name is not null then 1 else 0 end as has_albums,
        case when abs(one.duration_ms - other.duration_ms) <= 3000 then 1 else 0 end as length,
        case when one.duration_ms is not null and other.duration_ms is not null then 1 else 0 end as has_lengths
    from {{ ref('track_descriptions') }} as one
    inner join {{ ref('track_descriptions') }} as other
        on one.track_id = other.track_id and one.source_rank < other.source_rank
    where one.source <> 'longest_play' and other.source <> 'longest_play'
),

compared as (
    select
        of_plays.source,
        of_plays.other_source,
        'plays' as what,
        told_by_either.plays as compared,
        of_plays.plays as agreeing
    from of_plays
    inner join told_by_either
        on of_plays.source = told_by_either.source and of_plays.other_source = told_by_either.other_source
    {%- for what, of in [('artists', 'plays'), ('titles', 'plays'), ('lengths', 'with_lengths')] %}
    union all
    select
        source,
        other_source,
        '{{ what }} of plays' as what,
        {{ of }} as compared,
        {{ what }} as agreeing
    from of_plays
    {%- endfor %}
    {%- for what, has in [('album', 'has_albums'), ('length', 'has_lengths')] %}
    union all
    select
        source,
        other_source,
        '{{ what }}s of tracks' as what,
        sum({{ has }}) as compared,
        sum({{ what }}) as agreeing
    from described
    group by source, other_source
    {%- endfor %}
)

select
    source,
    other_source,
    what,
    cast(compared as bigint) as compared,
    cast(agreeing as bigint) as agreeing,
    cast(agreeing as double) / compared as agreeing_share
from compared
where compared > 0
