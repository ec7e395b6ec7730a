{#- Which record of a feed may be which play known so far. Records and plays come as the rows of `timed` (timed.sql). -#}

{#-
    Every pair of a record in `records` and a play in `plays` whose names and times allow that they are the same. A stated
    time that may be begin or end is tried as both. `lateness_s` is how much later the record says it began, null where
    only the ends agree; `other_distance_s` the difference of the ends, or of one's begin and the other's end.
-#}
{% macro possible_pairs(records, plays) -%}
    {%- set precision = 'record.half_precision_s + play.half_precision_s' -%}
    {%- set duration = 'coalesce(play.duration_s, record.duration_s)' -%}
    {%- set play_end = 'coalesce(play.end_s, play.start_s + ' ~ duration ~ ')' -%}
    {%- set record_end = 'coalesce(record.end_s, record.start_s + ' ~ duration ~ ')' -%}
    select
        *,
        -- Who is named for a song varies, scrobblers do not report what was played for less than 30 seconds.
        case when is_same_recording then 0 else 200 end + case when is_scrobble and is_short then 120 else 0 end
            as penalty_s
    from (
        {%- for shared, other in [('title_key', 'artist_key'), ('artist_key', 'title_key')] %}
        select
            record.record_id,
            play.record_id as play_id,
            record.listener_id,
            record.artist_key || '|' || record.title_key as song,
            record.start_s as record_start_s,
            play.start_s as play_start_s,
            record.ms_played is null as is_scrobble,
            coalesce(play.ms_played < 30000, false) as is_short,
            record.{{ other }} = play.{{ other }} as is_same_recording,
            {% if other == 'artist_key' -%}
            {{ spelled_alike('record.artist_key', 'play.artist_key', 0.5) }}
            {%- else -%}
            record.title_key = play.title_key
            {%- endif %} as is_close_in_name,
            {{ spelled_alike('record.' ~ other, 'play.' ~ other, 0.5 if other == 'title_key' else 0.0) }}
                as is_spelled_alike,
            -- Compilations name nobody, so one title at one moment is one play.
            {{ 'record.artist_key in (\'variousartists\', \'various\') or play.artist_key in (\'variousartists\', \'various\')'
                if other == 'artist_key' else 'false' }} as is_compilation,
            case
                when abs(record.start_s - play.start_s) <= {{ clock_tolerance_s() }} + {{ precision }}
                    then record.start_s - play.start_s
                when record.{{ other }} <> play.{{ other }} then null
                when
                    play.anchor = 'end'
                    and play.start_s - record.start_s between 0 and {{ longest_pause_s() }}
                    and coalesce(record.next_start_s >= play.start_s, true)
                    and coalesce(play.busy_until_s <= record.start_s + {{ clock_tolerance_s() }}, true)
                    then record.start_s - play.start_s
                when
                    record.anchor = 'end'
                    and record.start_s - play.start_s between 0 and {{ longest_pause_s() }}
                    and coalesce(play.next_start_s >= record.start_s, true)
                    and coalesce(record.busy_until_s <= play.start_s + {{ clock_tolerance_s() }}, true)
                    then record.start_s - play.start_s
            end as lateness_s,
            case
                when
                    record.anchor <> 'unknown'
                    and play.anchor <> 'unknown'
                    and abs(record.end_s - play.end_s) <= {{ clock_tolerance_s() }} + {{ precision }}
                    then abs(record.end_s - play.end_s)
                -- 20 seconds more, so that a begin taken as a begin wins.
                when record.anchor = 'unknown' and abs(record.start_s - {{ play_end }}) <= {{ clock_tolerance_s() }}
                    then abs(record.start_s - {{ play_end }}) + 20
                when play.anchor = 'unknown' and abs({{ record_end }} - play.start_s) <= {{ clock_tolerance_s() }}
                    then abs({{ record_end }} - play.start_s) + 20
            end as other_distance_s
        from {{ records }} as record
        cross join ({{ neighbouring_buckets() }}) as neighbour
        inner join {{ plays }} as play
            on
                record.listener_id = play.listener_id
                and record.start_bucket + neighbour.step = play.start_bucket
                and record.{{ shared }} = play.{{ shared }}
        {%- if not loop.first %}
        where record.{{ other }} <> play.{{ other }}
        {%- else %}
        union all
        {%- endif %}
        {%- endfor %}
    ) as compared
    where
        (lateness_s is not null or other_distance_s is not null)
        and (is_spelled_alike or is_compilation)
        -- A song of another name that was skipped and the scrobble of the next one are two.
        and (is_same_recording or not (is_scrobble and is_short))
{%- endmacro %}


{% macro neighbouring_buckets() -%}
    select -1 as step union all select 0 as step union all select 1 as step
{%- endmacro %}
