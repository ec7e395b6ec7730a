{#- What answers of Spotify say of a track, whatever was asked: the track, what was saved, what was played. -#}
select
    track_id,
    track_name,
    artist_name,
    artist_names,
    album_name,
    duration_ms,
    release_date,
    popularity,
    explicit,
    isrc,
    requested_at
from {{ source('raw', 'spotify_tracks') }}
where track_name is not null

{%- for table, asked_at in [('spotify_saved_tracks', 'requested_at'), ('spotify_recently_played', 'ingested_at')] %}

union all

select
    track_id,
    track_name,
    artist_name,
    artist_names,
    album_name,
    duration_ms,
    {{ json_text('body', 'track.album.release_date') }} as release_date,
    cast({{ json_text('body', 'track.popularity') }} as bigint) as popularity,
    cast({{ json_text('body', 'track.explicit') }} as boolean) as explicit,
    isrc,
    {{ asked_at }} as requested_at
from {{ source('raw', table) }}
-- A file of the listener's own has no id.
where track_id is not null
{%- endfor %}
