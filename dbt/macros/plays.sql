{#- How a play is told by the records that are the same one. -#}

{#- Of each column what the best donor says that says anything. -#}
{% macro first_known(columns) -%}
    {%- for column in columns -%}
        min_by({{ column }}, case when {{ column }} is not null then donor_rank end) as {{ column }}
        {{- ',' if not loop.last }}
    {% endfor -%}
{%- endmacro %}


{#-
    CTEs `kept`, the record that tells each play best, and `timed`: the play's begin and end, and `busy_until_s`, the
    latest end (seconds since 1970) of the listener's plays before it.
-#}
{% macro timed_plays(records, donors) -%}
kept as (
    select * from {{ records }}
    where fate = 'kept'
),

-- A clock of minutes leaves the begin to a record that tells it to the second.
precise as (
    select * from {{ donors }}
    where precision_seconds = 1 and anchor = 'start'
    qualify row_number() over (partition by play_id order by donor_rank) = 1
),

begun as (
    select
        kept.play_id,
        coalesce(precise.started_at, kept.started_at) as started_at,
        case
            when precise.started_at is null then kept.ended_at
            else {{ add_milliseconds('precise.started_at', capped_ms('kept.ms_played')) }}
        end as ended_at
    from kept
    left join precise
        on
            kept.play_id = precise.play_id
            and kept.precision_seconds >= 60
            and kept.play_date = precise.play_date
),

timed as (
    select
        kept.play_id,
        begun.started_at,
        begun.ended_at,
        max({{ epoch_seconds('begun.ended_at') }}) over (
            partition by kept.listener_id order by begun.started_at, kept.play_id
            rows between unbounded preceding and 1 preceding
        ) as busy_until_s
    from kept
    inner join begun on kept.play_id = begun.play_id
)
{%- endmacro %}
