"""Histories of millions of plays, made by SQL in a DuckDB file as Python assets would have left them.

Nobody could import fifty million plays in a bench: the sources of the dbt project are filled directly, with plays of a
population, each told once. What the merge of many sources costs is measured by benches.merge.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.schemas.registry import TABLES

MEMORY = "4GB"
"""What DuckDB may hold: half of what a build may take at its peak. The rest is for what it does not count."""
FIRST_DAY = date(2019, 1, 1)
DAYS_AT_ONCE = 50
"""Days that are made in one statement, so that making them takes little memory."""
TRACKS = 100_000
ARTISTS = 8_000
ZONES = ("UTC", "America/Denver", "Europe/Zurich", "Asia/Kolkata", "Australia/Lord_Howe")
GENRES = (
    "pop",
    "rock",
    "indie pop",
    "hip hop",
    "jazz",
    "techno",
    "folk",
    "metal",
    "soul",
    "ambient",
    "reggae",
    "classical",
)


@dataclass(frozen=True)
class History:
    """`listeners` people who all play `plays_per_day` tracks on each of `days` days that end where LAST_DAY is."""

    listeners: int
    plays_per_day: int
    days: int

    @property
    def plays(self) -> int:
        return self.listeners * self.plays_per_day * self.days


CATALOGUE = """
insert into raw.catalogue_tracks by name
select
    lpad(cast(track as varchar), 22, '0') as track_id,
    'Song ' || track as track_name,
    'Artist ' || track % $artists as artist_name,
    case when track % 10 = 0
        then 'Artist ' || track % $artists || ';Artist ' || (track + 1) % $artists
        else 'Artist ' || track % $artists
    end as artist_names,
    'Album ' || track // 12 as album_name,
    cast(1960 + track % 60 as varchar) as release_date,
    track % 101 as popularity,
    120000 + track * 7919 % 180000 as duration_ms,
    false as explicit,
    list_value({genres})[1 + track % $artists % {genre_count}] as genre,
    hash(track, 1) % 1000 / 1000.0 as danceability,
    hash(track, 2) % 1000 / 1000.0 as energy,
    hash(track, 3) % 1000 / 1000.0 as valence,
    'generated' as origin
from range($tracks) as tracks (track)
"""

LISTENERS = """
insert into synthetic.listeners by name
select
    'sim-' || listener as listener_id,
    'Listener ' || listener as display_name,
    'listener-' || listener || '@example.org' as email,
    'CH' as country,
    list_value({zones})[1 + listener % {zone_count}] as timezone,
    cast($first_day as date) as joined_date,
    'pop' as favourite_genre,
    '{{"pop": 1.0}}' as taste,
    1.0 as active_share,
    3.0 as sessions_per_day,
    7.0 as session_length,
    0.3 as skip_rate,
    0.9 as finish_rate,
    0.2 as explore_rate,
    500.0 as memory_days,
    0.2 as loyalty,
    0.1 as same_artist_rate,
    0.05 as same_track_rate,
    0.5 as shuffle_rate,
    18.0 as peak_hour,
    3.0 as hour_spread,
    1.0 as weekend_factor,
    'android' as platform,
    cast($first_day as date) as simulated_from,
    cast($last_day as date) as simulated_until,
    1 as seed
from range($listeners) as listeners (listener)
"""

GENRES_OF_ARTISTS = """
insert into enrichment.artist_genres by name
select
    md5('artist ' || artist) as artist_id,
    'Artist ' || artist as artist_name,
    list_value({genres})[1 + artist % {genre_count}] as primary_genre,
    primary_genre as genre_family,
    'simulation' as genre_source,
    1.0 as confidence,
    primary_genre as training_genre
from range($artists) as artists (artist)
"""

FAMILIES = """
insert into enrichment.genre_taxonomy by name
select genre, genre as parent, genre as family, 'exact' as matched_by
from unnest(list_value({genres})) as genres (genre)
"""

# Three sessions a day, tracks four minutes apart; a listener's own few hundred tracks and, for every fifth play, any.
PLAYS = """
insert into synthetic.plays by name
with slots as (
    select
        day,
        listener,
        slot,
        hash(day, listener, slot) as random
    from range($from_day, $until_day) as days (day)
    cross join range($listeners) as listeners (listener)
    cross join range($slots) as slots (slot)
),

chosen as (
    select
        *,
        case
            when random % 5 = 0 then random // 5 % $tracks
            -- The square of a uniform number: some tracks of a library are played far more often than others.
            else hash(listener, cast(floor(400 * power(random // 5 % 10000 / 10000.0, 2)) as integer)) % $tracks
        end as track,
        cast($first_day as timestamp) + to_days(cast(day as integer))
            + to_seconds(listener % 6 * 3600 + slot * 3 // $slots * 18000 + slot * 240) as begun,
        case when random // 7 % 3 = 0 then 20000 else 200000 end as ms_played
    from slots
)

select
    cast(begun as date) as play_date,
    'sim-' || listener as listener_id,
    begun as started_at,
    begun + to_milliseconds(ms_played) as ended_at,
    ms_played,
    lpad(cast(track as varchar), 22, '0') as track_id,
    'Song ' || track as track_name,
    'Artist ' || track % $artists as artist_name,
    'Album ' || track // 12 as album_name,
    'ios' as platform,
    'clickrow' as reason_start,
    case when ms_played < 30000 then 'fwdbtn' else 'trackdone' end as reason_end,
    false as shuffle,
    ms_played < 30000 as skipped
from chosen
"""


def create(warehouse: Path, history: History) -> None:
    """Make the file with all tables, and the plays of the days from FIRST_DAY on."""
    warehouse.parent.mkdir(parents=True)
    tables = DuckDBTables(warehouse_path=str(warehouse), lock_path=str(warehouse.with_suffix(".lock")))
    tables.create_missing(TABLES)
    last_day = FIRST_DAY + timedelta(days=history.days)
    genres = {"genres": _literals(GENRES), "genre_count": len(GENRES)}
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(CATALOGUE.format(**genres), {"tracks": TRACKS, "artists": ARTISTS})
        connection.execute(GENRES_OF_ARTISTS.format(**genres), {"artists": ARTISTS})
        connection.execute(FAMILIES.format(**genres))
        connection.execute(
            LISTENERS.format(zones=_literals(ZONES), zone_count=len(ZONES)),
            {"first_day": FIRST_DAY.isoformat(), "last_day": last_day.isoformat(), "listeners": history.listeners},
        )
    for day in range(0, history.days, DAYS_AT_ONCE):
        add_days(warehouse, history, day, min(day + DAYS_AT_ONCE, history.days))


def copy_plays(warehouse: Path) -> None:
    """Copy the plays as they are into another file, once: the least that any table of them can cost."""
    copy = warehouse.with_name("copy.duckdb")
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"set memory_limit = '{MEMORY}'")
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        connection.execute("create table plays as select * from warehouse.synthetic.plays")
    copy.unlink()


def plays_in_gold(warehouse: Path) -> int:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.table("gold.fct_plays").count("*").fetchall()[0][0]


def add_days(warehouse: Path, history: History, from_day: int, until_day: int) -> None:
    """Add the plays of the days [from_day, until_day), counted from FIRST_DAY."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            PLAYS,
            {
                "first_day": FIRST_DAY.isoformat(),
                "from_day": from_day,
                "until_day": until_day,
                "listeners": history.listeners,
                "slots": history.plays_per_day,
                "tracks": TRACKS,
                "artists": ARTISTS,
            },
        )


def _literals(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
