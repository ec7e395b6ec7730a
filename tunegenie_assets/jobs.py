"""The jobs: what the command line, the schedule and the sensors run. Each is a selection of the one graph."""

from __future__ import annotations

import dagster as dg

LAND_ARCHIVES = "land_archives"
IMPORT_ARCHIVES = "import_archives"
BUILD_EVERYTHING = "build_everything"

_imported = dg.AssetSelection.assets(
    ["raw", "spotify_extended_history"], ["raw", "rejected_records"], ["raw", "catalogue_tracks"]
)
_simulated = dg.AssetSelection.groups("synthetic")

land_archives = dg.define_asset_job(
    LAND_ARCHIVES,
    selection=dg.AssetSelection.groups("landing"),
    description="Store files from outside as they came and parse them; needs the paths in its configuration.",
)

import_archives = dg.define_asset_job(
    IMPORT_ARCHIVES,
    selection=_imported.downstream() - _simulated,
    description="Everything that follows from the landed archives, for a range of days.",
)

build_everything = dg.define_asset_job(
    BUILD_EVERYTHING,
    selection=dg.AssetSelection.all(),
    description="The whole graph, for a range of days.",
)

JOBS = [land_archives, import_archives, build_everything]
