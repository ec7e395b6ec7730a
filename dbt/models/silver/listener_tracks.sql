{#-
    The one pass over all plays that summaries of artists, tracks and albums share. A play may credit a track to another
    artist than the catalogue does, so the artist is part of the key.
-#}
with

counted as (
    select
        listener_id,
        track_id,
        artist_id,
        started_at,
        skipped,
        ms_heard,
        {{ completion_of('ms_played', 'length_ms') }} as completion
    from {{ ref('counted_plays') }}
    where counts_as_play
)

select
    listener_id,
    track_id,
    artist_id,
    count(*) as plays,
    cast(sum(case when skipped then 1 else 0 end) as bigint) as skips,
    count(skipped) as told_of_skips,
    cast(sum(ms_heard) as bigint) as ms_heard,
    count(completion) as completions,
    {{ exact_sum('completion') }} as completion_sum,
    min(started_at) as first_played_at,
    max(started_at) as last_played_at
from counted
group by listener_id, track_id, artist_id
