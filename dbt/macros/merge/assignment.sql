{#- One-to-one assignment of the records of one feed to the plays known so far. How the pieces fit: docs/merge.md. -#}

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
