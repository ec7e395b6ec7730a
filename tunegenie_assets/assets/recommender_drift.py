"""How far listening has moved since the recommender in use was trained; a sensor trains it anew where it is too far."""

from datetime import datetime
from typing import Any

import dagster as dg

from ml.recommender.drift import Drift
from tunegenie_assets.assets.recommender_model import MODEL
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.model_store import ModelStore, NoModelError
from tunegenie_assets.resources.tables import WarehouseIOManager

DRIFT_KEY = dg.AssetKey(["recommender", "drift"])
WANTS_TRAINING = "wants_training"
MOVED = """
select
    sum(case when plays.started_at < cast(? as timestamp) then 1 else 0 end) as learnt,
    sum(case when plays.started_at >= cast(? as timestamp) then 1 else 0 end) as since,
    sum(case when first_plays.first_at >= cast(? as timestamp) then 1 else 0 end) as unknown
from silver.plays as plays
inner join (
    select track_id, min(started_at) as first_at
    from silver.plays
    where license_class <> 'spotify_api'
    group by track_id
) as first_plays on plays.track_id = first_plays.track_id
where plays.license_class <> 'spotify_api'
"""


@dg.asset(
    key=DRIFT_KEY,
    deps=[["silver", "plays"]],
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
    if "trained_until" not in card:
        context.log.info("no recommender is in use, or none whose card can be read")
        return dg.MaterializeResult(metadata={WANTS_TRAINING: False})
    trained_until = datetime.fromisoformat(card["trained_until"]).isoformat(sep=" ")
    [row] = warehouse.query(MOVED, [trained_until] * 3).to_pylist()
    moved = Drift(*(int(row[name] or 0) for name in ("learnt", "since", "unknown")))
    return dg.MaterializeResult(
        metadata={
            WANTS_TRAINING: moved.wants_training,
            "trained_until": trained_until,
            "plays_since": moved.since,
            "new_share": moved.new_share,
            "unknown_share": moved.unknown_share,
        }
    )
