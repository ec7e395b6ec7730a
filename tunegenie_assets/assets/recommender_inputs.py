"""What a recommender learns from, as it was known at the end of a week. The rules are in ml/recommender."""

from datetime import date, datetime

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from ml.errors import NoInteractionsError
from ml.genres.placing import family_by_genre
from ml.recommender.features import build_item_features
from ml.recommender.genres import genre_shares
from ml.recommender.interactions import build_artist_interactions, build_interactions
from ml.recommender.licence import licensed_tracks
from ml.recommender.listener_features import build_listener_features
from ml.recommender.recordings import one_per_recording, with_item_ids
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.partitions import cut_off, training_weeks
from tunegenie_assets.resources.tables import WarehouseIOManager, column_schema
from tunegenie_assets.schemas.recommender import (
    ARTIST_INTERACTIONS,
    INTERACTIONS,
    ITEM_FEATURES,
    LISTENER_FEATURES,
    WEEK,
)
from tunegenie_assets.schemas.results import GENRE_EVIDENCE, GENRE_TAXONOMY

COUNTED_PLAYS = dg.AssetDep(["silver", "counted_plays"], partition_mapping=dg.AllPartitionMapping())
"""Asked with the end of the week in the question: what came after it is not known to its training."""
PLAYS_BEFORE = """
select listener_id, track_id, started_at, ms_played, skipped, license_class, exclusion_id
from silver.counted_plays
where started_at < cast(? as timestamp)
"""
TRACKS = dg.AssetIn(["gold", "dim_track"])
LISTENERS = dg.AssetIn(
    ["gold", "dim_listener"],
    metadata={"columns": ["listener_id", "is_simulated", "country", "timezone", "joined_date"]},
)
GENRES_TOLD = dg.AssetIn(list(GENRE_EVIDENCE.key), metadata={"columns": ["artist_id", "genre", "weight", "source"]})
PLACES = dg.AssetIn(list(GENRE_TAXONOMY.key), metadata={"columns": ["genre", "family"]})


@dg.asset(
    key=list(INTERACTIONS.key),
    ins={"tracks": TRACKS},
    deps=[COUNTED_PLAYS],
    partitions_def=training_weeks,
    group_name="recommender",
    description=f"{INTERACTIONS.row}\n\nOnly plays whose licence class allows training are counted.",
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(INTERACTIONS)},
)
def interactions(
    context: dg.AssetExecutionContext, tracks: pa.Table, warehouse: dg.ResourceParam[WarehouseIOManager]
) -> dg.MaterializeResult[pa.Table]:
    week = week_in(context)
    try:
        plays = plays_to_learn_from(warehouse, cut_off(week), licensed_tracks(tracks))
        value = build_interactions(plays, as_of=cut_off(week))
    except NoInteractionsError as error:
        context.log.warning(f"nobody to recommend to yet: {error}")
        return dg.MaterializeResult(value=INTERACTIONS.empty())
    listeners = len(value["listener_id"].unique())
    return dg.MaterializeResult(value=of_week(value, week), metadata={"listeners": listeners})


@dg.asset(
    key=list(ARTIST_INTERACTIONS.key),
    ins={"tracks": TRACKS},
    deps=[COUNTED_PLAYS],
    partitions_def=training_weeks,
    group_name="recommender",
    description=f"{ARTIST_INTERACTIONS.row}\n\nOf the same plays as those in recordings.",
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(ARTIST_INTERACTIONS)},
)
def artist_interactions(
    context: dg.AssetExecutionContext, tracks: pa.Table, warehouse: dg.ResourceParam[WarehouseIOManager]
) -> dg.MaterializeResult[pa.Table]:
    week = week_in(context)
    licensed = licensed_tracks(tracks)
    try:
        plays = plays_to_learn_from(warehouse, cut_off(week), licensed)
        value = build_artist_interactions(plays, licensed, as_of=cut_off(week))
    except NoInteractionsError as error:
        context.log.warning(f"nobody likes an artist yet: {error}")
        return dg.MaterializeResult(value=ARTIST_INTERACTIONS.empty())
    return dg.MaterializeResult(value=of_week(value, week), metadata={"artists": len(value["artist_id"].unique())})


@dg.asset(
    key=list(ITEM_FEATURES.key),
    ins={"tracks": TRACKS, "told": GENRES_TOLD, "places": PLACES},
    partitions_def=training_weeks,
    group_name="recommender",
    description=ITEM_FEATURES.row,
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(ITEM_FEATURES)},
)
def item_features(
    context: dg.AssetExecutionContext, tracks: pa.Table, told: pa.Table, places: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    items = one_per_recording(licensed_tracks(tracks))
    if not items.num_rows:
        return dg.MaterializeResult(value=ITEM_FEATURES.empty())
    shares = genre_shares(items, told, family_by_genre(places))
    features = build_item_features(items, shares)
    return dg.MaterializeResult(
        value=of_week(features, week_in(context)),
        metadata={"genres": len(shares["genre"].unique()), "families": len(shares["family"].drop_null().unique())},
    )


@dg.asset(
    key=list(LISTENER_FEATURES.key),
    ins={"known": dg.AssetIn(list(INTERACTIONS.key)), "tracks": TRACKS, "listeners": LISTENERS},
    partitions_def=training_weeks,
    group_name="recommender",
    description=LISTENER_FEATURES.row,
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(LISTENER_FEATURES)},
)
def listener_features(
    context: dg.AssetExecutionContext, known: pa.Table, tracks: pa.Table, listeners: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    week = week_in(context)
    features = build_listener_features(
        listeners, built_for(week, INTERACTIONS.key, known), licensed_tracks(tracks), as_of=cut_off(week).date()
    )
    return dg.MaterializeResult(value=of_week(features, week))


def week_in(context: dg.AssetExecutionContext) -> date:
    """The Monday of the run's partition."""
    return date.fromisoformat(context.partition_key)


def of_week(rows: pa.Table, week: date) -> pa.Table:
    return rows.append_column(WEEK, pa.array([week] * rows.num_rows, pa.date32()))


def built_for(week: date, key: tuple[str, ...], rows: pa.Table) -> pa.Table:
    """`rows` of a table that holds the week that was built last, without the column that says so.

    Raises:
        dagster.Failure: they are of another week.
    """
    found = rows[WEEK].unique().to_pylist()
    if found not in ([], [week]):
        asset = "/".join(key)
        raise dg.Failure(f"{asset} holds the week of {found[0]}, not that of {week}: materialize {asset} of {week} too")
    return rows.drop_columns(WEEK)


def plays_to_learn_from(warehouse: WarehouseIOManager, until: datetime, tracks: pa.Table) -> pa.Table:
    """Plays before `until` (UTC) by recording, with the length of their tracks.

    Of an excluded play nothing was heard: it is known, but not liked.
    """
    plays = warehouse.query(PLAYS_BEFORE, [until.isoformat(sep=" ")])
    excluded = plays["exclusion_id"].is_valid()
    heard = pc.call_function("if_else", [excluded, pa.scalar(0, pa.int64()), plays["ms_played"]])
    plays = plays.set_column(plays.column_names.index("ms_played"), "ms_played", heard).drop_columns("exclusion_id")
    plays = plays.join(tracks.select(["track_id", "duration_ms"]), "track_id", join_type="left outer")
    return with_item_ids(plays, tracks)
