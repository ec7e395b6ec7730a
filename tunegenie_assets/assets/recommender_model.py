"""The model of a week: trained, evaluated, and published where it is good enough. The rules are in ml/recommender."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import dagster as dg
import pyarrow as pa

from ml.errors import EvaluationError, ModelFileError, NoInteractionsError
from ml.genres.placing import family_by_genre
from ml.recommender.features import feature_matrix
from ml.recommender.gate import METRIC, Recorded, Verdict, unjudged
from ml.recommender.genres import genre_shares
from ml.recommender.interactions import TRAINABLE_LICENCES, interaction_matrix, sorted_item_ids
from ml.recommender.licence import licensed_tracks
from ml.recommender.listener_features import listener_matrix
from ml.recommender.own_history import OwnHistory
from ml.recommender.popularity import Popularity
from ml.recommender.protocol import Candidate
from ml.recommender.published import Size, published
from ml.recommender.rank_fusion import RankFusion
from ml.recommender.recordings import one_per_recording
from ml.recommender.trial import NEW, POPULARITY, InUse, try_out
from tunegenie_assets import charts
from tunegenie_assets.assets.recommender_inputs import (
    COUNTED_PLAYS,
    GENRES_TOLD,
    LISTENERS,
    PLACES,
    TRACKS,
    built_for,
    of_week,
    plays_to_learn_from,
    week_in,
)
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.partitions import cut_off, training_weeks
from tunegenie_assets.resources.model_store import MODEL, ModelStore, NoModelError, Training
from tunegenie_assets.resources.revision import source_revision
from tunegenie_assets.resources.tables import WarehouseIOManager, column_schema
from tunegenie_assets.schemas.recommender import EVALUATION, INTERACTIONS, ITEM_FEATURES, LISTENER_FEATURES, WEEK

MODEL_FILE = "model.npz"
MODEL_KEY = dg.AssetKey(["recommender", "model"])
PUBLISHED_KEY = dg.AssetKey(["recommender", "published_model"])
OWN_HISTORY = "own_history"
TRIAL = "trial"
"""On the card of a version: what its trial said."""
EARLIER = """
select week, model, value
from recommender.evaluation
where metric = ? and week < cast(? as date)
order by week, model
"""
WORTH_PUBLISHING = dg.AssetCheckSpec(
    "worth_publishing",
    asset=dg.AssetKey(list(EVALUATION.key)),
    description=(
        "On plays after those it learnt from the model beats popularity, and is no worse than the model in use, within "
        "the interval of the difference. Otherwise it is kept, and the one in use stays."
    ),
    blocking=True,
)


@dg.asset(
    key=MODEL_KEY,
    ins={
        "known": dg.AssetIn(list(INTERACTIONS.key)),
        "features": dg.AssetIn(list(ITEM_FEATURES.key)),
        "people": dg.AssetIn(list(LISTENER_FEATURES.key)),
    },
    partitions_def=training_weeks,
    group_name="recommender",
    description=(
        "One version is one recommender, LightFM hybrids and item neighbours by rank, trained on all that was known at "
        "the end of the week, and kept in the model store. Which one is in use says `published_model`."
    ),
    owners=list(OWNERS),
    kinds={"python", "lightfm"},
    output_required=False,
)
def model(
    context: dg.AssetExecutionContext,
    training: Training,
    model_store: ModelStore,
    **tables: pa.Table,
) -> Iterator[dg.MaterializeResult[Any]]:
    """With nothing known there is no model, and what follows is skipped."""
    week = week_in(context)
    known, features, people = (
        built_for(week, table.key, tables[name])
        for name, table in (("known", INTERACTIONS), ("features", ITEM_FEATURES), ("people", LISTENER_FEATURES))
    )
    if known.num_rows == 0:
        context.log.warning("no interactions to learn from: no model is trained")
        return
    matrix = interaction_matrix(known, sorted_item_ids(features.group_by("track_id").aggregate([])))
    matrix = replace(matrix, listener_features=listener_matrix(people, matrix))
    items = feature_matrix(features, matrix.item_ids, matrix.seen_items)
    recommender = published(Size.of(matrix, items), seed=training.seed, threads=training.threads)
    recommender.fit(matrix, items)
    recommender.keep_shortlists()
    learnt = {
        "listeners": len(matrix.listener_ids),
        "tracks": len(matrix.item_ids),
        "interactions": known.num_rows,
    }
    card = {
        **_period(week, known),
        **learnt,
        "plays": int(known["plays"].to_numpy().sum()),
        "licence_classes": sorted(TRAINABLE_LICENCES),
        "members": {name: member.to_file().library for name, member in recommender.members.items()},
        "weights": {"played": recommender.weights, "unseen": recommender.unseen_weights},
        "features": {"items": len(items.feature_names), "listeners": len(people["feature"].unique())},
        "seed": training.seed,
        "revision": source_revision(),
        "run_id": context.run.run_id,
    }
    path = model_store.keep(MODEL, _version(context), lambda folder: recommender.save(folder / MODEL_FILE), card)
    # Here too: those that are refused would pile up.
    model_store.prune(MODEL, training.models_kept, also=[path.name])
    yield dg.MaterializeResult(metadata={"path": str(path), "version": path.name, **learnt})


def _period(week: date, known: pa.Table) -> dict[str, object]:
    """From when to when a model learnt, for its card."""
    return {
        "week": week,
        "trained_until": cut_off(week),
        "first_play": min(known["first_played_at"].to_pylist()),
        "last_play": max(known["last_played_at"].to_pylist()),
    }


@dg.asset(
    key=list(EVALUATION.key),
    ins={"tracks": TRACKS, "listeners": LISTENERS, "told": GENRES_TOLD, "places": PLACES},
    deps=[MODEL_KEY, COUNTED_PLAYS],
    partitions_def=training_weeks,
    group_name="recommender",
    description=(
        f"{EVALUATION.row}\n\nTrained on plays before the model in use was trained where enough came after it, else on "
        "the first four fifths; tested on tracks that listeners first played after them."
    ),
    owners=list(OWNERS),
    kinds={"python", "lightfm"},
    check_specs=[WORTH_PUBLISHING],
    metadata={"dagster/column_schema": column_schema(EVALUATION)},
)
def evaluation(  # noqa: ANN201  # of an asset with checks Dagster takes an annotation to mean that it has no value
    context: dg.AssetExecutionContext,
    training: Training,
    model_store: ModelStore,
    warehouse: dg.ResourceParam[WarehouseIOManager],
    **tables: pa.Table,
):
    """Plays that cannot be split give no figures rather than invented ones, and nothing speaks against the model."""
    week = week_in(context)
    licensed = licensed_tracks(tables["tracks"])
    plays = plays_to_learn_from(warehouse, cut_off(week), licensed)
    items = one_per_recording(licensed)
    shares = genre_shares(items, tables["told"], family_by_genre(tables["places"]))
    try:
        candidates: dict[str, Candidate] = {
            NEW: published(Size.of_plays(plays, items, shares), seed=training.seed, threads=training.threads),
            OWN_HISTORY: OwnHistory(),
            POPULARITY: Popularity(),
        }
        in_use = _in_use(context, model_store) if _is_latest(model_store, week) else None
        trial = try_out(plays, items, tables["listeners"], candidates, in_use, shares=shares)
        figures, verdict = trial.evaluation.table(), trial.verdict
    except (EvaluationError, NoInteractionsError) as error:
        context.log.warning(f"not evaluated: {error}")
        figures, verdict = EVALUATION.empty().drop_columns(WEEK), unjudged(str(error))
    metadata: dict[str, Any] = {"verdict": "; ".join(verdict.reasons)}
    value = of_week(figures, week)
    model_store.note(MODEL, _version_of_week(context, model_store), {TRIAL: _as_card(figures, verdict)})
    if figures.num_rows:
        metadata |= _pictures(value, warehouse.query(EARLIER, [METRIC, week.isoformat()]))
    return dg.MaterializeResult(value=value, metadata=metadata, check_results=[_worth_publishing(verdict)])


@dg.asset(
    key=PUBLISHED_KEY,
    deps=[MODEL_KEY, list(EVALUATION.key)],
    partitions_def=training_weeks,
    group_name="recommender",
    description="One version is in use: what is recommended comes from it. Of old ones as many stay as a setting says.",
    owners=list(OWNERS),
    kinds={"python"},
)
def published_model(
    context: dg.AssetExecutionContext, training: Training, model_store: ModelStore
) -> dg.MaterializeResult[Any]:
    week = week_in(context)
    version = _version_of_week(context, model_store)
    trial = model_store.card(model_store.folder(MODEL, version)).get(TRIAL, {})
    if not trial.get("is_publishable"):
        raise dg.Failure(f"{version} did not pass its trial, or has had none: materialize recommender/evaluation")
    path = model_store.publish(MODEL, version, _channel(week))
    # A week of before, trained again, says what was recommended then; what is in use stays.
    if _is_latest(model_store, week):
        model_store.publish(MODEL, version)
    gone = model_store.prune(MODEL, training.models_kept, also=[version])
    card = model_store.card(path)
    shown = {name: card[name] for name in ("trained_until", "listeners", "tracks", "interactions", "revision")}
    return dg.MaterializeResult(metadata={"path": str(path), "version": version, "deleted": len(gone), **shown})


def published_recommender(model_store: ModelStore, week: date | None = None) -> RankFusion:
    """The recommender in use, or the one that was published for a week.

    Raises:
        NoModelError: none has been published, or it was deleted since.
        ModelFileError: it was written by a program that keeps models in another way, or is damaged.
    """
    path = model_store.current(MODEL) if week is None else model_store.current(MODEL, _channel(week))
    return RankFusion.load(path / MODEL_FILE)


def _channel(week: date) -> str:
    return f"published-{week.isoformat()}"


def _is_latest(model_store: ModelStore, week: date) -> bool:
    try:
        return model_store.card(model_store.current(MODEL))["week"] <= week.isoformat()
    except (NoModelError, KeyError):
        return True


def _version(context: dg.AssetExecutionContext) -> str:
    return f"{context.partition_key}-{context.run.run_id[:8]}"


def _version_of_week(context: dg.AssetExecutionContext, model_store: ModelStore) -> str:
    """That of this run, else the one of the week that was trained last."""
    kept = [version for version in model_store.versions(MODEL) if version.startswith(context.partition_key)]
    own = _version(context)
    if own in kept or not kept:
        return own
    return kept[-1]


def _in_use(context: dg.AssetExecutionContext, model_store: ModelStore) -> InUse | None:
    """None where there is none, or none whose card can be read: nothing is compared with it then."""
    try:
        card = model_store.card(model_store.current(MODEL))
    except NoModelError:
        return None
    if "trained_until" not in card:
        context.log.warning("the model in use cannot be compared with: its card is damaged")
        return None
    try:
        recommender = published_recommender(model_store)
    except ModelFileError as error:
        context.log.warning(f"the model in use cannot be asked, what its own trial said counts: {error}")
        recommender = None
    said = card.get(TRIAL, {})
    recorded = Recorded(said["value"], said["half_width"]) if said.get("value") is not None else None
    return InUse(recommender, datetime.fromisoformat(card["trained_until"]), recorded)


def _as_card(figures: pa.Table, verdict: Verdict) -> dict[str, object]:
    """What the trial of a version said, to be held against those after it."""
    deciding = [row for row in figures.to_pylist() if (row["model"], row["metric"]) == (NEW, METRIC)]
    value, half_width = (deciding[0]["value"], deciding[0]["half_width"]) if deciding else (None, None)
    return {
        "is_publishable": verdict.is_publishable,
        "is_judged": verdict.is_judged,
        "reasons": list(verdict.reasons),
        "metric": METRIC,
        "value": value,
        "half_width": half_width,
    }


def _pictures(figures: pa.Table, earlier: pa.Table) -> dict[str, dg.MarkdownMetadataValue]:
    """All figures of this week, and the one that decides over the weeks."""
    now = charts.grouped_bars(figures, "metric", "model", "value", title="Published and baselines on later plays")
    deciding = figures.filter(pa.array([name == METRIC for name in figures["metric"].to_pylist()]))
    weeks = pa.concat_tables([earlier, deciding.select(earlier.column_names).cast(earlier.schema)])
    over_time = charts.history(weeks, WEEK, "model", "value", title=f"{METRIC} by week", value_title=METRIC)
    return {"chart": charts.as_metadata(now), "history": charts.as_metadata(over_time)}


def _worth_publishing(verdict: Verdict) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=verdict.is_publishable,
        check_name=WORTH_PUBLISHING.name,
        description="; ".join(verdict.reasons),
        metadata={"judged": verdict.is_judged},
    )
