{#- Apart from fct_counted_plays: its joins cost more than most metrics, and warehouses do not leave out unused ones. -#}
select
    plays.play_id,
    plays.listener_id,
    plays.track_id,
    plays.recording_key,
    plays.artist_id,
    plays.album_id,
    plays.session_id,
    plays.date_key,
    case when artists.primary_genre <> 'unclassified' then artists.primary_genre end as primary_genre,
    cast(coalesce(tracks.popularity, artists.popularity) as double) as mainstream_score,
    cast(tracks.duration_ms as double) / 60000 as track_minutes,
    cast(tracks.release_year as double) as release_year,
    cast(case when tracks.explicit then 1 when not tracks.explicit then 0 end as double) as explicit_share,
    tracks.danceability,
    tracks.energy,
    tracks.valence,
    tracks.tempo
from {{ ref('fct_counted_plays') }} as plays
left join {{ ref('dim_track') }} as tracks on plays.track_id = tracks.track_id
left join {{ ref('dim_artist') }} as artists on plays.artist_id = artists.artist_id
