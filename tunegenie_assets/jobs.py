"""The jobs: what the command line, the schedule and the sensors run. Each is a selection of the one graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import dagster as dg

from tunegenie_assets.keys import BUILD_COLLECTED
from tunegenie_assets.partitions import PARTITION_TAG
from tunegenie_assets.pods import Queue, pod
from tunegenie_assets.schemas.catalogue import SYNTHETIC_CATALOGUE
from tunegenie_assets.schemas.collected import COLLECTED, LISTENING
from tunegenie_assets.schemas.landing import EXCLUSIONS, LISTENER_ZONES, PAGE_FILES, TRAVELLERS
from tunegenie_assets.schemas.lookups import LOOKUPS
from tunegenie_assets.schemas.results import ARTIST_GENRES

LAND_ARCHIVES = "land_archives"
IMPORT_ARCHIVES = "import_archives"
COLLECT = "collect"
ENRICH_ARTISTS = "enrich_artists"
RECOUNT = "recount"
BUILD_EVERYTHING = "build_everything"
TRAIN_RECOMMENDER = "train_recommender"
REPORT_QUALITY = "report_quality"

DAILY_BUILD = "daily_build"
"""The schedule of BUILD_EVERYTHING."""

AGAIN_WHEN_KILLED = {
    "dagster/max_retries": "2",
    "dagster/retry_strategy": "ALL_STEPS",
    "dagster/retry_on_asset_or_op_failure": "false",
}
"""On a run that nothing else would begin again soon. One that failed by itself is left: it would fail again."""

_BUILDING = pod(Queue.WAREHOUSE, memory="1Gi", limit="2Gi", processors="500m")
_LANDING = pod(Queue.WAREHOUSE, memory="1Gi", limit="4Gi", processors="1")
"""Parsing an archive of years takes more than statements that Snowflake works through."""
_COLLECTING = pod(Queue.SERVICES, memory="1Gi", limit="2Gi", processors="250m")
_TRAINING = pod(Queue.TRAINING, memory="2Gi", limit="4Gi", processors="1")

_preferences = dg.AssetSelection.assets(*(list(table.key) for table in (EXCLUSIONS, LISTENER_ZONES, TRAVELLERS)))
_pages = dg.AssetSelection.assets(list(PAGE_FILES.key))
_invented = dg.AssetSelection.assets(list(SYNTHETIC_CATALOGUE.key))
_imported = dg.AssetSelection.groups("raw") | _invented
_simulated = dg.AssetSelection.groups("synthetic") - _invented
_drift = dg.AssetSelection.assets(["recommender", "drift"])
_trained = dg.AssetSelection.groups("recommender") - _drift
_reports = dg.AssetSelection.groups("reports", "publish")
_lookups = dg.AssetSelection.assets(*(list(table.key) for table in LOOKUPS))
_genres = dg.AssetSelection.assets(list(ARTIST_GENRES.key))
_seeds = dg.AssetSelection.assets(
    ["silver", "genre_taxonomy"], ["silver", "genre_aliases"], ["silver", "genre_corrections"]
)
_reference = dg.AssetSelection.assets(["silver", "country_zones"]) | _seeds

land_archives = dg.define_asset_job(
    LAND_ARCHIVES,
    tags=_LANDING,
    selection=dg.AssetSelection.groups("landing") - _preferences - _pages,
    description="Store files from outside as they came and parse them; needs the paths in its configuration.",
)

import_archives = dg.define_asset_job(
    IMPORT_ARCHIVES,
    tags=_LANDING,
    # Pages about the warehouse are for the daily build: what they tell does not change with every archive.
    selection=(_imported | _preferences | _reference).downstream() - _simulated - _trained - _drift - _reports,
    description="What follows from the landed archives but for the recommender, for a range of days.",
)

collect = dg.define_asset_job(
    COLLECT,
    tags=_COLLECTING,
    selection=_pages,
    description="Ask the services for what is new; needs the scopes in its configuration.",
)

build_collected = dg.define_asset_job(
    BUILD_COLLECTED,
    tags=_BUILDING,
    selection=(_imported | _preferences | _reference).downstream() - _simulated - _trained - _drift - _reports,
    description="What follows from the pages that landed, but for the recommender, for a range of days.",
)

enrich_artists = dg.define_asset_job(
    ENRICH_ARTISTS,
    tags=_BUILDING,
    selection=(_lookups | _seeds | ((_lookups | _seeds).downstream() & _genres.upstream()) | _genres.downstream())
    - _simulated
    - _trained
    - _drift
    - _reports,
    description="Genres from what is known of artists, and what follows from them but for the recommender.",
)

recount = dg.define_asset_job(
    RECOUNT,
    tags=_BUILDING,
    # The counting policy is read where exclusions are, so what depends on it is among what follows from them.
    selection=_preferences.downstream() - _trained - _drift - _reports,
    description="What follows from the counting policy and from what listeners said, for a range of days.",
)

build_everything = dg.define_asset_job(
    BUILD_EVERYTHING,
    tags=_BUILDING,
    selection=dg.AssetSelection.all() - _trained,
    description="The whole graph but for the recommender, for a range of days.",
)

train_recommender = dg.define_asset_job(
    TRAIN_RECOMMENDER,
    tags=_TRAINING,
    selection=_trained,
    description="The recommender of a week: trained, tried out, published where it is good enough, and what it says.",
)

report_quality = dg.define_asset_job(
    REPORT_QUALITY,
    tags=_BUILDING,
    selection=dg.AssetSelection.assets(["reports", "check_results"], ["reports", "data_quality"]),
    description="What all checks said up to now, as a page: also of runs that a check stopped.",
)


def collect_request(scopes: Iterable[str], *, run_key: str | None = None) -> dg.RunRequest:
    """A run of `collect` that asks for these scopes."""
    config = {"scopes": list(scopes)}
    op = dg.AssetKey(list(PAGE_FILES.key)).to_python_identifier()
    return dg.RunRequest(run_key=run_key, run_config={"ops": {op: {"config": config}}})


def without_empty_histories(
    job: str, present: Collection[str], assets: Iterable[dg.AssetsDefinition]
) -> list[dg.AssetKey]:
    """The assets of a job but for the raw tables of sources of which nothing has landed.

    They stay empty, and Dagster would store an event for each of their days: a second a table for eleven years.
    """
    empty = [list(table.key) for table in (*LISTENING, *COLLECTED) if table.name not in present]
    [selection] = [definition.selection for definition in JOBS if definition.name == job]
    chosen = selection - dg.AssetSelection.assets(*empty) if empty else selection
    return sorted(chosen.resolve(list(assets)))


JOBS = [
    land_archives,
    import_archives,
    collect,
    build_collected,
    enrich_artists,
    recount,
    build_everything,
    train_recommender,
    report_quality,
]


def training_request(week: date, *, run_key: str) -> dg.RunRequest:
    """A run of `train_recommender` for a week, by its Monday."""
    return dg.RunRequest(run_key=run_key, tags={PARTITION_TAG: week.isoformat()} | AGAIN_WHEN_KILLED)
