"""Asking the services: a pass of collection lands pages; their records become rows in raw.py."""

from collections.abc import Sequence
from datetime import date
from typing import cast

import dagster as dg
import pyarrow as pa
from pydantic import Field

from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.services import Services
from tunegenie_assets.resources.tables import WarehouseIOManager, column_schema
from tunegenie_assets.resources.wanted import wanted_by
from tunegenie_assets.schemas.landing import PAGE_FILES
from tunegenie_assets.sources.collecting import Outcome
from tunegenie_assets.sources.fetching import SCOPES, Fetching, Scope


class CollectConfig(dg.Config):
    """What to ask for; without scopes the asset only takes in pages that landed and were not remembered."""

    scopes: list[str] = Field(default_factory=list, description=f"Some of {', '.join(SCOPES)}.")


@dg.asset(
    key=list(PAGE_FILES.key),
    group_name="landing",
    description=f"{PAGE_FILES.row}\n\nA pass asks the services for what is new; what must wait is parked.",
    owners=list(OWNERS),
    kinds={"python", "spotify", "lastfm"},
    metadata={"dagster/column_schema": column_schema(PAGE_FILES)},
)
def page_files(
    context: dg.AssetExecutionContext,
    config: CollectConfig,
    collection: Collection,
    services: Services,
    warehouse: dg.ResourceParam[WarehouseIOManager],
) -> dg.MaterializeResult[pa.Table]:
    scopes = _scopes(config.scopes)
    time = services.time
    collector = collection.collector(time.now)
    days = collector.catch_up() if collection.has_state() or scopes else set[date]()
    outcomes: list[Outcome] = []
    if scopes:
        clients = services.clients(collection.state, time.now, time.sleep)
        fetching = Fetching(clients, collection.state, time.now)
        # The warehouse wants to know of what real listeners played, which a stand-in cannot tell.
        wanted = wanted_by(warehouse) if "enrichment" in scopes and not services.simulated else None
        outcomes = collector.collect(fetching.works(scopes, wanted))
    for outcome in outcomes:
        _tell(context, outcome)
    failed = [outcome for outcome in outcomes if outcome.problem and not (outcome.parked_until or outcome.needs_reauth)]
    if failed and len(failed) == len(outcomes):
        raise dg.Failure("; ".join(dict.fromkeys(str(outcome.problem) for outcome in failed)), allow_retries=False)
    days |= {day for outcome in outcomes for day in outcome.days}
    return dg.MaterializeResult(value=collection.page_files(), metadata=_metadata(outcomes, days))


def _scopes(names: Sequence[str]) -> list[Scope]:
    unknown = sorted(set(names) - set(SCOPES))
    if unknown:
        raise dg.Failure(f"unknown scope {', '.join(unknown)}; known: {', '.join(SCOPES)}", allow_retries=False)
    return [cast("Scope", name) for name in names]


def _tell(context: dg.AssetExecutionContext, outcome: Outcome) -> None:
    what = f"{outcome.stream} of {outcome.subject}"
    context.log.info(f"{what}: {outcome.pages} pages, {outcome.records} records that are new")
    if outcome.parked_until:
        context.log.warning(f"{what}: {outcome.problem}; it goes on after {outcome.parked_until:%Y-%m-%d %H:%M} UTC")
    elif outcome.problem:
        context.log.warning(f"{what}: {outcome.problem}")


def _metadata(outcomes: Sequence[Outcome], days: set[date]) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {
        "pages": dg.MetadataValue.int(sum(outcome.pages for outcome in outcomes)),
        "records": dg.MetadataValue.int(sum(outcome.records for outcome in outcomes)),
        "outcomes": dg.MetadataValue.json([outcome.as_json() for outcome in outcomes]),
    }
    if days:
        metadata["first_day"] = dg.MetadataValue.text(min(days).isoformat())
        metadata["last_day"] = dg.MetadataValue.text(max(days).isoformat())
    return metadata
