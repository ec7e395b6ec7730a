{#- How well a record and a play go together: the cost of each possible pair. -#}

{#-
    The pairs with their cost: the difference of their times in seconds, and more for what speaks against them. How much
    the device's clock is ahead at the time is learnt from the pairs within an hour that leave no choice. Where a song was
    heard several times in a row, and as often by both, the first belongs to the first, however far the clocks differ.
    Names that have less in common need times that agree.
-#}
{% macro costed_pairs(pairs) -%}
    select
        record_id,
        play_id,
        record_start_s,
        play_start_s,
        penalty_s + distance_s + case when is_out_of_step then 100 else 0 end as cost
    from (
        select
            placed.*,
            is_countable
            and record_place <> play_place
            and max(record_place) over ({{ same_row() }}) = max(play_place) over ({{ same_row() }}) as is_out_of_step,
            least(
                coalesce(abs(lateness_s - coalesce(clock_ahead_s, 0)), 1e9), coalesce(other_distance_s, 1e9)
            ) as distance_s
        from (
            select
                rowed.*,
                dense_rank() over ({{ same_row() }} order by record_start_s, record_id) as record_place,
                dense_rank() over ({{ same_row() }} order by play_start_s, play_id) as play_place
            from ({{ in_rows(pairs) }}) as rowed
        ) as placed
    ) as measured
    where is_close_in_name or distance_s <= {{ name_tolerance_s() }}
{%- endmacro %}


{% macro same_row() -%}partition by listener_id, song, is_countable, row_in_time{%- endmacro %}


{#-
    The pairs with what their neighbours in time tell: `clock_ahead_s`, and in `row_in_time` which of them are of one song
    heard without a break of a quarter of an hour.
-#}
{% macro in_rows(pairs) -%}
    select
        begun.*,
        sum(begins_row) over (
            partition by listener_id, song, is_countable order by record_start_s, record_id, play_id
            rows between unbounded preceding and current row
        ) as row_in_time,
        avg(case when leaves_no_choice then lateness_s end) over (
            partition by listener_id order by record_start_s range between 3600 preceding and 3600 following
        ) as clock_ahead_s
    from (
        select
            counted.*,
            case
                when record_start_s - lag(record_start_s) over (
                    partition by listener_id, song, is_countable order by record_start_s, record_id, play_id
                ) <= 900 then 0
                else 1
            end as begins_row,
            is_same_recording
            and abs(lateness_s) <= 60
            and count(*) over (partition by record_id) = 1
            and count(*) over (partition by play_id) = 1 as leaves_no_choice
        from (
            select
                pairs.*,
                is_same_recording and not (is_scrobble and is_short) as is_countable
            from {{ pairs }} as pairs
        ) as counted
    ) as begun
{%- endmacro %}
