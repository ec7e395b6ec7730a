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
{%- set deciding = [
    'listener_id', 'source', 'feed', 'record_hash', 'source_file', 'source_row', 'play_date', 'started_at', 'ended_at',
    'anchor', 'logged_at', 'precision_seconds', 'ms_played', 'duration_ms', 'artist_key', 'title_key', 'recording_key',
    'reason_start', 'reason_end', 'incognito', 'is_late_log', 'is_overlong', 'reason',
] %}

with

-- 1. The same record, exported again. Only what the decision needs: the other columns are joined to it at the end.
numbered as (
    select
        identified.*,
        row_number() over (partition by record_id order by source_file, source_row) as copy_number
    from (
        select
            records.*,
            case
                when occurrence = 1 then {{ md5_of(['listener_id', 'source', 'record_hash']) }}
                else {{ md5_of(['listener_id', 'source', 'record_hash', 'occurrence']) }}
            end as record_id
        from (
            select
                {{ deciding | join(',\n                ') }},
                -- Of plays shorter than the clock's minute equal rows in one file are repeats, not copies.
                case
                    when precision_seconds >= 60 and ms_played < 60000
                        then row_number() over (
                            partition by play_date, listener_id, source, source_file, record_hash order by source_row
                        )
                    else 1
                end as occurrence
            from {{ ref('unmerged_records') }}
            where
                {{ in_window('play_date', 3, days_before=33) }}
                -- Other logs have a play under the day on which it was logged, for offline plays up to 30 days later:
                -- what became of the plays of those days is decided again from all that it was decided from.
                and ({{ in_window('play_date', 3) }} or feed = '{{ feeds()[0] }}')
        ) as records
    ) as identified
),

originals as (
    select
        record_id,
        listener_id,
        feed,
        source_file,
        source_row,
        started_at,
        ended_at,
        anchor,
        logged_at,
        precision_seconds,
        ms_played,
        duration_ms,
        artist_key,
        title_key,
        reason,
        -- When it was heard is not known of a late log or a broken row: its times are no evidence.
        case
            when is_overlong or is_late_log then record_id
            else recording_key
        end as song_key,
        coalesce(reason_start, '') || '>' || coalesce(reason_end, '') as reasons
    from numbered
    where copy_number = 1 and (reason is null or reason in ('podcast', 'audiobook'))
),

-- A simulated play is told once.
music as (
    select * from originals
    where reason is null and feed <> 'synthetic'
),

-- 2. The same play, written twice by one feed: the same song at the same time.
neighboured as (
    select
        music.*,
        {{ of_record_before(['started_at', 'ended_at', 'ms_played', 'reasons']) }}
    from music
),

marked as (
    select
        neighboured.*,
        case when {{ is_written_twice('before') }} then 0 else 1 end as opens_run
    from neighboured
),

runs as (
    select
        marked.*,
        sum(opens_run) over (
            partition by listener_id, feed, song_key
            order by started_at, ended_at, record_id
            rows between unbounded preceding and current row
        ) as run
    from marked
),

-- A copy that is late may touch the next play of a loop: only what repeats the first of a run belongs to it.
begun as (
    select
        runs.*,
        {{ of_first_in_run(['record_id', 'started_at', 'ended_at', 'ms_played', 'reasons']) }}
    from runs
),

loosened as (
    select
        begun.*,
        case
            when record_id = record_id_first or {{ is_written_twice('first') }} then cast(null as varchar)
            else record_id
        end as loose_id
    from begun
),

led as (
    select
        loosened.*,
        first_value(record_id) over (
            partition by listener_id, feed, song_key, run, loose_id
            order by ms_played desc nulls last, started_at, record_id
        ) as leader_id
    from loosened
),

leaders as (
    select * from led
    where record_id = leader_id
),

-- 3. The same scrobble under a name that the service has corrected since the last export.
{{ respelled('titles', 'leaders', 'title_key', 'artist_key') }},

{{ respelled('artists', 'respelled_titles', 'artist_key', 'title_key') }},

-- 4. The same play, seen by several feeds.
timed as (
    select
        record_id,
        listener_id,
        feed,
        anchor,
        ms_played,
        artist_key,
        title_key,
        cast(duration_ms as double) / 1000 as duration_s,
        -- A time cut to the minute lies half a minute later on average.
        (precision_seconds - 1) / 2.0 as half_precision_s,
        {{ epoch_seconds('started_at') }} + (precision_seconds - 1) / 2.0 as start_s,
        {{ epoch_seconds('ended_at') }} + (precision_seconds - 1) / 2.0 as end_s,
        precision_seconds >= 60 as is_cut_to_minute,
        {{ epoch_seconds('logged_at') }} as logged_s,
        floor({{ epoch_seconds('logged_at') }} / 60) * 60 as logged_minute_s,
        -- Plays of one song that a log cannot tell apart by time are listed in the order in which they were heard.
        row_number() over (
            partition by listener_id, feed, title_key, ms_played, logged_at
            order by started_at, source_file, source_row, record_id
        ) as rank_in_second,
        row_number() over (
            partition by listener_id, feed, title_key, ms_played, floor({{ epoch_seconds('logged_at') }} / 60)
            order by logged_at, started_at, source_file, source_row, record_id
        ) as rank_in_minute,
        -- While another song was playing the one before or after was not paused.
        lag({{ epoch_seconds('coalesce(ended_at, started_at)') }}) over (
            partition by listener_id, feed order by started_at, record_id
        ) as busy_until_s,
        lead({{ epoch_seconds('started_at') }}) over (
            partition by listener_id, feed order by started_at, record_id
        ) as next_start_s,
        floor({{ epoch_seconds('started_at') }} / {{ bucket_s() }}) as start_bucket,
        floor({{ epoch_seconds('logged_at') }} / {{ bucket_s() }}) as logged_bucket
    from originals
    where feed <> 'synthetic'
),

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
