"""What the command line tells of the warehouse: questions to it, as plain values. Showing them is in display.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tunegenie_assets.keys import LAYERS
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.settings import CountingPolicy

Rows = list[dict[str, Any]]
NO_NEW_TRACKS = "no track they have not played is known; set TUNEGENIE_CATALOGUE to a table of Spotify tracks"


@dataclass(frozen=True)
class TableSize:
    """Rows of one table or view."""

    layer: str
    name: str
    rows: int


def table_sizes(warehouse: WarehouseIOManager) -> list[TableSize]:
    """Every table of every layer in the order of the flow; empty where nothing has been built."""
    found = warehouse.query(
        "select lower(table_schema) as layer, lower(table_name) as name, table_type from information_schema.tables"
    ).to_pylist()
    tables = sorted(
        ((row["layer"], row["name"]) for row in found if row["layer"] in LAYERS),
        key=lambda t: (LAYERS.index(t[0]), t[1]),
    )
    if not tables:
        return []
    counts = [f"select '{layer}.{name}' as name, count(*) as row_count from {layer}.{name}" for layer, name in tables]  # noqa: S608  # names come from the catalog
    by_name = {r["name"]: int(r["row_count"]) for r in warehouse.query(" union all ".join(counts)).to_pylist()}
    return [TableSize(layer, name, by_name[f"{layer}.{name}"]) for layer, name in tables]


def rows_by_layer(sizes: Sequence[TableSize]) -> dict[str, tuple[int, int]]:
    """Tables and rows of each layer."""
    layers: dict[str, tuple[int, int]] = {}
    for size in sizes:
        tables, rows = layers.get(size.layer, (0, 0))
        layers[size.layer] = (tables + 1, rows + size.rows)
    return layers


def top_genres(warehouse: WarehouseIOManager, limit: int = 8) -> Rows:
    return warehouse.query(
        """
        select primary_genre as genre, cast(sum(total_plays) as bigint) as plays, sum(minutes) / 60 as hours,
               cast(100.0 * sum(total_plays) / sum(sum(total_plays)) over () as double) as percent
        from gold.genre_analysis_complete
        group by primary_genre
        order by plays desc, genre
        """
    ).to_pylist()[:limit]


def recommendations_for(warehouse: WarehouseIOManager, listener_id: str | None, week: date | None = None) -> Rows:
    """Recommendations of a listener, by rank, of a week or the last; without one, of the first listener who has any."""
    of_week = week.isoformat() if week else None
    return warehouse.query(
        """
        select listener_id, rank, track_name, artist_name, primary_genre, reason
        from recommender.recommendations
        where
            week = coalesce(cast(? as date), (select max(week) from recommender.recommendations))
            and listener_id = coalesce(?, (
                select min(listener_id) from recommender.recommendations
                where week = coalesce(cast(? as date), (select max(week) from recommender.recommendations))
            ))
        order by rank
        """,
        [of_week, listener_id, of_week],
    ).to_pylist()


def sources(warehouse: WarehouseIOManager) -> Rows:
    """Each source: listeners, plays, hours and the days it covers."""
    return warehouse.query(
        """
        select source, count(distinct listener_id) as listeners, count(*) as plays,
               cast(sum(ms_played) / 3600000.0 as double) as hours,
               min(started_at) as first_play, max(started_at) as last_play,
               count(distinct play_date) as days
        from silver.plays
        group by source
        order by source
        """
    ).to_pylist()


def years_of_listening(warehouse: WarehouseIOManager) -> Rows:
    """Plays and hours by local year of each listener that is not simulated."""
    return warehouse.query(
        """
        select s.listener_id, cast(extract(year from s.local_date) as integer) as year,
               cast(sum(s.total_plays) as bigint) as plays, sum(s.minutes_listened) / 60 as hours
        from gold.daily_listening_summary as s
        inner join gold.dim_listener as l on s.listener_id = l.listener_id
        where not l.is_simulated
        group by s.listener_id, extract(year from s.local_date)
        order by 1, 2
        """
    ).to_pylist()


def fates_by_file(warehouse: WarehouseIOManager, listener_id: str) -> Mapping[str, Mapping[str, int]]:
    """For each file of a listener's archives, how many of its rows met which fate in the ledger."""
    rows = warehouse.query(
        """
        select source_file, fate, count(*) as records
        from silver.play_ledger
        where listener_id = ?
        group by 1, 2
        """,
        [listener_id],
    ).to_pylist()
    fates: dict[str, dict[str, int]] = {}
    for row in rows:
        fates.setdefault(row["source_file"], {})[row["fate"]] = int(row["records"])
    return fates


def plays_by_archive(warehouse: WarehouseIOManager, listener_id: str) -> Mapping[str, int]:
    """How many of a listener's plays are told by which archive; archives none of whose plays were built are absent."""
    # What could not be read stands in the ledger before an import has come to its plays, and in spite of its failing.
    rows = warehouse.query(
        """
        select split_part(source_file, '/', 1) as archive_id, sum(case when fate = 'kept' then 1 else 0 end) as plays
        from silver.play_ledger
        where listener_id = ? and fate <> 'unparseable'
        group by 1
        """,
        [listener_id],
    ).to_pylist()
    return {row["archive_id"]: int(row["plays"]) for row in rows}


def is_counted_under(warehouse: WarehouseIOManager, policy: CountingPolicy) -> bool:
    """Whether the plays that count are those of this policy; not so where it was changed since the last recount."""
    others = warehouse.query(
        f"""
        select count(*) as plays
        from silver.counted_plays
        where exclusion_id is null and counts_as_play <> counts_{policy}
        """  # noqa: S608  # the name of a policy
    ).to_pylist()
    return int(others[0]["plays"]) == 0


def merges(warehouse: WarehouseIOManager, listener_id: str) -> Mapping[str, int]:
    """How many of a listener's records were merged by which step."""
    rows = warehouse.query(
        """
        select merged_by, count(*) as records
        from silver.play_ledger
        where listener_id = ? and merged_by is not null
        group by merged_by
        """,
        [listener_id],
    ).to_pylist()
    return {row["merged_by"]: int(row["records"]) for row in rows}
