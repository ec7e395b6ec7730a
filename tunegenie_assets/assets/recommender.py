"""The recommender from interactions to recommendations. Models, splits and metrics are in ml/recommender."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from ml.errors import EvaluationError, NoInteractionsError
from ml.recommender.evaluation import evaluate
from ml.recommender.features import build_item_features, feature_matrix
from ml.recommender.interactions import build_interactions, interaction_matrix, sorted_item_ids
from ml.recommender.licence import licensed_tracks
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.popularity import Popularity
from ml.recommender.recommend import recommend
from tunegenie_assets import charts
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.model_store import ModelStore, Training
from tunegenie_assets.resources.tables import column_schema
from tunegenie_assets.schemas.results import EVALUATION, INTERACTIONS, ITEM_FEATURES, RECOMMENDATIONS

MODEL = "recommender"
MODEL_FILE = "model.npz"
MODEL_KEY = dg.AssetKey(["recommender", "model"])

PLAYS = dg.AssetIn(
    ["silver", "counted_plays"],
    metadata={
        "columns": ["listener_id", "track_id", "started_at", "ms_played", "skipped", "license_class", "exclusion_id"]
    },
)
HEARD = dg.AssetIn(["silver", "counted_plays"], metadata={"columns": ["listener_id", "track_id"]})
"""Also plays from which no model may learn."""
TRACKS = dg.AssetIn(["gold", "dim_track"])
LISTENERS = dg.AssetIn(["gold", "dim_listener"], metadata={"columns": ["listener_id", "is_simulated"]})


@dg.asset(
    key=list(INTERACTIONS.key),
    ins={"plays": PLAYS, "tracks": TRACKS},
    group_name="recommender",
    description=f"{INTERACTIONS.row}\n\nOnly plays whose licence class allows training are counted.",
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(INTERACTIONS)},
)
def interactions(
    context: dg.AssetExecutionContext, plays: pa.Table, tracks: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    try:
        value = build_interactions(_with_duration(plays, licensed_tracks(tracks)))
    except NoInteractionsError as error:
        context.log.warning(f"nobody to recommend to yet: {error}")
        value = INTERACTIONS.empty()
    return dg.MaterializeResult(value=value)


@dg.asset(
    key=list(ITEM_FEATURES.key),
    ins={"tracks": TRACKS},
    group_name="recommender",
    description=ITEM_FEATURES.row,
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(ITEM_FEATURES)},
)
def item_features(tracks: pa.Table) -> dg.MaterializeResult[pa.Table]:
    licensed = licensed_tracks(tracks)
    return dg.MaterializeResult(value=build_item_features(licensed) if licensed.num_rows else ITEM_FEATURES.empty())


@dg.asset(
    key=MODEL_KEY,
    ins={"known": dg.AssetIn(list(INTERACTIONS.key)), "features": dg.AssetIn(list(ITEM_FEATURES.key))},
    group_name="recommender",
    description=(
        "One version is one LightFM hybrid (WARP; identity, artist, genre and audio features), kept in the model store."
    ),
    owners=list(OWNERS),
    kinds={"python", "lightfm"},
    output_required=False,
)
def model(
    context: dg.AssetExecutionContext,
    known: pa.Table,
    features: pa.Table,
    training: Training,
    model_store: ModelStore,
) -> Iterator[dg.MaterializeResult[Any]]:
    """Train on everything known; with nothing known there is no model, and what follows is skipped."""
    if known.num_rows == 0:
        context.log.warning("no interactions to learn from: no model is trained")
        return
    matrix = interaction_matrix(known, sorted_item_ids(features.group_by("track_id").aggregate([])))
    hybrid = LightFMHybrid(HybridSettings(seed=training.seed, threads=training.threads))
    hybrid.fit(matrix, feature_matrix(features, matrix.item_ids, matrix.seen_items))
    card = {
        "run_id": context.run.run_id,
        "interactions": known.num_rows,
        "listeners": len(matrix.listener_ids),
        "tracks": len(matrix.item_ids),
        "settings": vars(hybrid.settings),
    }
    path = model_store.publish(MODEL, context.run.run_id, lambda folder: hybrid.save(folder / MODEL_FILE), card)
    yield dg.MaterializeResult(
        metadata={"path": str(path), "listeners": len(matrix.listener_ids), "tracks": len(matrix.item_ids)}
    )


@dg.asset(
    key=list(EVALUATION.key),
    ins={"plays": PLAYS, "tracks": TRACKS, "listeners": LISTENERS},
    group_name="recommender",
    description=(
        f"{EVALUATION.row}\n\nTrained on the first four fifths of the plays, tested on tracks that listeners first "
        "played after them."
    ),
    owners=list(OWNERS),
    kinds={"python", "lightfm"},
    output_required=False,
    metadata={"dagster/column_schema": column_schema(EVALUATION)},
)
def evaluation(
    context: dg.AssetExecutionContext,
    plays: pa.Table,
    tracks: pa.Table,
    listeners: pa.Table,
    training: Training,
) -> Iterator[dg.MaterializeResult[pa.Table]]:
    """Compare the hybrid with popularity; plays that cannot be split give no figures rather than invented ones."""
    candidates = {
        "lightfm_hybrid": LightFMHybrid(HybridSettings(seed=training.seed, threads=training.threads)),
        "popularity": Popularity(),
    }
    try:
        licensed = licensed_tracks(tracks)
        figures = evaluate(_with_duration(plays, licensed), licensed, listeners, candidates)
    except (EvaluationError, NoInteractionsError) as error:
        context.log.warning(f"not evaluated: {error}")
        return
    chart = charts.grouped_bars(figures, "metric", "model", "value", title="Hybrid and popularity on later plays")
    yield dg.MaterializeResult(value=figures, metadata={"chart": charts.as_metadata(chart)})


@dg.asset(
    key=list(RECOMMENDATIONS.key),
    deps=[MODEL_KEY],
    ins={"known": dg.AssetIn(list(INTERACTIONS.key)), "heard": HEARD, "tracks": TRACKS, "listeners": LISTENERS},
    group_name="recommender",
    description=f"{RECOMMENDATIONS.row}\n\nNever a track that the listener has played.",
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    metadata={"dagster/column_schema": column_schema(RECOMMENDATIONS)},
)
def recommendations(  # noqa: PLR0917  # Dagster takes no parameters that are keywords only
    context: dg.AssetExecutionContext,
    known: pa.Table,
    heard: pa.Table,
    tracks: pa.Table,
    listeners: pa.Table,
    model_store: ModelStore,
) -> dg.MaterializeResult[pa.Table]:
    hybrid = LightFMHybrid.load(model_store.current(MODEL) / MODEL_FILE)
    value = recommend(hybrid, known, tracks, listeners, heard=heard)
    served = len(value["listener_id"].unique())
    without = len(hybrid.listener_ids) - served
    if without:
        context.log.warning(
            f"{without} listeners have no recommendation: no track they have not played is known; "
            "set TUNEGENIE_CATALOGUE to a table of Spotify tracks"
        )
    return dg.MaterializeResult(value=value, metadata={"listeners": served, "listeners_without": without})


def _with_duration(plays: pa.Table, tracks: pa.Table) -> pa.Table:
    """The plays with the length of their tracks; of an excluded play nothing was heard: it is known, but not liked."""
    excluded = plays["exclusion_id"].is_valid()
    heard = pc.call_function("if_else", [excluded, pa.scalar(0, pa.int64()), plays["ms_played"]])
    position = plays.column_names.index("ms_played")
    plays = plays.set_column(position, "ms_played", heard).drop_columns("exclusion_id")
    return plays.join(tracks.select(["track_id", "duration_ms"]), "track_id", join_type="left outer")
