"""Genres grouped by how listeners combine them. The rules are in ml/genres/clusters.py."""

import dagster as dg
import pyarrow as pa

from ml.genres.clusters import cluster_genres
from ml.genres.days import genres_by_day
from tunegenie_assets import charts
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.tables import column_schema
from tunegenie_assets.schemas.clusters import GENRE_CLUSTERS
from tunegenie_assets.schemas.results import ARTIST_GENRES


@dg.asset(
    key=list(GENRE_CLUSTERS.key),
    ins={
        "days": dg.AssetIn(
            ["gold", "sampled_artist_days"], metadata={"columns": ["is_simulated", "day_number", "artist_id", "plays"]}
        ),
        "artists": dg.AssetIn(
            list(ARTIST_GENRES.key), metadata={"columns": ["artist_id", "training_genre", "genre_source"]}
        ),
    },
    group_name="enrichment",
    description=(
        f"{GENRE_CLUSTERS.row}\n\nSimulated listeners count only where no genre is known that a person hears, guessed "
        "genres never."
    ),
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(GENRE_CLUSTERS)},
)
def genre_clusters(
    context: dg.AssetExecutionContext, days: pa.Table, artists: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    found = cluster_genres(genres_by_day(days, artists))
    metadata: dict[str, dg.MetadataValue | float] = {
        "genre_clusters": found.count,
        "genres": found.table.num_rows,
        "silhouette": found.silhouette,
    }
    if found.table.num_rows:
        metadata["map"] = charts.as_metadata(charts.genre_map(found.table, title="Genres by the company they keep"))
    else:
        context.log.warning("no genre was heard often enough for a cluster yet")
    return dg.MaterializeResult(value=found.table, metadata=metadata)
