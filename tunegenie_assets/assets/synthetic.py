"""The simulated listeners and their plays. How they listen is in ml/listeners."""

import dagster as dg
import pyarrow as pa

from ml.listeners.plays import simulate_plays
from ml.listeners.population import simulate_listeners
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.partitions import play_days
from tunegenie_assets.resources.partition_counts import count_by_day, days_of, record_counts
from tunegenie_assets.resources.simulation import Simulation
from tunegenie_assets.resources.tables import column_schema
from tunegenie_assets.schemas.catalogue import CATALOGUE_TRACKS, SYNTHETIC_LISTENERS, SYNTHETIC_PLAYS


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
    context: dg.AssetExecutionContext, population: pa.Table, catalogue: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    start, end = days_of(context)
    rows = simulate_plays(population, catalogue, start, end) if population.num_rows else SYNTHETIC_PLAYS.empty()
    record_counts(context, context.asset_key, count_by_day(rows, "play_date"), (start, end))
    return dg.MaterializeResult(value=rows)
