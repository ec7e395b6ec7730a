with

heard as (
    select
        track_id,
        count(distinct listener_id) as listeners,
        {{ listening_totals() }}
    from {{ ref('listener_tracks') }}
    group by track_id
)

select
    tracks.track_id,
    tracks.track_name,
    tracks.artist_id,
    tracks.artist_name,
    tracks.album_id,
    coalesce(genres.primary_genre, 'unclassified') as primary_genre,
    tracks.release_year,
    tracks.duration_ms,
    tracks.explicit,
    tracks.popularity,
    tracks.popularity_source,
    {%- for measure in audio_measures() %}
    tracks.{{ measure }},
    {%- endfor %}
    tracks.key,
    tracks.mode,
    tracks.features_source,
    coalesce(heard.plays, 0) as plays,
    coalesce(heard.listeners, 0) as listeners,
    coalesce(heard.minutes_listened, 0) as minutes_listened,
    heard.skip_rate,
    heard.completion,
    heard.first_played_at,
    heard.last_played_at
from {{ ref('tracks') }} as tracks
left join heard on tracks.track_id = heard.track_id
left join {{ source('enrichment', 'artist_genres') }} as genres on tracks.artist_id = genres.artist_id
