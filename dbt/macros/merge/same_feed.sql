{#- What one feed wrote twice: the CTEs from records to one row for each play of a feed. -#}

{#-
    From `records`, one row each, to `led`, in which `leader_id` names the record that is kept for each of them, and
    `leaders`, those alone: the same song at the same time is one play.
-#}
{% macro merged_within_feed(records) -%}
neighboured as (
    select
        {{ records }}.*,
        {{ of_record_before(['started_at', 'ended_at', 'ms_played', 'reasons']) }}
    from {{ records }}
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
