"""The jobs: what the command line, the schedule and the sensors run. Each is a selection of the one graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import dagster as dg

from tunegenie_assets.schemas.collected import LISTENING
from tunegenie_assets.schemas.landing import EXCLUSIONS, LISTENER_ZONES, TRAVELLERS

LAND_ARCHIVES = "land_archives"
IMPORT_ARCHIVES = "import_archives"
RECOUNT = "recount"
BUILD_EVERYTHING = "build_everything"

_preferences = dg.AssetSelection.assets(*(list(table.key) for table in (EXCLUSIONS, LISTENER_ZONES, TRAVELLERS)))
_imported = dg.AssetSelection.groups("raw")
_simulated = dg.AssetSelection.groups("synthetic")
_reference = dg.AssetSelection.assets(["silver", "country_zones"])

land_archives = dg.define_asset_job(
    LAND_ARCHIVES,
    selection=dg.AssetSelection.groups("landing") - _preferences,
    description="Store files from outside as they came and parse them; needs the paths in its configuration.",
)

import_archives = dg.define_asset_job(
    IMPORT_ARCHIVES,
    selection=(_imported | _preferences | _reference).downstream() - _simulated,
    description="Everything that follows from the landed archives, for a range of days.",
)

recount = dg.define_asset_job(
    RECOUNT,
    # The counting policy is read where exclusions are, so what depends on it is among what follows from them.
    selection=_preferences.downstream(),
    description="What follows from the counting policy and from what listeners said, for a range of days.",
)

build_everything = dg.define_asset_job(
    BUILD_EVERYTHING,
    selection=dg.AssetSelection.all(),
    description="The whole graph, for a range of days.",
)


def without_empty_histories(
    job: str, present: Collection[str], assets: Iterable[dg.AssetsDefinition]
) -> list[dg.AssetKey]:
    """The assets of a job but for the raw tables of sources of which nothing has landed.

    They stay empty, and Dagster would store an event for each of their days: a second a table for eleven years.
    """
    empty = [list(table.key) for table in LISTENING if table.name not in present]
    [selection] = [definition.selection for definition in JOBS if definition.name == job]
    chosen = selection - dg.AssetSelection.assets(*empty) if empty else selection
    return sorted(chosen.resolve(list(assets)))


JOBS = [land_archives, import_archives, recount, build_everything]
