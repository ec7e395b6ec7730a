"""Raw tables: one row per record of a source, as the source wrote it. Readers of formats are in sources/."""

import dagster as dg
import pyarrow as pa

from tunegenie_assets.keys import OWNERS
from tunegenie_assets.partitions import play_days
from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.partition_counts import count_by_day, days_of, record_counts
from tunegenie_assets.resources.simulation import Simulation
from tunegenie_assets.resources.tables import column_schema
from tunegenie_assets.resources.transient import again_where_transient
from tunegenie_assets.schemas.catalogue import CATALOGUE_TRACKS, SYNTHETIC_CATALOGUE
from tunegenie_assets.schemas.collected import COLLECTED, LISTENING
from tunegenie_assets.schemas.histories import REJECTED_RECORDS
from tunegenie_assets.schemas.landing import ARCHIVES, PAGE_FILES
from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.catalogue import read_catalogue


def _history(table: Table) -> dg.AssetsDefinition:
    """The asset of one source's history; its kind is the service that the source is named after."""

    @dg.asset(
        key=list(table.key),
        deps=[list(ARCHIVES.key), list(PAGE_FILES.key)],
        group_name="raw",
        description=table.row,
        owners=list(OWNERS),
        kinds={"python", table.name.split("_")[0]},
        partitions_def=play_days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        metadata={"partition_expr": table.partition_column, "dagster/column_schema": column_schema(table)},
    )
    @again_where_transient()
    def history(
        context: dg.AssetExecutionContext, archive_store: ArchiveStore, collection: Collection
    ) -> dg.MaterializeResult[pa.Table]:
        start, end = days_of(context)
        imported = archive_store.read_window(table, start, end)
        rows = pa.concat_tables([imported, collection.window(table, start, end)])
        record_counts(context, context.asset_key, count_by_day(rows, "play_date"), (start, end))
        return dg.MaterializeResult(value=rows)

    return history


def _collected(table: Table) -> dg.AssetsDefinition:
    """The asset of what a service told that is no play."""

    @dg.asset(
        key=list(table.key),
        deps=[list(PAGE_FILES.key)],
        group_name="raw",
        description=table.row,
        owners=list(OWNERS),
        kinds={"python", table.name.split("_")[0]},
        metadata={"dagster/column_schema": column_schema(table)},
    )
    @again_where_transient()
    def collected(collection: Collection) -> dg.MaterializeResult[pa.Table]:
        return dg.MaterializeResult(value=collection.whole(table))

    return collected


histories = [_history(table) for table in LISTENING]
collected = [_collected(table) for table in COLLECTED]


@dg.asset(
    key=list(REJECTED_RECORDS.key),
    deps=[list(ARCHIVES.key)],
    group_name="raw",
    description=REJECTED_RECORDS.row,
    owners=list(OWNERS),
    kinds={"python"},
    metadata={"dagster/column_schema": column_schema(REJECTED_RECORDS)},
)
@again_where_transient()
def rejected_records(archive_store: ArchiveStore) -> dg.MaterializeResult[pa.Table]:
    rows = archive_store.rejected()
    return dg.MaterializeResult(value=rows)


@dg.asset(
    key=list(CATALOGUE_TRACKS.key),
    ins={"invented": dg.AssetIn(list(SYNTHETIC_CATALOGUE.key))},
    group_name="raw",
    description=f"{CATALOGUE_TRACKS.row}\n\nRead from TUNEGENIE_CATALOGUE; where that is not set, the invented ones.",
    owners=list(OWNERS),
    kinds={"python", "csv"},
    metadata={"dagster/column_schema": column_schema(CATALOGUE_TRACKS)},
)
def catalogue_tracks(
    context: dg.AssetExecutionContext, invented: pa.Table, simulation: Simulation
) -> dg.MaterializeResult[pa.Table]:
    path = simulation.catalogue_file
    if path is None:
        return dg.MaterializeResult(value=invented, metadata={"origin": "generated"})
    catalogue = read_catalogue(path)
    if catalogue.dropped:
        context.log.warning(f"{path.name}: {catalogue.dropped} rows without id, name or artist left out")
    if catalogue.unreadable:
        context.log.warning(f"{path.name}: values that could not be read became null: {dict(catalogue.unreadable)}")
    metadata = {
        "origin": path.name,
        "rows_left_out": catalogue.dropped,
        "unreadable_values": sum(catalogue.unreadable.values()),
    }
    return dg.MaterializeResult(value=catalogue.tracks, metadata=metadata)
