{#-
    Spotify keeps the last 50 plays of a listener: where the oldest play of a full page is newer than all that was known
    before, plays may be missing. Also such as ended before the newest known one: what was heard offline shows late, so it
    is from the oldest play of the page before on.
-#}
with

pages as (
    select
        listener_id,
        requested_at,
        is_full,
        oldest_played_at,
        max(newest_played_at) over (
            partition by listener_id order by requested_at rows between unbounded preceding and 1 preceding
        ) as newest_known_before,
        max(oldest_played_at) over (
            partition by listener_id order by requested_at rows between unbounded preceding and 1 preceding
        ) as oldest_shown_before
    from {{ source('raw', 'spotify_recently_played_pages') }}
),

gaps as (
    select
        listener_id,
        oldest_shown_before as missing_from,
        oldest_played_at as missing_until,
        requested_at as noticed_at
    from pages
    where is_full and oldest_played_at > newest_known_before
),

-- The first and the last day of an archive may be cut: it covers what lies between them.
histories as (
    select
        listener_id,
        archive_id,
        first_day,
        last_day,
        landed_at
    from {{ source('landing', 'archives') }}
    where source like '%spotify_extended_history%' or source like '%spotify_account_history%'
)

select
    gaps.listener_id,
    gaps.missing_from,
    gaps.missing_until,
    gaps.noticed_at,
    min(histories.landed_at) as closed_at,
    min_by(histories.archive_id, histories.landed_at) as closed_by,
    count(histories.archive_id) = 0 as is_open
from gaps
left join histories
    on
        gaps.listener_id = histories.listener_id
        and histories.first_day < cast(gaps.missing_from as date)
        and histories.last_day > cast(gaps.missing_until as date)
group by gaps.listener_id, gaps.missing_from, gaps.missing_until, gaps.noticed_at
