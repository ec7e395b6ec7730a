"""The invented catalogue, the simulated listeners and their plays. How they listen is in ml/listeners."""

import time
from datetime import date
from typing import Any

import dagster as dg
import pyarrow as pa

from ml.listeners.catalogue import USUAL_END, generate_catalogue
from ml.listeners.day_files import Progress
from ml.listeners.population import simulate_listeners
from tunegenie_assets import charts
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.partitions import play_days
from tunegenie_assets.resources.parquet_files import ParquetFiles
from tunegenie_assets.resources.partition_counts import days_of, record_counts
from tunegenie_assets.resources.row_days import days_metadata
from tunegenie_assets.resources.simulated_plays import LandedPlays, SimulatedPlays
from tunegenie_assets.resources.simulation import Simulation
from tunegenie_assets.resources.tables import column_schema
from tunegenie_assets.schemas.catalogue import (
    CATALOGUE_TRACKS,
    SYNTHETIC_CATALOGUE,
    SYNTHETIC_LISTENERS,
    SYNTHETIC_PLAYS,
)

SECONDS_BETWEEN_MESSAGES = 1


@dg.asset(
    key=list(SYNTHETIC_CATALOGUE.key),
    group_name="synthetic",
    description=SYNTHETIC_CATALOGUE.row,
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(SYNTHETIC_CATALOGUE)},
)
def catalogue(simulation: Simulation) -> dg.MaterializeResult[pa.Table]:
    if simulation.catalogue_file is not None:
        return dg.MaterializeResult(value=SYNTHETIC_CATALOGUE.empty())
    population = simulation.settled()
    tracks = generate_catalogue(simulation.seed, released_before=population.until if population else USUAL_END)
    by_genre = tracks.group_by("genre").aggregate([("track_id", "count")])
    chart = charts.bars(by_genre, "genre", "track_id_count", title="Invented tracks by genre", value_title="tracks")
    return dg.MaterializeResult(value=tracks, metadata={"tracks_by_genre": charts.as_metadata(chart)})


@dg.asset(
    key=list(SYNTHETIC_LISTENERS.key),
    ins={"catalogue": dg.AssetIn(list(CATALOGUE_TRACKS.key))},
    group_name="synthetic",
    description=SYNTHETIC_LISTENERS.row,
    owners=list(OWNERS),
    kinds={"python", "faker"},
    metadata={"dagster/column_schema": column_schema(SYNTHETIC_LISTENERS)},
)
def listeners(
    context: dg.AssetExecutionContext, catalogue: pa.Table, simulation: Simulation
) -> dg.MaterializeResult[pa.Table]:
    spec = simulation.settled()
    if spec is None:
        context.log.info("nobody is simulated here; tunegenie demo settles a population")
        return dg.MaterializeResult(value=SYNTHETIC_LISTENERS.empty())
    return dg.MaterializeResult(
        value=simulate_listeners(spec, catalogue),
        metadata={"first_day": spec.first_day.isoformat(), "until": spec.until.isoformat(), "seed": spec.seed},
    )


@dg.asset(
    key=list(SYNTHETIC_PLAYS.key),
    ins={
        "population": dg.AssetIn(list(SYNTHETIC_LISTENERS.key)),
        "catalogue": dg.AssetIn(list(CATALOGUE_TRACKS.key)),
    },
    group_name="synthetic",
    description=SYNTHETIC_PLAYS.row,
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    partitions_def=play_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    metadata={
        "partition_expr": SYNTHETIC_PLAYS.partition_column,
        "dagster/column_schema": column_schema(SYNTHETIC_PLAYS),
    },
)
def plays(
    context: dg.AssetExecutionContext, population: pa.Table, catalogue: pa.Table, simulated_plays: SimulatedPlays
) -> dg.MaterializeResult[ParquetFiles]:
    start, end = days_of(context)
    landed = simulated_plays.land(population, catalogue, start, end, _telling(context.log))
    record_counts(context, context.asset_key, landed.rows_by_day, (start, end))
    return dg.MaterializeResult(value=landed.files, metadata=_figures(landed))


def _telling(log: dg.DagsterLogManager) -> Progress:
    """Says which day has been simulated, about once a second: Dagster stores each message."""
    said = time.monotonic()

    def tell(day: date, rows: int) -> None:
        nonlocal said
        if time.monotonic() - said >= SECONDS_BETWEEN_MESSAGES:
            said = time.monotonic()
            log.info(f"{day}: {rows:,} plays simulated")

    return tell


def _figures(landed: LandedPlays) -> dict[str, Any]:
    heard = [day for day, rows in landed.rows_by_day.items() if rows]
    figures = {
        "rows_in_run": landed.files.rows,
        "files": len(landed.files.paths),
        "bytes": landed.size_bytes,
        **days_metadata(SYNTHETIC_PLAYS.partition_column, min(heard, default=None), max(heard, default=None)),
    }
    return figures | ({"plays_per_second": round(landed.files.rows / landed.seconds)} if landed.files.paths else {})
