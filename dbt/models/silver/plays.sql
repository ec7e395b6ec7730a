{#- Times and lengths are those of the record that tells the play best; what it lacks comes from the others. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    cluster_by=['play_date'],
    tags=['daily'],
    meta={'window_column': 'play_date', 'window_padding_days': 1},
) }}

{%- set completed = [
    'album_name', 'track_id', 'duration_ms', 'ms_played', 'ended_at', 'isrc', 'recording_mbid', 'platform', 'country',
    'reason_start', 'reason_end', 'shuffle', 'skipped_flag', 'offline', 'incognito',
] %}

with

records as (
    select
        play_records.*,
        {{ feed_rank('feed') }} as feed_rank
    from {{ ref('play_records') }} as play_records
    where
        play_id is not null
        and {{ in_window('play_date', 2, days_after=34) }}
        -- A log of Spotify tells of an offline play under the day on which it was logged, up to 30 days later.
        and ({{ in_window('play_date', 2) }} or feed in ('spotify_account_history', 'listenbrainz_from_spotify'))
),

-- Exact copies know nothing more.
donors as (
    select
        records.*,
        row_number() over (partition by play_id order by feed_rank, ms_played desc nulls last, source_file, source_row)
            as donor_rank
    from records
    where fate = 'merged_into' and merged_by <> 'same_record'
),

completions as (
    select
        play_id,
        {{ first_known(completed) }}
    from donors
    group by play_id
),

evidence as (
    select
        play_id,
        count(*) as records,
        count(distinct source) as sources
    from records
    group by play_id
),

kept as (
    select * from records
    where fate = 'kept'
),

-- A clock of minutes leaves the begin to a record that tells it to the second.
precise as (
    select * from donors
    where precision_seconds = 1 and anchor = 'start'
    qualify row_number() over (partition by play_id order by donor_rank) = 1
),

timed as (
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

busy as (
    select
        kept.play_id,
        timed.started_at,
        timed.ended_at,
        max({{ epoch_seconds('timed.ended_at') }}) over (
            partition by kept.listener_id order by timed.started_at, kept.play_id
            rows between unbounded preceding and 1 preceding
        ) as busy_until_s
    from kept
    inner join timed on kept.play_id = timed.play_id
),

completed as (
    select
        kept.play_id,
        kept.listener_id,
        kept.play_date,
        busy.started_at,
        coalesce(busy.ended_at, completions.ended_at) as ended_at,
        coalesce(kept.ms_played, completions.ms_played) as ms_played,
        coalesce(kept.track_id, completions.track_id) as source_track_id,
        kept.recording_key,
        kept.track_name,
        kept.artist_name,
        coalesce(kept.album_name, completions.album_name) as album_name,
        coalesce(kept.duration_ms, completions.duration_ms) as duration_ms,
        coalesce(kept.isrc, completions.isrc) as isrc,
        coalesce(kept.recording_mbid, completions.recording_mbid) as recording_mbid,
        kept.source,
        kept.license_class,
        kept.anchor,
        kept.precision_seconds,
        coalesce(kept.platform, completions.platform) as platform,
        coalesce(kept.country, completions.country) as country,
        coalesce(kept.reason_start, completions.reason_start) as reason_start,
        coalesce(kept.reason_end, completions.reason_end) as reason_end,
        coalesce(kept.shuffle, completions.shuffle) as shuffle,
        coalesce(kept.skipped_flag, completions.skipped_flag) as skipped_flag,
        coalesce(kept.offline, completions.offline) as offline,
        coalesce(kept.incognito, completions.incognito) as incognito,
        kept.is_offline_clock,
        kept.is_overlong,
        -- Crossfade plays two tracks at once for at most 12 seconds; a clock of minutes cannot tell.
        coalesce(
            busy.busy_until_s - {{ epoch_seconds('busy.started_at') }} > 12 + kept.precision_seconds, false
        ) as overlaps_another,
        evidence.records,
        evidence.sources,
        kept.source_file,
        kept.source_row,
        kept.record_hash,
        kept.ingested_at
    from kept
    inner join busy on kept.play_id = busy.play_id
    left join completions on kept.play_id = completions.play_id
    inner join evidence on kept.play_id = evidence.play_id
    where {{ in_window('kept.play_date', 1) }}
)

select
    play_id,
    listener_id,
    play_date,
    started_at,
    ended_at,
    {{ capped_ms('ms_played') }} as ms_played,
    -- A local file or a scrobble has no id: its names stand for one.
    coalesce(
        source_track_id, {{ md5_of([normalised_name('artist_name'), normalised_name('track_name')]) }}
    ) as track_id,
    recording_key,
    track_name,
    {{ artist_id_of('artist_name') }} as artist_id,
    artist_name,
    {{ album_id_of('artist_name', 'album_name') }} as album_id,
    album_name,
    duration_ms,
    isrc,
    recording_mbid,
    source,
    license_class,
    anchor,
    precision_seconds,
    platform,
    -- ZZ is Spotify's word for a country it does not know.
    nullif(country, 'ZZ') as country,
    reason_start,
    reason_end,
    shuffle,
    -- Spotify left the flag empty for years; how the play ended tells the same.
    coalesce(skipped_flag, false)
    or coalesce(reason_end in ('fwdbtn', 'backbtn', 'endplay', 'unknown'), false) as skipped,
    offline,
    incognito,
    is_offline_clock,
    is_overlong,
    overlaps_another,
    records,
    sources,
    source_file,
    source_row,
    record_hash,
    ingested_at
from completed
