{#-
    Where two sources see a play on both sides of midnight, a new record changes what becomes of one of the day before:
    the window is a day wider on both sides, and decided with two days more around it.
-#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    cluster_by=['play_date'],
    tags=['daily'],
    meta={'window_column': 'play_date', 'window_padding_days': 1},
    pre_hook="{{ common_tables_as_written() }}",
    post_hook="{{ common_tables_as_planned() }}",
) }}

{%- set columns = record_columns() %}

with

-- 1. The same record, exported again.
{{ same_records_once(ref('unmerged_records')) }},

-- A simulated play is told once.
music as (
    select * from originals
    where reason is null and feed <> 'synthetic'
),

-- 2. The same play, written twice by one feed: the same song at the same time.
{{ merged_within_feed('music') }},

-- 3. The same scrobble under a name that the service has corrected since the last export.
{{ respelled('titles', 'leaders', 'title_key', 'artist_key') }},

{{ respelled('artists', 'respelled_titles', 'artist_key', 'title_key') }},

-- 4. The same play, seen by several feeds.
{{ timed_records('originals') }},

units as (
    select timed.*
    from timed
    inner join respelled_artists on timed.record_id = respelled_artists.record_id
),

-- What Spotify logged twice its account data hold twice: such a row meets the copy, and goes where the copy went. And
-- old account data do not tell a podcast from a song: such a row meets the podcast.
copies_in_logs as (
    select timed.*
    from timed
    left join units on timed.record_id = units.record_id
    where timed.feed = '{{ feeds()[0] }}' and units.record_id is null
),

{{ assignment_of_feeds('units', 'copies_in_logs') }},

-- From a record to its play: through the leader of its run, the spelling kept, and the feed that tells it best.
followed as (
    select
        numbered.record_id,
        numbered.listener_id,
        numbered.source,
        numbered.record_hash,
        numbered.source_file,
        numbered.source_row,
        numbered.copy_number,
        numbered.incognito,
        numbered.reason,
        led.leader_id,
        coalesce(spelled_artist.kept_id, spelled_title.kept_id, led.leader_id, numbered.record_id) as unit_id
    from numbered
    left join led on numbered.record_id = led.record_id
    left join spelled_titles as spelled_title on led.leader_id = spelled_title.record_id
    left join spelled_artists as spelled_artist
        on coalesce(spelled_title.kept_id, led.leader_id) = spelled_artist.record_id
),

told as (
    select
        followed.*,
        coalesce(followed.reason, target.reason) as why_no_play,
        coalesce(target.unit_id, followed.unit_id) as meant_play_id
    from followed
    left join assigned on followed.unit_id = assigned.record_id
    left join followed as target on assigned.play_id = target.record_id and target.copy_number = 1
),

judged as (
    select
        told.*,
        case
            when why_no_play is not null then why_no_play
            {%- if var('incognito') == 'excluded' %}
            -- What one source knows to be a private session is one for all.
            when max(case when incognito then 1 else 0 end) over (partition by meant_play_id) = 1
                then 'incognito_excluded'
            {%- endif %}
            when copy_number = 1 and record_id = meant_play_id then 'kept'
            else 'merged_into'
        end as fate
    from told
)

select
    {%- for column in columns %}
    records.{{ column }},
    {%- endfor %}
    judged.fate,
    case when judged.fate in ('kept', 'merged_into') then judged.meant_play_id end as play_id,
    case
        when judged.fate <> 'merged_into' then null
        when judged.copy_number > 1 then 'same_record'
        when judged.record_id <> judged.leader_id then 'same_time'
        when judged.leader_id <> judged.unit_id then 'other_spelling'
        else 'other_source'
    end as merged_by
from {{ ref('unmerged_records') }} as records
inner join judged
    on
        records.listener_id = judged.listener_id
        and records.source = judged.source
        and records.source_file = judged.source_file
        and records.record_hash = judged.record_hash
        -- Simulated plays have no row.
        and coalesce(records.source_row, -1) = coalesce(judged.source_row, -1)
where {{ in_window('records.play_date', 1) }}
