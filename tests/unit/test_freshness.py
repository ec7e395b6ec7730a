from __future__ import annotations

import dagster as dg
import pytest

from tunegenie_assets.freshness import (
    COLLECTED,
    DAILY_BUILD,
    MODEL,
    REASON,
    WINDOWS,
    policy_for,
    window_for,
    with_freshness,
)
from tunegenie_assets.keys import LAYERS


def test_every_layer_has_a_policy_and_every_name_one_row() -> None:
    for layer in LAYERS:
        assert policy_for(dg.AssetKey([layer, "anything"]))
    for only_while_collecting in (True, False):
        names = [name for w in WINDOWS if w.only_while_collecting is only_while_collecting for name in w.of]
        assert len(names) == len(set(names))
        assert {name.split("/")[0] for name in names} <= set(LAYERS)


def test_the_reason_stands_with_the_asset() -> None:
    spec = with_freshness(dg.AssetSpec(["gold", "fct_plays"], metadata={"kept": 1}))
    assert spec.metadata[REASON] == dg.MetadataValue.text(window_for(spec.key).reason)
    assert spec.metadata["kept"] == 1


@pytest.mark.parametrize(
    ("key", "policy"),
    [
        (["silver", "plays"], DAILY_BUILD),
        (["raw", "spotify_extended_history"], DAILY_BUILD),
        (["landing", "archives"], DAILY_BUILD),
        (["recommender", "model"], MODEL),
        (["recommender", "drift"], DAILY_BUILD),
    ],
)
def test_asset_before_layer(key: list[str], policy: dg.FreshnessPolicy) -> None:
    assert policy_for(dg.AssetKey(key)) == policy
    assert with_freshness(dg.AssetSpec(key)).freshness_policy == policy


def test_unknown_layer_is_refused() -> None:
    with pytest.raises(KeyError):
        policy_for(dg.AssetKey(["platinum", "plays"]))


@pytest.mark.parametrize(("is_collecting", "policy"), [(True, COLLECTED), (False, DAILY_BUILD)])
def test_pages_are_fresh_for_an_hour_where_services_are_asked_by_the_clock(
    is_collecting: bool, policy: dg.FreshnessPolicy
) -> None:
    pages = dg.AssetSpec(["landing", "page_files"])
    assert with_freshness(pages, is_collecting=is_collecting).freshness_policy == policy
    archives = dg.AssetSpec(["landing", "archives"])
    assert with_freshness(archives, is_collecting=is_collecting).freshness_policy == DAILY_BUILD
