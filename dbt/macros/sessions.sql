{#-
    Sessions: which plays belong together. Why they end with a day that has no pause: docs/merge.md.
-#}

{#- Milliseconds of silence that a session may hold. -#}
{% macro session_pause_ms() -%}1800000{%- endmacro %}


{#-
    CTEs from `plays` to `in_sessions`: the plays with their `session_id`.
    A session begins with a play after more than half an hour of silence; and with the first play of a day if the day
    before had no such play. So it begins on the day of a play or the day before, and what it is depends on those two
    days and the last hours of the one before them: plays of two days before those asked for must be there.
-#}
{% macro plays_in_sessions(plays) -%}
    {%- set four_hours_on = add_milliseconds('started_at', 14400000) -%}
    {%- set in_order = 'partition by listener_id order by play_date, started_at, play_id' -%}
heard as (
    select
        play_id,
        listener_id,
        play_date,
        started_at,
        -- Where no source tells the end, the begin and what is known of the length. At most four hours, so that a session
        -- depends on few days.
        case
            when ended_at is null
                then {{ add_milliseconds('started_at', capped_ms('coalesce(ms_played, duration_ms, 0)')) }}
            when ended_at > {{ four_hours_on }} then {{ four_hours_on }}
            when ended_at < started_at then started_at
            else ended_at
        end as heard_until
    from {{ plays }}
),

after_pauses as (
    select
        play_id,
        listener_id,
        play_date,
        started_at,
        case
            when started_at <= {{ add_milliseconds(
                'max(heard_until) over (' ~ in_order ~ ' rows between unbounded preceding and 1 preceding)',
                session_pause_ms()
            ) }} then 0
            else 1
        end as is_after_pause
    from heard
),

days_with_pauses as (
    select
        after_pauses.*,
        row_number() over (partition by listener_id, play_date order by started_at, play_id) as place_in_day,
        max(is_after_pause) over (partition by listener_id, play_date) as day_has_pause
    from after_pauses
),

openings as (
    select
        days_with_pauses.*,
        case
            when is_after_pause = 1 then 1
            when place_in_day = 1 and lag(day_has_pause) over ({{ in_order }}) = 0 then 1
            else 0
        end as opens_session
    from days_with_pauses
),

numbered_sessions as (
    select
        openings.*,
        sum(opens_session) over ({{ in_order }} rows between unbounded preceding and current row) as session_number
    from openings
),

named_sessions as (
    select
        play_id,
        first_value(play_id) over (
            partition by listener_id, session_number order by play_date, started_at, play_id
            rows between unbounded preceding and unbounded following
        ) as session_id
    from numbered_sessions
),

in_sessions as (
    select
        plays.*,
        named_sessions.session_id
    from {{ plays }} as plays
    inner join named_sessions on plays.play_id = named_sessions.play_id
)
{%- endmacro %}
