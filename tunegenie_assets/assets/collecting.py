"""Asking the services: a pass of collection lands pages; their records become rows in raw.py."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import cast

import dagster as dg
import pyarrow as pa
from pydantic import Field

from tunegenie_assets.keys import OWNERS
from tunegenie_assets.locking import collector_lock
from tunegenie_assets.partitions import possible_days
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.services import Services
from tunegenie_assets.resources.tables import WarehouseIOManager, column_schema
from tunegenie_assets.resources.transient import again_where_transient
from tunegenie_assets.resources.unbuilt import days_of_failed_builds, unbuilt_days
from tunegenie_assets.resources.wanted import wanted_by
from tunegenie_assets.schemas.landing import PAGE_FILES
from tunegenie_assets.sources.clients import Clients
from tunegenie_assets.sources.collecting import Outcome, Work
from tunegenie_assets.sources.enriching import Wanted
from tunegenie_assets.sources.fetching import SCOPES, Fetching, Scope
from tunegenie_assets.sources.services.state import CollectorState


class CollectConfig(dg.Config):
    """What to ask for; without scopes the asset only takes in pages that landed and were not remembered."""

    scopes: list[str] = Field(default_factory=list, description=f"Some of {', '.join(SCOPES)}.")
    listeners: list[str] = Field(default_factory=list, description="For whom; all who are connected without them.")
    since_days: int | None = Field(default=None, ge=1, description="Ask again for scrobbles of so many UTC days.")
    artist_ids: list[str] = Field(default_factory=list, description="Look up these artists only: ids of Spotify.")
    artist_names: list[str] = Field(default_factory=list, description="Look up these artists only: names.")
    only_artists: bool = Field(default=False, description="Look up no tracks and albums.")
    again: bool = Field(default=False, description="Look up those artists though they are known.")


@dg.asset(
    key=list(PAGE_FILES.key),
    group_name="landing",
    description=f"{PAGE_FILES.row}\n\nA pass asks the services for what is new; what must wait is parked.",
    owners=list(OWNERS),
    kinds={"python", "spotify", "lastfm"},
    metadata={"dagster/column_schema": column_schema(PAGE_FILES)},
)
@again_where_transient()
def page_files(
    context: dg.AssetExecutionContext,
    config: CollectConfig,
    collection: Collection,
    services: Services,
    warehouse: dg.ResourceParam[WarehouseIOManager],
) -> dg.MaterializeResult[pa.Table]:
    scopes = _scopes(config.scopes)
    outcomes: list[Outcome] = []
    with collector_lock(Path(collection.state_path)):
        collector = collection.collector(services.time.now)
        days = collector.catch_up() if collection.pages.exist() or scopes else set[date]()
        if scopes:
            works = _works(config, scopes, services, collection.state, warehouse)
            outcomes = collector.collect(works, tell=context.log.info)
    for outcome in outcomes:
        _tell(context, outcome)
    days |= {day for outcome in outcomes for day in outcome.days}
    if scopes:
        days |= unbuilt_days(collection, warehouse)
    failed = [outcome for outcome in outcomes if outcome.problem and not (outcome.parked_until or outcome.needs_reauth)]
    # What an earlier pass brought is built though now nothing could be had.
    if failed and len(failed) == len(outcomes) and not days:
        raise dg.Failure("; ".join(dict.fromkeys(str(outcome.problem) for outcome in failed)), allow_retries=False)
    if scopes:
        days |= days_of_failed_builds(context.instance)
    days = possible_days(days, services.time.now().date())
    return dg.MaterializeResult(value=collection.page_files(), metadata=_metadata(outcomes, days))


def _scopes(names: Sequence[str]) -> list[Scope]:
    unknown = sorted(set(names) - set(SCOPES))
    if unknown:
        raise dg.Failure(f"unknown scope {', '.join(unknown)}; known: {', '.join(SCOPES)}", allow_retries=False)
    return [cast("Scope", name) for name in names]


def _works(
    config: CollectConfig,
    scopes: Sequence[Scope],
    services: Services,
    state: CollectorState,
    warehouse: WarehouseIOManager,
) -> list[Work]:
    clients = services.clients(state, services.time.now, services.time.sleep)
    if config.listeners:
        clients = _only(clients, config.listeners)
    since = None
    if config.since_days is not None:
        since = datetime.combine(services.time.now().date() - timedelta(days=config.since_days - 1), time.min)
    wanted = _wanted(config, warehouse) if "enrichment" in scopes and not services.simulated else None
    return Fetching(clients, state, services.time.now, since=since).works(scopes, wanted)


def _wanted(config: CollectConfig, warehouse: WarehouseIOManager) -> Wanted:
    """What real listeners played, of which a stand-in can tell nothing."""
    if config.artist_ids or config.artist_names:
        return Wanted(artists=config.artist_ids, artist_names=config.artist_names, again=config.again)
    wanted = wanted_by(warehouse)
    return Wanted(artists=wanted.artists, artist_names=wanted.artist_names) if config.only_artists else wanted


def _only(clients: Clients, listeners: Sequence[str]) -> Clients:
    return replace(
        clients,
        spotify={name: client for name, client in clients.spotify.items() if name in listeners},
        lastfm_names={name: account for name, account in clients.lastfm_names.items() if name in listeners},
    )


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
