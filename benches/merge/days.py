"""What one new day costs to merge: the same day into a short and into a ten times longer history, side by side.

The histories are filled by SQL, since no one could import ten million records in a bench. Only the models that merge
are run, in process, as the Dagster runner calls dbt. The times are those that dbt measures for each model, without
its own start, which would hide a difference.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

from benches.processes import BenchError
from benches.report import Size
from tunegenie_assets.dbt_support.arguments import variables
from tunegenie_assets.dbt_support.project import DbtProjectFiles, parse
from tunegenie_assets.dbt_support.runner import connections_closed_after
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.schemas.registry import TABLES
from tunegenie_assets.settings import PREFIX

MODELS = ("+fqn:tunegenie.silver.plays", "+fqn:tunegenie.silver.play_ledger")
"""The plays, the ledger and all that they are made of; a semantic model is called `plays` as well."""
SOURCES = ("lastfm_scrobbles", "spotify_extended_history")
FIRST_DAY = date(2019, 1, 1)
DAYS_AT_ONCE = 167
"""Days of a history that are built in one call; ten million records in one call take 18 GB of memory."""
TRIALS: dict[Size, int] = {"full": 5, "small": 1}


@dataclass(frozen=True)
class Scale:
    """Two histories with equal days: `listeners` times `plays_per_day` records of Spotify, half as many of Last.fm."""

    listeners: int
    plays_per_day: int
    short_days: int
    long_days: int


SCALES: dict[Size, Scale] = {
    "full": Scale(listeners=500, plays_per_day=20, short_days=67, long_days=667),
    "small": Scale(listeners=20, plays_per_day=20, short_days=8, long_days=80),
}

FILL = """
insert into raw.spotify_extended_history by name
with numbered as (
    select
        day,
        listener,
        slot,
        -- Plays follow one another every four minutes from an hour of the listener's own.
        cast($first_day as timestamp) + to_days(cast(day as integer))
            + to_seconds(listener % 12 * 3600 + slot * 240 + 3) as begun,
        hash(day, listener, slot) % 5000 as track
    from range($from_day, $until_day) as days (day)
    cross join range($listeners) as listeners (listener)
    cross join range($slots) as slots (slot)
)

select
    cast(begun as date) as play_date,
    begun as started_at,
    'ts' as started_from,
    begun + interval 200 second as ts,
    200000 as ms_played,
    'Song ' || track as master_metadata_track_name,
    'Artist ' || track % 400 as master_metadata_album_artist_name,
    'Album ' || track % 900 as master_metadata_album_album_name,
    'spotify:track:' || lpad(cast(track as varchar), 22, '0') as spotify_track_uri,
    'trackdone' as reason_start,
    'trackdone' as reason_end,
    false as offline,
    false as incognito_mode,
    'listener-' || listener as listener_id,
    'spotify-' || listener || '/0000' as source_file,
    day * $slots + slot as source_row,
    md5('spotify-' || listener || '-' || day || '-' || slot) as record_hash,
    cast('2026-01-01' as timestamp) as ingested_at
from numbered
"""

FILL_LASTFM = """
insert into raw.lastfm_scrobbles by name
select
    play_date,
    started_at - interval 3 second as started_at,
    'ghan' as export_tool,
    1 as precision_seconds,
    master_metadata_album_artist_name as artist,
    master_metadata_album_album_name as album,
    master_metadata_track_name as track,
    listener_id,
    replace(source_file, 'spotify', 'lastfm') as source_file,
    source_row,
    md5('lastfm' || record_hash) as record_hash,
    ingested_at
