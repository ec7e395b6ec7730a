with

measured as (
    select
        album_id,
        count(*) as tracks,
        count(danceability) as measured_tracks,
        max(popularity) as popularity,
        {%- for measure in ['duration_ms'] + audio_measures() %}
        {{ weighted_mean(measure, weight_of_track('plays')) }} as {{ measure }},
        {%- endfor %}
        {{ weighted_mean('mode', weight_of_track('plays')) }} as major_share
    from {{ ref('track_features') }}
    where album_id is not null
    group by album_id
),

-- By the album that a track is known to be on, whatever album a play of it names.
listened as (
    select
        listener_tracks.*,
        features.album_id
    from {{ ref('listener_tracks') }} as listener_tracks
    inner join {{ ref('track_features') }} as features on listener_tracks.track_id = features.track_id
    where features.album_id is not null
),

heard as (
    select
        album_id,
        count(distinct listener_id) as listeners,
        {{ listening_totals() }}
    from listened
    group by album_id
)

select
    albums.album_id,
    albums.album_name,
    albums.artist_id,
    albums.artist_name,
    albums.release_year,
    measured.tracks,
    measured.measured_tracks,
    measured.popularity as highest_popularity,
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
from {{ ref('albums') }} as albums
inner join measured on albums.album_id = measured.album_id
left join heard on albums.album_id = heard.album_id
