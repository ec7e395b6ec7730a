{#- The same record, exported again. -#}

{#-
    `numbered`: the records of the window and of what it is decided from, with `record_id`, equal for copies, and
    `copy_number`; `originals`: one of each that may be music. Only what the decision needs: the other columns are joined
    to it at the end.
-#}
{% macro same_records_once(records) -%}
    {%- set deciding = [
        'listener_id', 'source', 'feed', 'record_hash', 'source_file', 'source_row', 'play_date', 'started_at', 'ended_at',
        'anchor', 'logged_at', 'precision_seconds', 'ms_played', 'duration_ms', 'artist_key', 'title_key', 'recording_key',
        'reason_start', 'reason_end', 'incognito', 'is_late_log', 'is_overlong', 'reason',
    ] -%}
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
            from {{ records }}
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
)
{%- endmacro %}
