"""How far listening has moved since the recommender in use was trained; a sensor trains it anew where it is too far."""

from typing import Any

import dagster as dg

from ml.recommender.drift import Drift
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.model_store import DRIFT_KEY, MODEL, WANTS_TRAINING, ModelStore, NoModelError
from tunegenie_assets.resources.tables import WarehouseIOManager

MOVED = """
select
    count(*) as plays,
    sum(case when known.recording_key is null then 1 else 0 end) as unknown
from silver.plays as plays
inner join gold.dim_track as tracks on plays.track_id = tracks.track_id
left join (
    select distinct learnt.recording_key
    from recommender.interactions as interactions
    inner join gold.dim_track as learnt on interactions.track_id = learnt.track_id
) as known on tracks.recording_key = known.recording_key
where plays.license_class <> 'spotify_api'
"""
"""Plays that may be learnt from, and those of recordings of which no interaction tells."""


@dg.asset(
    key=DRIFT_KEY,
    deps=[["silver", "plays"], ["gold", "dim_track"]],
    group_name="recommender",
    description=(
        "One materialization says how many plays came since the recommender in use was trained, and how many of them "
        "are of tracks that nobody had played before."
    ),
    owners=list(OWNERS),
    kinds={"python"},
)
def drift(
    context: dg.AssetExecutionContext, model_store: ModelStore, warehouse: dg.ResourceParam[WarehouseIOManager]
) -> dg.MaterializeResult[Any]:
    try:
        card = model_store.card(model_store.current(MODEL))
    except NoModelError:
        card = {}
    if "plays" not in card:
        context.log.info("no recommender is in use, or none whose card can be read")
        return dg.MaterializeResult(metadata={WANTS_TRAINING: False})
    [row] = warehouse.query(MOVED).to_pylist()
    since = max(int(row["plays"]) - int(card["plays"]), 0)
    moved = Drift(learnt=int(card["plays"]), since=since, unknown=min(int(row["unknown"] or 0), since))
    return dg.MaterializeResult(
        metadata={
            WANTS_TRAINING: moved.wants_training,
            "plays_learnt": moved.learnt,
            "plays_since": moved.since,
            "new_share": moved.new_share,
            "unknown_share": moved.unknown_share,
        }
    )
