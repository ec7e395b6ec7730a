{#-
    One-to-one assignment of the records of one feed to the plays known so far. How the pieces fit: docs/merge.md.
    Records and plays come as rows of record_id, listener_id, anchor, start_s, end_s, half_precision_s, ms_played,
    duration_s, has_exact_ms, artist_key, title_key, bucket; times are seconds since 1970 (UTC), as doubles.
-#}

{#- Feeds from the best clock to the poorest: a play is told by the first that has it. Synthetic plays have no other source. -#}
{% macro feeds() -%}
    {%- do return([
        'spotify_extended_history',
        'spotify_account_history',
        'listenbrainz_from_spotify',
        'listenbrainz_listens',
        'maloja_scrobbles',
        'koito_listens',
        'lastfm_scrobbles',
        'lastfm_scrobbles_by_minute',
    ]) -%}
{%- endmacro %}

{% macro feed_rank(feed) -%}
    case {{ feed }}
        {%- for name in feeds() %}
        when '{{ name }}' then {{ loop.index }}
        {%- endfor %}
        else 0
    end
{%- endmacro %}


{#- Seconds by which two clocks may differ: device against server, and a scrobbler that waits before it reports. -#}
{% macro clock_tolerance_s() -%}90{%- endmacro %}

{#- Seconds of pause inside a play: where only its end is known, it may have begun that much earlier. -#}
{% macro longest_pause_s() -%}3600{%- endmacro %}

{#- Width of the buckets in which partners are looked for; more than any difference that is allowed. -#}
{% macro bucket_s() -%}14400{%- endmacro %}


{#-
    Every pair of a record in `records` and a play in `plays` that can be the same, with its `cost`: the difference of
    their times in seconds, and more for what speaks against it. A stated time that may be begin or end is tried as both.
-#}
{% macro possible_pairs(records, plays) -%}
    select
        gaps.record_id,
        gaps.play_id,
        gaps.record_start_s,
        gaps.play_start_s,
        least(gaps.start_distance, gaps.end_distance, gaps.flipped_distance)
        + case when gaps.is_same_recording then 0 else 60 end
        -- Scrobblers do not report what was played for less than 30 seconds.
        + case when gaps.is_scrobble and gaps.play_ms < 30000 then 120 else 0 end as cost
    from (
        select
            record.record_id,
            play.record_id as play_id,
            record.start_s as record_start_s,
            play.start_s as play_start_s,
            play.ms_played as play_ms,
            record.ms_played is null as is_scrobble,
            record.artist_key = play.artist_key and record.title_key = play.title_key as is_same_recording,
            record.artist_key as record_artist,
            play.artist_key as play_artist,
            record.title_key as record_title,
            play.title_key as play_title,
            case
                when
                    record.start_s - play.start_s between
                    -{{ clock_tolerance_s() }} - record.half_precision_s - play.half_precision_s
                    - case when play.anchor = 'end' then {{ longest_pause_s() }} else 0 end
                    and {{ clock_tolerance_s() }} + record.half_precision_s + play.half_precision_s
                    + case when record.anchor = 'end' then {{ longest_pause_s() }} else 0 end
                    then abs(record.start_s - play.start_s)
                else 1e9
            end as start_distance,
            case
                when
                    record.anchor <> 'unknown' and play.anchor <> 'unknown'
                    and abs(record.end_s - play.end_s)
                    <= {{ clock_tolerance_s() }} + record.half_precision_s + play.half_precision_s
                    then abs(record.end_s - play.end_s)
                else 1e9
            end as end_distance,
            -- 20 seconds more, so that a begin taken as a begin wins.
            case
                when
                    record.anchor = 'unknown'
                    and abs(record.start_s - coalesce(play.end_s, play.start_s + coalesce(play.duration_s, record.duration_s)))
                    <= {{ clock_tolerance_s() }}
                    then abs(record.start_s - coalesce(play.end_s, play.start_s + coalesce(play.duration_s, record.duration_s))) + 20
                when
                    play.anchor = 'unknown'
                    and abs(coalesce(record.end_s, record.start_s + coalesce(record.duration_s, play.duration_s)) - play.start_s)
                    <= {{ clock_tolerance_s() }}
                    then abs(coalesce(record.end_s, record.start_s + coalesce(record.duration_s, play.duration_s)) - play.start_s) + 20
                else 1e9
            end as flipped_distance
        from {{ records }} as record
        cross join (select -1 as step union all select 0 as step union all select 1 as step) as neighbour
        inner join {{ plays }} as play
            on
                record.listener_id = play.listener_id
                and record.bucket + neighbour.step = play.bucket
                and (record.title_key = play.title_key or record.artist_key = play.artist_key)
        where
            -- Two logs of Spotify agree on the milliseconds of a play.
            not (record.has_exact_ms and play.has_exact_ms and abs(record.ms_played - play.ms_played) > 1500)
    ) as gaps
    where
        least(gaps.start_distance, gaps.end_distance, gaps.flipped_distance) < 1e9
        and (
            gaps.is_same_recording
            or (gaps.record_title = gaps.play_title and {{ spelled_alike('gaps.record_artist', 'gaps.play_artist') }})
            or (gaps.record_artist = gaps.play_artist and {{ spelled_alike('gaps.record_title', 'gaps.play_title') }})
            -- One title at one moment is one play, whoever is named for it: compilations name "Various Artists".
            or (
                gaps.record_title = gaps.play_title
                and least(gaps.start_distance, gaps.end_distance) <= 15
            )
        )
{%- endmacro %}


{#- Pairs in which each is the other's nearest; of `pairs` without those that an earlier round took. -#}
{% macro mutually_nearest(pairs, earlier_rounds) -%}
    select
        record_id,
        play_id
    from (
        select
            record_id,
            play_id,
            row_number() over (partition by record_id order by cost, play_start_s, play_id) as play_rank,
            row_number() over (partition by play_id order by cost, record_start_s, record_id) as record_rank
        from {{ pairs }}
        {%- for round in earlier_rounds %}
        {{ 'where' if loop.first else 'and' }}
            record_id not in (select taken.record_id from {{ round }} as taken)
            and play_id not in (select taken.play_id from {{ round }} as taken)
        {%- endfor %}
    ) as ranked
    where play_rank = 1 and record_rank = 1
{%- endmacro %}


{#-
    The CTEs that take the feeds one after the other. `units` holds one row a record that is left after merging within
    its feed. Ends with `assigned` (record_id, play_id) of all records that another feed tells better.
    Greedy assignment by mutual nearness, the stable matching of Gale and Shapley on one shared cost; what three rounds
    leave is a chain of doubts longer than any seen.
-#}
{% macro assignment_of_feeds(units) -%}
    {%- set best = feeds()[0] -%}
plays_of_{{ best }} as (select * from {{ units }} where feed = '{{ best }}'),
    {%- for feed in feeds()[1:] %}
    {%- set before = 'plays_of_' ~ feeds()[loop.index0] %}

records_of_{{ feed }} as (select * from {{ units }} where feed = '{{ feed }}'),

pairs_of_{{ feed }} as ({{ possible_pairs('records_of_' ~ feed, before) }}),

first_of_{{ feed }} as ({{ mutually_nearest('pairs_of_' ~ feed, []) }}),

second_of_{{ feed }} as ({{ mutually_nearest('pairs_of_' ~ feed, ['first_of_' ~ feed]) }}),

third_of_{{ feed }} as ({{ mutually_nearest('pairs_of_' ~ feed, ['first_of_' ~ feed, 'second_of_' ~ feed]) }}),

assigned_of_{{ feed }} as (
    select * from first_of_{{ feed }}
    union all
    select * from second_of_{{ feed }}
    union all
    select * from third_of_{{ feed }}
),

plays_of_{{ feed }} as (
    select * from {{ before }}
    union all
    select * from records_of_{{ feed }}
    where record_id not in (select taken.record_id from assigned_of_{{ feed }} as taken)
),
    {%- endfor %}

assigned as (
    {%- for feed in feeds()[1:] %}
    select * from assigned_of_{{ feed }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)
{%- endmacro %}


{#-
    Whether a record repeats the one before it of the same song and feed. With times of both ends: they share over half
    of the shorter one, the clock's precision aside; or they agree in length and reasons and begin before the other can
    have ended, the crossfade of at most 12 seconds aside. With one time only: no song is scrobbled again so soon.
-#}
{% macro is_written_twice() -%}
    case
        when started_before is null then false
        when ms_played is null or ms_before is null
            then
                {{ epoch_seconds('started_at') }} - {{ epoch_seconds('started_before') }}
                < case when precision_seconds >= 60 then 30 else 15 end
        else
            ended_at is not null
            and ended_before is not null
            and (
                least({{ epoch_seconds('ended_at') }}, {{ epoch_seconds('ended_before') }})
                - {{ epoch_seconds('started_at') }}
                - precision_seconds
            ) > 0.5 * least(
                {{ epoch_seconds('ended_at') }} - {{ epoch_seconds('started_at') }},
                {{ epoch_seconds('ended_before') }} - {{ epoch_seconds('started_before') }}
            )
            or (
                ms_played = ms_before
                and coalesce(reason_start, '') || '>' || coalesce(reason_end, '') = reasons_before
                and {{ epoch_seconds('started_at') }} - {{ epoch_seconds('started_before') }}
                < ms_played / 1000.0 - 15 - precision_seconds
            )
    end
{%- endmacro %}
