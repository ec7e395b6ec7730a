{#-
    Times and lengths are those of the record that tells the play best; what it lacks comes from the others. Records change
    plays of their day and the ones beside it; a play changes the sessions of its day and of the two after it.
-#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    cluster_by=['play_date'],
    tags=['daily'],
    meta={'window_column': 'play_date', 'window_days_before': 1, 'window_days_after': 3},
) }}

{%- set completed = [
    'ms_played', 'album_name', 'duration_ms', 'isrc', 'recording_mbid', 'platform', 'country', 'reason_start', 'reason_end',
    'shuffle', 'skipped_flag', 'offline', 'incognito', 'track_id',
] -%}
{%- set kept_as_told = [
    'play_id', 'listener_id', 'play_date', 'recording_key', 'track_name', 'artist_name', 'source', 'license_class',
    'anchor', 'precision_seconds', 'is_offline_clock', 'is_overlong', 'source_file', 'source_row', 'record_hash',
    'ingested_at',
] %}

with

records as (
    select
        play_records.*,
        {{ feed_rank('feed') }} as feed_rank
    from {{ ref('play_records') }} as play_records
    where
        play_id is not null
        and {{ in_window('play_date', days_before=3, days_after=36) }}
        -- A log of Spotify tells of an offline play under the day on which it was logged, up to 30 days later.
        and (
            {{ in_window('play_date', days_before=3, days_after=4) }}
            or feed in ('spotify_account_history', 'listenbrainz_from_spotify')
        )
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
        {{ first_known(completed + ['ended_at']) }}
    from donors
    group by play_id
),

evidence as (
    select
        play_id,
        count(*) as records,
        count(distinct source) as sources
    from records
    where
        play_id in (
            select merged.play_id
            from records as merged
            where merged.fate = 'merged_into'
        )
    group by play_id
),

{{ timed_plays('records', 'donors') }},

told as (
    select
        {%- for column in kept_as_told %}
        kept.{{ column }},
        {%- endfor %}
        {%- for column in completed %}
        coalesce(kept.{{ column }}, completions.{{ column }}) as {{ column }},
        {%- endfor %}
        timed.started_at,
        coalesce(timed.ended_at, completions.ended_at) as ended_at,
        -- Crossfade plays two tracks at once for at most 12 seconds; a clock of minutes cannot tell.
        coalesce(
            timed.busy_until_s - {{ epoch_seconds('timed.started_at') }} > 12 + kept.precision_seconds, false
        ) as overlaps_another,
        coalesce(evidence.records, 1) as records,
        coalesce(evidence.sources, 1) as sources
    from kept
    inner join timed on kept.play_id = timed.play_id
    left join completions on kept.play_id = completions.play_id
    left join evidence on kept.play_id = evidence.play_id
),

{{ plays_in_sessions('told') }}

select
    play_id,
    listener_id,
    play_date,
    started_at,
    ended_at,
    {{ capped_ms('ms_played') }} as ms_played,
    -- A local file or a scrobble has no id: its names stand for one.
    coalesce(
        in_sessions.track_id, {{ md5_of([normalised_name('artist_name'), normalised_name('track_name')]) }}
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
    -- Spotify left the flag empty for years; how the play ended tells the same. Null where no source tells either.
    case
        when skipped_flag is not null or reason_end is not null
            then
                coalesce(skipped_flag, false)
                or coalesce(reason_end in ('fwdbtn', 'backbtn', 'endplay', 'unknown'), false)
    end as skipped,
    offline,
    incognito,
    is_offline_clock,
    is_overlong,
    overlaps_another,
    records,
    sources,
    session_id,
    source_file,
    source_row,
    record_hash,
    ingested_at
from in_sessions
where {{ in_window('play_date', days_before=1, days_after=3) }}
