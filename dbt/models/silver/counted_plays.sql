{#- A view: a policy or an exclusion can change at any time, and the plays stay what they are. -#}
{{ config(materialized='view') }}

with

lengths as (
    select
        track_id,
        max(duration_ms) as duration_ms
    from {{ ref('catalogue_tracks') }}
    group by track_id
),

-- Services answer late, and days that are built stay as they are: what counts must not hang on it. It is for plays of
-- which no source tells how long they lasted, and for their minutes alone.
looked_up as (
    select
        track_id,
        min_by(duration_ms, source_rank) as duration_ms
    from {{ ref('track_descriptions') }}
    where duration_ms is not null and source not in ('history', 'longest_play')
    group by track_id
),

dated as (
    select
        plays.*,
        cast(plays.local_timestamp as date) as local_date,
        -- What other plays of the track would tell of its length changes as a history grows: gold is kept by day.
        coalesce(nullif(lengths.duration_ms, 0), nullif(plays.duration_ms, 0)) as length_ms
    from {{ ref('local_plays') }} as plays
    left join lengths on plays.track_id = lengths.track_id
),

playlists as (
    select distinct
        track_id,
        playlist_name
    from {{ ref('catalogue_tracks') }}
    where playlist_name is not null
),

-- Reads the plays once more instead of `dated`: a common table that is read twice is worked out over the whole history
-- before a reader's window applies.
excluded as (
    select
        plays.play_id,
        min(exclusions.exclusion_id) as exclusion_id
    from {{ ref('local_plays') }} as plays
    inner join {{ source('landing', 'exclusions') }} as exclusions
        on
            plays.listener_id = exclusions.listener_id
            and (
                exclusions.artist_name is null
                or {{ artist_key('plays.artist_name') }} = {{ artist_key('exclusions.artist_name') }}
            )
            and (
                exclusions.track_name is null
                or {{ title_key('plays.track_name') }} = {{ title_key('exclusions.track_name') }}
            )
            and (exclusions.track_id is null or plays.track_id = exclusions.track_id)
            and (exclusions.first_date is null or cast(plays.local_timestamp as date) >= exclusions.first_date)
            and (exclusions.last_date is null or cast(plays.local_timestamp as date) <= exclusions.last_date)
    left join playlists
        on
            plays.track_id = playlists.track_id
            and lower(playlists.playlist_name) = lower(exclusions.playlist_name)
    where exclusions.playlist_name is null or playlists.playlist_name is not null
    group by plays.play_id
),

judged as (
    select
        dated.*,
        -- A scrobble does not tell how long was listened: most likely to the end.
        coalesce(dated.ms_played, dated.length_ms, looked_up.duration_ms) as ms_heard,
        excluded.exclusion_id,
        true as counts_all,
        -- Who scrobbles has applied such a rule already: a play without a length counts.
        coalesce(dated.ms_played >= 30000, true) as counts_spotify30,
        case
            when dated.ms_played is null then true
            when dated.length_ms is null
                then
                    dated.ms_played >= 240000
                    or (dated.ms_played > 30000 and coalesce(dated.reason_end, '') = 'trackdone')
            else dated.length_ms > 30000 and (dated.ms_played >= dated.length_ms / 2.0 or dated.ms_played >= 240000)
        end as counts_lastfm,
        -- Koito takes from Spotify's history what was played to its end, and every play of other sources. Account data
        -- do not tell how a play ended.
        case
            when dated.reason_end is not null or dated.source in ('spotify_extended_history', 'synthetic')
                then coalesce(dated.reason_end = 'trackdone', false)
            when dated.source = 'spotify_account_history' then dated.ms_played >= 30000
            else true
        end as counts_koito,
        not coalesce(dated.incognito, false)
        and not (
            coalesce(dated.ms_played < 30000, false)
            and (dated.skipped or coalesce(dated.reason_end, '') <> 'trackdone')
        ) as counts_listenbrainz
    from dated
    left join excluded on dated.play_id = excluded.play_id
    left join looked_up on dated.track_id = looked_up.track_id
)

select
    judged.*,
    exclusion_id is null and counts_{{ var('counting_policy') }} as counts_as_play
from judged
