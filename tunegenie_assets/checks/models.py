"""Checks of the recommender's files: the versions that are kept, the one in use, and whether it is out of date."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from tunegenie_assets.checks.factories import WARN
from tunegenie_assets.resources.model_store import DRIFT_KEY, MODEL, WANTS_TRAINING, ModelStore, NoModelError


@dg.asset_check(
    asset=["recommender", "model"],
    name="model_is_kept",
    description="The newest version is in the store, with a card that says what it learnt from.",
)
def newest_model_is_kept(model_store: ModelStore) -> dg.AssetCheckResult:
    versions = model_store.versions(MODEL)
    if not versions:
        return dg.AssetCheckResult(passed=False, description="no version is kept")
    return _with_card(model_store.card(model_store.folder(MODEL, versions[-1])), versions=len(versions))


@dg.asset_check(
    asset=["recommender", "published_model"],
    name="model_is_kept",
    description="The version in use is in the store, with a card that says what it learnt from.",
)
def published_model_is_kept(model_store: ModelStore) -> dg.AssetCheckResult:
    try:
        card = model_store.card(model_store.current(MODEL))
    except NoModelError as error:
        return dg.AssetCheckResult(passed=False, description=str(error))
    return _with_card(card, trained_until=str(card.get("trained_until")))


def _with_card(card: Mapping[str, Any], **metadata: str | int) -> dg.AssetCheckResult:
    says = "plays" in card
    description = None if says else "its card does not say what it learnt from"
    return dg.AssetCheckResult(passed=says, description=description, metadata=metadata)


@dg.asset_check(
    asset=DRIFT_KEY,
    name="model_is_recent",
    description="Listening has not moved so far since the recommender in use was trained that it is out of date.",
)
def model_is_recent(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    event = context.instance.get_latest_materialization_event(DRIFT_KEY)
    told = event.asset_materialization.metadata if event and event.asset_materialization else {}
    is_out_of_date = WANTS_TRAINING in told and bool(told[WANTS_TRAINING].value)
    since = f"{told['plays_since'].value:,} plays" if "plays_since" in told else "no model in use"
    return dg.AssetCheckResult(passed=not is_out_of_date, severity=WARN, description=f"since its training: {since}")


MODEL_CHECKS: list[dg.AssetChecksDefinition] = [newest_model_is_kept, published_model_is_kept, model_is_recent]
"""Checks of the models in the store."""
