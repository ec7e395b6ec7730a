{#- Pairs between two logs of Spotify, which know the same play by when they logged it. -#}

{#-
    The pairs between two logs of Spotify with their cost. Both have a play under the time at which it was logged, for
    offline plays hours after it was heard; where one is cut to the minute both are.
-#}
{% macro costed_pairs_of_logs(records, plays) -%}
    {%- set in_minutes = '(record.is_cut_to_minute or play.is_cut_to_minute)' -%}
    {%- set distance -%}
        case
            when {{ in_minutes }} then abs(record.logged_minute_s - play.logged_minute_s)
            else abs(record.logged_s - play.logged_s)
        end
    {%- endset -%}
    select
        record.record_id,
        play.record_id as play_id,
        record.start_s as record_start_s,
        play.start_s as play_start_s,
        {{ distance }}
        + case when record.artist_key = play.artist_key then 0 else 60 end
        + 0.001 * case
            when {{ in_minutes }} then abs(record.rank_in_minute - play.rank_in_minute)
            else abs(record.rank_in_second - play.rank_in_second)
        end as cost
    from {{ records }} as record
    cross join ({{ neighbouring_buckets() }}) as neighbour
    inner join {{ plays }} as play
        on
            record.listener_id = play.listener_id
            and record.logged_bucket + neighbour.step = play.logged_bucket
            and record.title_key = play.title_key
    where
        {{ distance }} <= {{ clock_tolerance_s() }}
        -- Logs agree on the milliseconds of a play.
        and abs(record.ms_played - play.ms_played) <= 1500
        and {{ spelled_alike('record.artist_key', 'play.artist_key') }}
{%- endmacro %}
