"""How old each asset may be, in one table with the reason for each window.

A policy looks at the last materialization of any partition: re-running an old day turns it green. The check
`latest_day_present` and `plays_still_come` look at the newest day instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import dagster as dg

REASON = "freshness_reason"
"""The metadata of an asset that says why its window is as long as it is."""

DAILY_BUILD = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=26))
MODEL = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=16), warn_window=timedelta(days=9))
COLLECTED = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=6), warn_window=timedelta(hours=1))


@dataclass(frozen=True)
class Window:
    """One row: a policy, why its windows are so long, and the layers and assets it is for.

    An asset's own row goes before its layer's, and a row for while services are asked by the clock before both.
    """

    policy: dg.FreshnessPolicy
    reason: str
    of: tuple[str, ...]
    only_while_collecting: bool = False


WINDOWS: tuple[Window, ...] = (
    Window(
        DAILY_BUILD,
        "Built once a day: after 26 hours a build is missing, and half a day more lets it be repaired in office hours. "
        "What is landed is listed with it; how old the newest export is says the check `export_is_recent`.",
        (
            *("landing", "raw", "synthetic", "bronze", "silver", "enrichment", "gold", "reports", "publish"),
            "recommender/drift",
        ),
    ),
    Window(
        MODEL,
        "Trained once a week: after 9 days a training is missing. A model of two weeks still recommends sensibly, so "
        "it fails after 16.",
        ("recommender",),
    ),
    Window(
        COLLECTED,
        "Services tell the last 50 plays. A pass comes every half hour, and two that failed want to be looked at; "
        "after 6 hours somebody who listens all day has heard more than 50, and plays are lost.",
        ("landing/page_files",),
        only_while_collecting=True,
    ),
)


def window_for(key: dg.AssetKey, *, is_collecting: bool = False) -> Window:
    """The row of an asset.

    Raises:
        KeyError: neither the asset nor its layer has one.
    """
    always = {name: window for window in WINDOWS if not window.only_while_collecting for name in window.of}
    collecting = {name: window for window in WINDOWS if window.only_while_collecting for name in window.of}
    rows = always | collecting if is_collecting else always
    name = key.to_user_string()
    return rows[name] if name in rows else rows[key.path[0]]


def policy_for(key: dg.AssetKey, *, is_collecting: bool = False) -> dg.FreshnessPolicy:
    """The policy of an asset.

    Raises:
        KeyError: neither the asset nor its layer has one.
    """
    return window_for(key, is_collecting=is_collecting).policy


def with_freshness(spec: dg.AssetSpec, *, is_collecting: bool = False) -> dg.AssetSpec:
    """The asset with its policy, and the reason for it where the UI shows it."""
    window = window_for(spec.key, is_collecting=is_collecting)
    with_policy = spec.replace_attributes(freshness_policy=window.policy)
    return with_policy.merge_attributes(metadata={REASON: dg.MetadataValue.text(window.reason)})
