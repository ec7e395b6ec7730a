"""How old each asset may be, in one table with the reason for each window.

A policy looks at the last materialization of any partition: re-running an old day turns it green. The check
`latest_day_present` looks at the newest day instead.
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

# The daily build runs once a day; half a day more lets it fail once and be repaired in office hours.
DAILY_BUILD = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=26))
# Retrained with each daily build; a week-old model still recommends sensibly.
MODEL = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=8), warn_window=timedelta(days=2))
# Changes when a listener brings an archive or the catalogue file changes, which nobody can promise.
BY_HAND = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=400), warn_window=timedelta(days=200))

BY_LAYER: dict[str, dg.FreshnessPolicy] = {
    "landing": BY_HAND,
    "raw": DAILY_BUILD,
    "synthetic": DAILY_BUILD,
    "bronze": DAILY_BUILD,
    "silver": DAILY_BUILD,
    "enrichment": DAILY_BUILD,
    "gold": DAILY_BUILD,
    "recommender": MODEL,
}

BY_ASSET: dict[dg.AssetKey, dg.FreshnessPolicy] = {
    dg.AssetKey(["raw", "catalogue_tracks"]): BY_HAND,
    dg.AssetKey(["synthetic", "listeners"]): BY_HAND,
}


def policy_for(key: dg.AssetKey) -> dg.FreshnessPolicy:
    """The policy of an asset.

    Raises:
        KeyError: the asset's layer has none.
    """
    return BY_ASSET.get(key) or BY_LAYER[key.path[0]]


def with_freshness(spec: dg.AssetSpec) -> dg.AssetSpec:
    return spec.replace_attributes(freshness_policy=policy_for(spec.key))
