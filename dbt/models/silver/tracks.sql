{%- set features = [
    'danceability', 'energy', 'key', 'loudness', 'mode', 'speechiness', 'acousticness', 'instrumentalness', 'liveness',
    'valence', 'tempo',
] %}
with

-- A track stands in the catalogue once for each genre or playlist.
catalogued as (
    select * from {{ ref('catalogue_tracks') }}
    qualify row_number() over (partition by track_id order by {{ most_popular_first() }}) = 1
),

played as (
    select
        track_id,
        min(recording_key) as recording_key,
        count(*) as plays,
        min(started_at) as first_played_at,
        max(started_at) as last_played_at,
        max(case when license_class <> 'spotify_api' then 1 else 0 end) = 1 as is_told_by_others
    from {{ ref('plays') }}
    group by track_id
),

latest_names as (
    select
        track_id,
        track_name,
        artist_name
    from {{ ref('plays') }}
    qualify row_number() over (
        partition by track_id order by started_at desc, track_name, artist_name, play_id
    ) = 1
),

history as (
    select
        played.*,
        latest_names.track_name,
        latest_names.artist_name
    from played
    inner join latest_names on played.track_id = latest_names.track_id
),

described as (
    select
        track_id,
        {%- for value in ['album_name', 'duration_ms', 'release_date', 'explicit'] %}
        min_by({{ value }}, case when {{ value }} is not null then source_rank end) as {{ value }},
        min_by(source, case when {{ value }} is not null then source_rank end) as {{ value }}_source,
        {%- endfor %}
        min_by(isrc, case when isrc is not null then source_rank end) as isrc
    from {{ ref('track_descriptions') }}
    group by track_id
),

named as (
    select
        coalesce(catalogued.track_id, history.track_id) as track_id,
        coalesce(catalogued.track_name, history.track_name) as track_name,
        coalesce(catalogued.artist_name, history.artist_name) as artist_name,
        {%- for feature in features %}
        catalogued.{{ feature }} as catalogued_{{ feature }},
        {%- endfor %}
        catalogued.track_id is not null as is_catalogued,
        coalesce(catalogued.origin, 'history') as origin,
        coalesce(history.plays, 0) as plays,
        coalesce(
            history.recording_key, {{ recording_key('catalogued.artist_name', 'catalogued.track_name') }}
        ) as recording_key,
        history.first_played_at,
        history.last_played_at,
        coalesce(history.is_told_by_others, false) as is_told_by_others
    from catalogued
    full outer join history on catalogued.track_id = history.track_id
)

select
    named.track_id,
    case
        when named.origin = 'generated' then null
        when length(named.track_id) = 22 then named.track_id
        else scrobbled.track_id
    end as spotify_track_id,
    named.recording_key,
    named.track_name,
    {{ artist_id_of('named.artist_name') }} as artist_id,
    named.artist_name,
    {{ album_id_of('named.artist_name', 'described.album_name') }} as album_id,
    described.album_name,
    described.album_name_source as album_source,
    described.duration_ms,
    described.duration_ms_source as duration_source,
    described.isrc,
    -- Dates are written as a year, a month or a day; all begin with the year.
    try_cast(left(described.release_date, 4) as bigint) as release_year,
    described.release_date_source as release_source,
    popularities.popularity,
    popularities.popularity_source,
    described.explicit,
    described.explicit_source,
    {%- for feature in features %}
    {%- set measure = 'nullif(at_spotify.key, -1)' if feature == 'key' else 'at_spotify.' ~ feature %}
    coalesce({{ measure }}, named.catalogued_{{ feature }}) as {{ feature }},
    {%- endfor %}
    case
        when at_spotify.danceability is not null then 'spotify_api'
        when named.catalogued_danceability is not null
            then case when named.origin = 'file' then 'catalogue' else 'simulation' end
    end as features_source,
    named.origin,
    named.is_catalogued or named.is_told_by_others as is_training_data,
    named.plays,
    named.first_played_at,
    named.last_played_at
from named
left join described on named.track_id = described.track_id
left join {{ ref('track_popularity') }} as popularities on named.track_id = popularities.track_id
left join {{ ref('scrobbled_tracks') }} as scrobbled on named.recording_key = scrobbled.recording_key
left join {{ source('raw', 'spotify_audio_features') }} as at_spotify on named.track_id = at_spotify.track_id
