"""How old each asset may be, in one table with the reason for each window.

A policy looks at the last materialization of any partition: re-running an old day turns it green. The check
`latest_day_present` looks at the newest day instead.
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from tunegenie_assets.schemas.landing import PAGE_FILES

# The daily build runs once a day; half a day more lets it fail once and be repaired in office hours.
DAILY_BUILD = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=26))
# Trained weekly; half a week more lets it fail and be repaired, and a model of two weeks still recommends sensibly.
MODEL = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=16), warn_window=timedelta(days=9))
# Changes when a listener brings an archive or the catalogue file changes, which nobody can promise.
BY_HAND = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=400), warn_window=timedelta(days=200))
# Services tell the last 50 plays: a pass comes every half hour, and two that failed want to be looked at. After six
# hours somebody who listens all day has heard more than 50, and plays are lost.
COLLECTED = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=6), warn_window=timedelta(hours=1))

BY_LAYER: dict[str, dg.FreshnessPolicy] = {
    "landing": BY_HAND,
    "raw": DAILY_BUILD,
    "synthetic": DAILY_BUILD,
    "bronze": DAILY_BUILD,
    "silver": DAILY_BUILD,
    "enrichment": DAILY_BUILD,
    "gold": DAILY_BUILD,
    "recommender": MODEL,
    "reports": DAILY_BUILD,
    "publish": DAILY_BUILD,
}

BY_ASSET: dict[dg.AssetKey, dg.FreshnessPolicy] = {
    dg.AssetKey(["raw", "catalogue_tracks"]): BY_HAND,
    dg.AssetKey(["synthetic", "listeners"]): BY_HAND,
    dg.AssetKey(["recommender", "drift"]): DAILY_BUILD,
}


WHILE_COLLECTING: dict[dg.AssetKey, dg.FreshnessPolicy] = {dg.AssetKey(list(PAGE_FILES.key)): COLLECTED}
"""Where services are asked by the clock; elsewhere their pages come by hand."""


def policy_for(key: dg.AssetKey, *, is_collecting: bool = False) -> dg.FreshnessPolicy:
    """The policy of an asset.

    Raises:
        KeyError: the asset's layer has none.
    """
    if is_collecting and key in WHILE_COLLECTING:
        return WHILE_COLLECTING[key]
    return BY_ASSET.get(key) or BY_LAYER[key.path[0]]


def with_freshness(spec: dg.AssetSpec, *, is_collecting: bool = False) -> dg.AssetSpec:
    return spec.replace_attributes(freshness_policy=policy_for(spec.key, is_collecting=is_collecting))
