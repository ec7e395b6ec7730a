"""What the warehouse would like to know more of: tracks, albums and artists that were played, the most played first."""

from __future__ import annotations

from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.sources.fetching import Wanted

MOST_WANTED = 2000
"""Of each kind in one pass: more than the calls of a day."""

_TABLES = """
select count(*) as found
from information_schema.tables
where lower(table_schema) = 'silver' and lower(table_name) in ('plays', 'listeners')
"""
_TRACKS = """
select plays.track_id as name
from silver.plays as plays
inner join silver.listeners as listeners on plays.listener_id = listeners.listener_id
where not listeners.is_simulated and length(plays.track_id) = 22
group by plays.track_id
order by count(*) desc, plays.track_id
limit ?
"""
_ARTISTS = """
select min(plays.artist_name) as name
from silver.plays as plays
inner join silver.listeners as listeners on plays.listener_id = listeners.listener_id
where not listeners.is_simulated
group by plays.artist_id
order by count(*) desc, plays.artist_id
limit ?
"""


def wanted_by(warehouse: WarehouseIOManager) -> Wanted:
    """Nothing before the first build."""
    [row] = warehouse.query(_TABLES).to_pylist()
    if row["found"] < 2:
        return Wanted()
    tracks, artists = (
        [str(row["name"]) for row in warehouse.query(sql, [MOST_WANTED]).to_pylist()] for sql in (_TRACKS, _ARTISTS)
    )
    return Wanted(tracks=tracks, artist_names=artists)
