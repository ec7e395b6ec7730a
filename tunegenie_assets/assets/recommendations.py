"""What the published recommender says: lists, neighbours, the playlist to send. The rules are in ml/recommender."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import dagster as dg
import pyarrow as pa

from ml.recommender.licence import licensed_tracks
from ml.recommender.nearest import Embeddings
from ml.recommender.neighbours import artist_neighbours, track_neighbours
from ml.recommender.playlist import playlists
from ml.recommender.published import HYBRID
from ml.recommender.reasons import kinds_of
from ml.recommender.recommend import recommend
from ml.recommender.recordings import one_per_recording, with_item_ids
from tunegenie_assets import charts
from tunegenie_assets.assets.recommender_inputs import COUNTED_PLAYS, LISTENERS, TRACKS, built_for, of_week, week_in
from tunegenie_assets.assets.recommender_model import PUBLISHED_KEY, published_recommender
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.partitions import cut_off, training_weeks
from tunegenie_assets.resources.model_store import ModelStore, Training
from tunegenie_assets.resources.tables import WarehouseIOManager, column_schema
from tunegenie_assets.schemas.recommender import (
    ARTIST_INTERACTIONS,
    ARTIST_NEIGHBOURS,
    INTERACTIONS,
    PLAYLIST,
    RECOMMENDATIONS,
    TRACK_NEIGHBOURS,
)

EXPLORATION = 0.1
"""Of ten places one for something else than the best known."""
WEEKS_SHOWN = 4
"""What was recommended so many weeks before and not played stands behind what was not."""
HEARD = """
select distinct listener_id, track_id
from silver.counted_plays
where started_at < cast(? as timestamp)
"""
"""Also plays from which no model may learn."""
SHOWN = """
select distinct listener_id, track_id
from recommender.recommendations
where week < cast(? as date) and week >= cast(? as date)
"""
UNWANTED = "select listener_id, track_id, cast(null as varchar) as artist_id from gold.unwanted_tracks"


@dg.asset(
    key=list(RECOMMENDATIONS.key),
    ins={"known": dg.AssetIn(list(INTERACTIONS.key)), "tracks": TRACKS, "listeners": LISTENERS},
    deps=[PUBLISHED_KEY, COUNTED_PLAYS, ["gold", "unwanted_tracks"]],
    partitions_def=training_weeks,
    group_name="recommender",
    description=f"{RECOMMENDATIONS.row}\n\nNever a track that the listener has played or excluded.",
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(RECOMMENDATIONS)},
)
def recommendations(
    context: dg.AssetExecutionContext,
    training: Training,
    model_store: ModelStore,
    warehouse: dg.ResourceParam[WarehouseIOManager],
    **tables: pa.Table,
) -> dg.MaterializeResult[pa.Table]:
    week = week_in(context)
    known = built_for(week, INTERACTIONS.key, tables["known"])
    until = cut_off(week)
    heard = warehouse.query(HEARD, [until.isoformat(sep=" ")])
    since = week - timedelta(weeks=WEEKS_SHOWN)
    value = recommend(
        published_recommender(model_store, week),
        known,
        one_per_recording(tables["tracks"]),
        tables["listeners"],
        heard=with_item_ids(heard, tables["tracks"]),
        excluded=with_item_ids(warehouse.query(UNWANTED), tables["tracks"]),
        shown=warehouse.query(SHOWN, [week.isoformat(), since.isoformat()]),
        as_of=until.date(),
        exploration=EXPLORATION,
        seed=training.seed + week.toordinal(),
    )
    served = len(value["listener_id"].unique())
    without = tables["listeners"].num_rows - served
    if without:
        context.log.warning(
            f"{without} listeners have no recommendation: no track they have not played is known; "
            "set TUNEGENIE_CATALOGUE to a table of Spotify tracks"
        )
    metadata: dict[str, Any] = {"listeners": served, "listeners_without": without}
    if value.num_rows:
        metadata |= {"reasons": _counted(kinds_of(value["reason"].to_pylist()), "reason")}
        metadata |= {"genres": _counted(value["primary_genre"].to_pylist(), "genre")}
    return dg.MaterializeResult(value=of_week(value, week), metadata=metadata)


@dg.asset(
    key=list(TRACK_NEIGHBOURS.key),
    ins={"known": dg.AssetIn(list(INTERACTIONS.key)), "tracks": TRACKS},
    deps=[PUBLISHED_KEY],
    partitions_def=training_weeks,
    group_name="recommender",
    description=TRACK_NEIGHBOURS.row,
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(TRACK_NEIGHBOURS)},
)
def neighbours_of_tracks(
    context: dg.AssetExecutionContext, known: pa.Table, tracks: pa.Table, model_store: ModelStore
) -> dg.MaterializeResult[pa.Table]:
    week = week_in(context)
    items = one_per_recording(licensed_tracks(tracks))
    value = track_neighbours(learnt_embeddings(model_store, week), items, built_for(week, INTERACTIONS.key, known))
    return dg.MaterializeResult(value=of_week(value, week))


@dg.asset(
    key=list(ARTIST_NEIGHBOURS.key),
    ins={
        "known": dg.AssetIn(list(INTERACTIONS.key)),
        "liked": dg.AssetIn(list(ARTIST_INTERACTIONS.key)),
        "tracks": TRACKS,
    },
    deps=[PUBLISHED_KEY],
    partitions_def=training_weeks,
    group_name="recommender",
    description=ARTIST_NEIGHBOURS.row,
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(ARTIST_NEIGHBOURS)},
)
def neighbours_of_artists(
    context: dg.AssetExecutionContext,
    known: pa.Table,
    liked: pa.Table,
    tracks: pa.Table,
    model_store: ModelStore,
) -> dg.MaterializeResult[pa.Table]:
    week = week_in(context)
    value = artist_neighbours(
        learnt_embeddings(model_store, week),
        one_per_recording(licensed_tracks(tracks)),
        built_for(week, INTERACTIONS.key, known),
        built_for(week, ARTIST_INTERACTIONS.key, liked),
    )
    return dg.MaterializeResult(value=of_week(value, week))


@dg.asset(
    key=list(PLAYLIST.key),
    ins={"lists": dg.AssetIn(list(RECOMMENDATIONS.key)), "tracks": TRACKS, "listeners": LISTENERS},
    partitions_def=training_weeks,
    group_name="recommender",
    description=f"{PLAYLIST.row}\n\n`tunegenie playlist push` sends the latest week's.",
    owners=list(OWNERS),
    kinds={"python"},
    metadata={"dagster/column_schema": column_schema(PLAYLIST)},
)
def playlist(
    context: dg.AssetExecutionContext, lists: pa.Table, tracks: pa.Table, listeners: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    simulated = set(listeners.filter(listeners["is_simulated"])["listener_id"].to_pylist())
    is_of_people = [listener not in simulated for listener in lists["listener_id"].to_pylist()]
    value = playlists(lists.filter(pa.array(is_of_people, pa.bool_())), tracks)
    return dg.MaterializeResult(value=of_week(value, week_in(context)))


def learnt_embeddings(model_store: ModelStore, week: date | None = None) -> Embeddings:
    """Of the hybrid that knows played tracks by what they are and who plays them."""
    hybrid = published_recommender(model_store, week).members[HYBRID]
    return Embeddings(hybrid.item_ids, hybrid.to_file().numbers["item_embeddings"])


def _counted(values: Iterable[str], kind: str) -> dg.MarkdownMetadataValue:
    """Recommendations of each kind, as a picture."""
    counts = Counter(values)
    rows = pa.table({kind: list(counts), "tracks": pa.array(list(counts.values()), pa.int64())})
    return charts.as_metadata(charts.bars(rows, kind, "tracks", title=f"Recommended by {kind}", value_title="tracks"))
