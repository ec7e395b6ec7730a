with

plays as (
    select
        listener_id,
        artist_id,
        extract(year from date_key) * 12 + extract(month from date_key) - 1 as month_index,
        ms_heard
    from {{ ref('fct_plays') }}
    where counts_as_play
),

months as (
    select
        listener_id,
        month_index,
        artist_id,
        count(*) as plays,
        cast(sum(ms_heard) as double) / 60000 as minutes_listened
    from plays
    group by listener_id, month_index, artist_id
),

ranked as (
    select
        months.*,
        artists.artist_name,
        row_number() over (
            partition by months.listener_id, months.month_index
            order by months.plays desc, artists.artist_name, months.artist_id
        ) as place,
        sum(months.plays) over (partition by months.listener_id, months.month_index) as plays_of_month
    from months
    inner join {{ ref('dim_artist') }} as artists on months.artist_id = artists.artist_id
),

compared as (
    select
        ranked.*,
        lag(month_index) over (partition by listener_id, artist_id order by month_index) as month_index_before,
        lag(place) over (partition by listener_id, artist_id order by month_index) as place_before
    from ranked
)

select
    listener_id,
    cast(floor(month_index / 12) as bigint) as year,
    cast(mod(month_index, 12) + 1 as bigint) as month,
    artist_id,
    artist_name,
    plays,
    minutes_listened,
    cast(plays as double) / plays_of_month as plays_share,
    place,
    -- Only of the calendar month before.
    case when month_index_before = month_index - 1 then place_before - place end as places_gained,
    month_index_before is null as is_new
from compared
