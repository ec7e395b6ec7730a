{#- What is compared between feeds. -#}

{#- `timed`: times of the records as seconds since 1970 (UTC), with what was heard before and after by the same feed. -#}
{% macro timed_records(records) -%}
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
    from {{ records }}
    where feed <> 'synthetic'
)
{%- endmacro %}