from raw.spotify_extended_history
where source_row % 2 = 0 and play_date >= $from_date and play_date < $until_date
"""


@dataclass(frozen=True)
class DayCost:
    """Seconds that one new day costs in each history: the medians, and the records that the histories hold."""

    short_seconds: float
    long_seconds: float
    short_records: int
    long_records: int
    day_records: int
    trials: int

    @property
    def ratio(self) -> float:
        return self.long_seconds / self.short_seconds


@dataclass(frozen=True)
class Warehouse:
    """A DuckDB file with raw tables, on which dbt is run."""

    home: Path

    @property
    def path(self) -> Path:
        return self.home / "warehouse.duckdb"

    def create(self) -> None:
        self.home.mkdir(parents=True)
        tables = DuckDBTables(warehouse_path=str(self.path), lock_path=str(self.home / "warehouse.lock"))
        tables.create_missing(TABLES)

    def fill(self, scale: Scale, from_day: int, until_day: int) -> None:
        """Add the records of the days [from_day, until_day), counted from FIRST_DAY."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(
                FILL,
                {
                    "first_day": FIRST_DAY.isoformat(),
                    "from_day": from_day,
                    "until_day": until_day,
                    "listeners": scale.listeners,
                    "slots": scale.plays_per_day,
                },
            )
            window = {"from_date": _day(from_day), "until_date": _day(until_day)}
            connection.execute(FILL_LASTFM, window)

    def merge(self, from_day: int, until_day: int) -> dict[str, float]:
        """Build the days [from_day, until_day) and return the seconds of each model.

        Raises:
            BenchError: a model could not be built.
        """
        os.environ[f"{PREFIX}HOME"] = str(self.home)  # the profile of dbt finds the file by it
        files = DbtProjectFiles(target="ci", target_path=self.home.parent / "dbt")
        window = variables((_day(from_day), _day(until_day)), {"default_timezone": "UTC"}, SOURCES)
        command = ["run", "--select", *MODELS, *window, *files.global_arguments]
        with connections_closed_after():
            outcome = dbtRunner(manifest=parse(files)).invoke(command)
        if not isinstance(outcome.result, RunExecutionResult):
            raise BenchError(f"dbt: {outcome.exception}")
        failed = [f"{r.node.name}: {r.message}" for r in outcome.result.results if str(r.status) != "success"]
        if failed:
            raise BenchError("; ".join(failed))
        return {result.node.name: result.execution_time for result in outcome.result.results}

    def count(self, table: str) -> int:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            row = connection.execute(f"select count(*) from {table}").fetchone()
        return int(row[0]) if row else 0


def measure_days(size: Size, folder: Path) -> DayCost:
    """Build both histories below `folder`, then add one new day at a time to each in turn.

    Raises:
        BenchError: dbt failed.
    """
    scale = SCALES[size]
    warehouses = [Warehouse(folder / name) for name in ("short", "long")]
    lengths = (scale.short_days, scale.long_days)
    for warehouse, days in zip(warehouses, lengths, strict=True):
        warehouse.create()
        # The days are counted back from one last day, so that both histories get the same new days.
        warehouse.fill(scale, scale.long_days - days, scale.long_days)
        for from_day in range(scale.long_days - days, scale.long_days, DAYS_AT_ONCE):
            warehouse.merge(from_day, min(from_day + DAYS_AT_ONCE, scale.long_days))
    records = [_records(warehouse) for warehouse in warehouses]
    seconds: list[list[float]] = [[], []]
    for trial in range(TRIALS[size]):
        day = scale.long_days + trial
        for number in _alternating(trial):
            warehouses[number].fill(scale, day, day + 1)
            seconds[number].append(sum(warehouses[number].merge(day, day + 1).values()))
    return DayCost(
        short_seconds=statistics.median(seconds[0]),
        long_seconds=statistics.median(seconds[1]),
        short_records=records[0],
        long_records=records[1],
        day_records=(_records(warehouses[0]) - records[0]) // TRIALS[size],
        trials=TRIALS[size],
    )


def _records(warehouse: Warehouse) -> int:
    return warehouse.count("raw.spotify_extended_history") + warehouse.count("raw.lastfm_scrobbles")


def _alternating(trial: int) -> Sequence[int]:
    """Neither history is always first."""
    return (0, 1) if trial % 2 == 0 else (1, 0)


def _day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)
