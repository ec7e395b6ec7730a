"""What the warehouse would like to know more of: tracks, albums and artists that were played, the most played first.

Plays of simulated listeners do not count. What is known already is not asked for: that is seen to in sources/.
"""

from __future__ import annotations

from typing import Any

from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.sources.enriching import Wanted

_NEEDED = (
    ("silver", "plays"),
    ("silver", "listeners"),
    ("silver", "tracks"),
    ("raw", "spotify_recently_played"),
    ("raw", "spotify_tracks"),
)
_TABLES = """
select lower(table_schema) as layer, lower(table_name) as name
from information_schema.tables
where lower(table_schema) in ('silver', 'raw')
"""
_PLAYS = """
select plays.*
from silver.plays as plays
inner join silver.listeners as listeners on plays.listener_id = listeners.listener_id
where not listeners.is_simulated
"""
_TRACKS = f"""
select plays.track_id as name
from ({_PLAYS}) as plays
inner join silver.tracks as tracks on plays.track_id = tracks.track_id
where length(plays.track_id) = 22 and (tracks.album_name is null or tracks.duration_ms is null)
group by plays.track_id
order by count(*) desc, plays.track_id
"""  # noqa: S608 - a query of above
_ARTIST_NAMES = f"""
select min(plays.artist_name) as name
from ({_PLAYS}) as plays
where plays.artist_name is not null
group by plays.artist_id
order by count(*) desc, plays.artist_id
"""  # noqa: S608 - a query of above
_NAMED_TRACKS = f"""
select tracks.artist_name as artist, tracks.track_name as name
from ({_PLAYS}) as plays
inner join silver.tracks as tracks on plays.track_id = tracks.track_id
where
    tracks.artist_name is not null and tracks.track_name is not null
    and (tracks.album_name is null or tracks.duration_ms is null)
group by tracks.artist_name, tracks.track_name
order by count(*) desc, tracks.artist_name, tracks.track_name
"""  # noqa: S608 - a query of above
_RECORDINGS = f"""
select plays.recording_mbid as name
from ({_PLAYS}) as plays
where plays.recording_mbid is not null
group by plays.recording_mbid
order by count(*) desc, plays.recording_mbid
"""  # noqa: S608 - a query of above
# An item of a page of plays tells the date within its album, and only there.
_CREDITS = """
select track_id, artist_id, album_id, case when body like '%"release_date": "%' then 1 else 0 end as is_dated
from raw.spotify_recently_played
union
select track_id, artist_id, album_id, case when release_date is not null then 1 else 0 end as is_dated
from raw.spotify_tracks
"""
_ARTISTS = f"""
select credits.artist_id as name
from ({_PLAYS}) as plays
inner join (select distinct track_id, artist_id from ({_CREDITS}) as credited) as credits
    on plays.track_id = credits.track_id
where credits.artist_id is not null
group by credits.artist_id
order by count(*) desc, credits.artist_id
"""  # noqa: S608 - queries of above
_ALBUMS = f"""
select credits.album_id as name
from ({_PLAYS}) as plays
inner join ({_CREDITS}) as credits on plays.track_id = credits.track_id
where credits.album_id is not null
group by credits.album_id
having max(credits.is_dated) = 0
order by count(*) desc, credits.album_id
"""  # noqa: S608 - queries of above


def wanted_by(warehouse: WarehouseIOManager) -> Wanted:
    """Nothing before the first build."""
    found = {(row["layer"], row["name"]) for row in warehouse.query(_TABLES).to_pylist()}
    if not found.issuperset(_NEEDED):
        return Wanted()

    def names(sql: str) -> list[str]:
        return [row["name"] for row in warehouse.query(sql).to_pylist()]

    named: list[dict[str, Any]] = warehouse.query(_NAMED_TRACKS).to_pylist()
    return Wanted(
        tracks=names(_TRACKS),
        albums=names(_ALBUMS),
        artists=names(_ARTISTS),
        artist_names=names(_ARTIST_NAMES),
        named_tracks=[(row["artist"], row["name"]) for row in named],
        recordings=names(_RECORDINGS),
    )
