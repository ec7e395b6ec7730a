{#-
    One-to-one assignment of the records of one feed to the plays known so far. How the pieces fit: docs/merge.md.
    Records and plays come as the rows of the CTE `timed` in play_records.sql; its times are seconds since 1970 (UTC).
-#}

{#- Feeds from the best clock to the poorest: a play is told by the first that has it. Synthetic plays have no other source. -#}
{% macro feeds() -%}
    {%- do return([
        'spotify_extended_history',
        'spotify_account_history',
        'listenbrainz_from_spotify',
        'spotify_recently_played',
        'listenbrainz_listens',
        'maloja_scrobbles',
        'koito_listens',
        'lastfm_scrobbles',
        'lastfm_scrobbles_by_minute',
    ]) -%}
{%- endmacro %}

{#-
    Those that a merge has to look at: the best, and others of which there are records. A feed without any costs a quarter
    of a second of planning.
-#}
{% macro merged_feeds() -%}
    {%- set sources = {
        'listenbrainz_from_spotify': 'listenbrainz_listens',
        'lastfm_scrobbles_by_minute': 'lastfm_scrobbles',
    } -%}
    {%- set told = var('sources_with_records', none) -%}
    {%- set merged = feeds()[:1] -%}
    {%- for feed in feeds()[1:] if told is none or sources.get(feed, feed) in told -%}
        {%- do merged.append(feed) -%}
    {%- endfor -%}
    {%- do return(merged) -%}
{%- endmacro %}

{#- The first of them are logs of Spotify, which agree on when a play was logged and on its milliseconds. -#}
{% macro is_log_of_spotify(feed) -%}
    {%- do return(feed in ['spotify_extended_history', 'spotify_account_history', 'listenbrainz_from_spotify']) -%}
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

{#- Seconds by which times may differ where the names do: other songs follow one another within the clocks' tolerance. -#}
{% macro name_tolerance_s() -%}15{%- endmacro %}

{#-
    Seconds of pause inside a play: where only its end is known, it may have begun that much earlier, if neither source
    heard another song in between.
-#}
{% macro longest_pause_s() -%}900{%- endmacro %}

{#- Width of the buckets in which partners are looked for; more than any difference that is allowed. -#}
{% macro bucket_s() -%}14400{%- endmacro %}


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


{% macro neighbouring_buckets() -%}
    select -1 as step union all select 0 as step union all select 1 as step
{%- endmacro %}


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
    its feed, `copies_in_logs` those of the best log that are not. Ends with `assigned` (record_id, play_id) of all records that another feed tells better.
    Greedy assignment by mutual nearness: each round takes the pairs that are each other's cheapest. A chain of more than
    three doubts, each record nearer to a play that another is nearer to, is left unmerged.
-#}
{% macro assignment_of_feeds(units, copies_in_logs) -%}
    {%- set feeds = merged_feeds() -%}
    {%- set best = feeds[0] -%}
plays_of_{{ best }} as (select * from {{ units }} where feed = '{{ best }}'),
    {%- for feed in feeds[1:] %}
    {%- set before = 'plays_of_' ~ feeds[loop.index0] %}

records_of_{{ feed }} as (select * from {{ units }} where feed = '{{ feed }}'),

    {%- if is_log_of_spotify(feed) %}

logged_before_{{ feed }} as (
    select * from {{ before }}
    union all
    select * from {{ copies_in_logs }}
),

pairs_of_{{ feed }} as ({{ costed_pairs_of_logs('records_of_' ~ feed, 'logged_before_' ~ feed) }}),
    {%- else %}

possible_pairs_of_{{ feed }} as ({{ possible_pairs('records_of_' ~ feed, before) }}),

pairs_of_{{ feed }} as ({{ costed_pairs('possible_pairs_of_' ~ feed) }}),
    {%- endif %}

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
    {%- for feed in feeds[1:] %}
    select * from assigned_of_{{ feed }}
    union all
    {%- endfor %}
    select
        cast(null as varchar) as record_id,
        cast(null as varchar) as play_id
    where false
)
{%- endmacro %}


{#- The columns of the record before of the same song and feed, with `_before` behind their names. -#}
{% macro of_record_before(columns) -%}
    {%- for column in columns -%}
        lag({{ column }}) over (
            partition by listener_id, feed, song_key order by started_at, ended_at, record_id
        ) as {{ column }}_before
        {{- ',' if not loop.last }}
    {% endfor -%}
{%- endmacro %}


{#- The columns of the first record of the run, with `_first` behind their names. -#}
{% macro of_first_in_run(columns) -%}
    {%- for column in columns -%}
        first_value({{ column }}) over (
            partition by listener_id, feed, song_key, run order by started_at, ended_at, record_id
        ) as {{ column }}_first
        {{- ',' if not loop.last }}
    {% endfor -%}
{%- endmacro %}


{#- Of each column what the best donor says that says anything. -#}
{% macro first_known(columns) -%}
    {%- for column in columns -%}
        min_by({{ column }}, case when {{ column }} is not null then donor_rank end) as {{ column }}
        {{- ',' if not loop.last }}
    {% endfor -%}
{%- endmacro %}


{#-
    CTEs that find scrobbles told again under another name: `same` and the second are equal, `varying` is spelled alike,
    and they stand in different files. Where one file tells two names for that second they are two songs. Of `rows`
    spelled_<name> says which record is kept in place of each, respelled_<name> are those that are left.
-#}
{% macro respelled(name, rows, varying, same) -%}
    {%- set group = ['listener_id', 'feed', 'started_at', same] -%}
told_apart_by_{{ name }} as (
    select distinct {{ group | join(', ') }}
    from (
        select {{ group | join(', ') }}, source_file
        from numbered
        where reason is null and ms_played is null
        group by {{ group | join(', ') }}, source_file
        having count(distinct {{ varying }}) > 1
    ) as files
),

first_{{ name }} as (
    select
        told.record_id,
        told.source_file,
        told.{{ varying }},
        {%- for column in ['record_id', 'source_file', varying] %}
        first_value(told.{{ column }}) over (
            partition by {% for key in group %}told.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
            order by told.source_file, told.source_row, told.record_id
        ) as first_{{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ rows }} as told
    left join told_apart_by_{{ name }} as apart
        on {% for key in group %}told.{{ key }} = apart.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    where told.ms_played is null and apart.listener_id is null
),

spelled_{{ name }} as (
    select
        record_id,
        case
            when source_file <> first_source_file and {{ spelled_alike(varying, 'first_' ~ varying) }}
                then first_record_id
            else record_id
        end as kept_id
    from first_{{ name }}
),

respelled_{{ name }} as (
    select told.*
    from {{ rows }} as told
    left join spelled_{{ name }} as spelled on told.record_id = spelled.record_id
    where coalesce(spelled.kept_id, told.record_id) = told.record_id
)
{%- endmacro %}


{#- Seconds for which a crossfade plays the end of a song and the begin of the next; Spotify offers up to twelve. -#}
{% macro crossfade_s() -%}13{%- endmacro %}


{#-
    Seconds after which a song can be scrobbled again: scrobblers report what was heard for half of its length or four
    minutes, of songs of over 30 seconds. Whoever tells or keeps ends takes all plays, however short. A clock of minutes
    tells the same minute only.
-#}
{% macro soonest_scrobble_s() -%}
    case
        when precision_seconds >= 60 then 30
        when anchor <> 'start' then 3
        else greatest(15, least(coalesce(duration_ms, 0) / 2000.0, 240) - 1)
    end
{%- endmacro %}


{#-
    Whether a record repeats another one of the same song and feed that began no later: the one whose columns end in
    `_<other>`. With times of both ends: they share over half of the shorter one, the clock's precision aside, and not
    just a crossfade; or they agree in length and reasons and begin before the other can have ended. With one time only
    no song is scrobbled again so soon.
-#}
{% macro is_written_twice(other) -%}
    {%- set start_s = epoch_seconds('started_at') -%}
    {%- set end_s = epoch_seconds('ended_at') -%}
    {%- set other_start_s = epoch_seconds('started_at_' ~ other) -%}
    {%- set other_end_s = epoch_seconds('ended_at_' ~ other) -%}
    case
        when started_at_{{ other }} is null then false
        when ms_played is null or ms_played_{{ other }} is null
            then {{ start_s }} - {{ other_start_s }} < {{ soonest_scrobble_s() }}
        when ended_at is null or ended_at_{{ other }} is null
            then
                ms_played = ms_played_{{ other }}
                and {{ start_s }} - {{ other_start_s }} < ms_played / 1000.0 - {{ crossfade_s() }} - precision_seconds
        when ms_played = ms_played_{{ other }} and reasons = reasons_{{ other }}
            then
                {{ start_s }} - {{ other_start_s }}
                < greatest(ms_played / 2000.0, ms_played / 1000.0 - {{ crossfade_s() }}) - precision_seconds
        else
            least({{ end_s }}, {{ other_end_s }}) - {{ start_s }} - precision_seconds
            > 0.5 * least({{ end_s }} - {{ start_s }}, {{ other_end_s }} - {{ other_start_s }})
            and {{ start_s }} < {{ other_end_s }} - {{ crossfade_s() }} - precision_seconds
    end
{%- endmacro %}
