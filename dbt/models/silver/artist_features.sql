{%- set weight = 'credits.weight * ' ~ weight_of_track('features.plays') %}
with

-- Guests too: a track speaks for each of its artists by their share of it.
measured as (
    select
        credits.artist_id,
        count(*) as tracks,
        count(distinct features.album_id) as albums,
        min(features.release_year) as first_release_year,
        max(features.release_year) as last_release_year,
        count(features.danceability) as measured_tracks,
        {%- for measure in ['duration_ms'] + audio_measures() %}
        {{ weighted_mean('features.' ~ measure, weight) }} as {{ measure }},
        {%- endfor %}
        {{ weighted_mean('features.mode', weight) }} as major_share
    from {{ ref('track_artists') }} as credits
    inner join {{ ref('track_features') }} as features on credits.track_id = features.track_id
    group by credits.artist_id
),

heard as (
    select
        artist_id,
        count(distinct listener_id) as listeners,
        {{ listening_totals() }}
    from {{ ref('listener_tracks') }}
    group by artist_id
)

select
    artists.artist_id,
    artists.artist_name,
    coalesce(genres.primary_genre, 'unclassified') as primary_genre,
    artists.popularity,
    artists.popularity_source,
    coalesce(measured.tracks, 0) as tracks,
    coalesce(measured.albums, 0) as albums,
    measured.first_release_year,
    measured.last_release_year,
    coalesce(measured.measured_tracks, 0) as measured_tracks,
    measured.duration_ms as average_duration_ms,
    {%- for measure in audio_measures() %}
    measured.{{ measure }},
    {%- endfor %}
    measured.major_share,
    coalesce(heard.plays, 0) as plays,
    coalesce(heard.listeners, 0) as listeners,
    coalesce(heard.minutes_listened, 0) as minutes_listened,
    heard.skip_rate,
    heard.completion,
    heard.first_played_at,
    heard.last_played_at
from {{ ref('artists') }} as artists
left join measured on artists.artist_id = measured.artist_id
left join heard on artists.artist_id = heard.artist_id
left join {{ source('enrichment', 'artist_genres') }} as genres on artists.artist_id = genres.artist_id
