"""Which metrics are rates or means of plays, and what counts these plays, told from dbt's semantic manifest.

Rates of sessions and of days are none of them. What is done with it is in rates.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_PLAYS = "plays"
_ENTITY = "play"
"""A model with this entity has a row for each play."""


def plays_behind(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Of each rate or mean of plays the metric that counts these plays: its own denominator, or all plays."""
    metrics = {metric["name"]: metric for metric in manifest["metrics"]}
    of_plays = {
        measure["name"]: measure["agg"]
        for model in manifest["semantic_models"]
        if any(entity["name"] == _ENTITY for entity in model["entities"])
        for measure in model["measures"]
    }
    return {
        name: _counted_by(metric, metrics)
        for name, metric in metrics.items()
        if _is_rate(metric, of_plays) and any(measure in of_plays for measure in _measures(metric, metrics))
    }


def _is_rate(metric: Mapping[str, Any], aggregations: Mapping[str, str]) -> bool:
    told = metric["type_params"]
    match metric["type"]:
        case "ratio":
            return True
        case "simple":
            return aggregations.get(told["measure"]["name"]) == "average"
        case "derived":
            # Of one metric alone it is that in another unit, or a share of all rows.
            compares_times = any(given.get("offset_window") for given in told["metrics"])
            return len(told["metrics"]) > 1 and not compares_times
        case _:
            return False


def _measures(metric: Mapping[str, Any], metrics: Mapping[str, Any]) -> Iterator[str]:
    told = metric["type_params"]
    if told.get("measure"):
        yield told["measure"]["name"]
    for given in (told.get("numerator"), told.get("denominator"), *(told.get("metrics") or [])):
        if given:
            yield from _measures(metrics[given["name"]], metrics)


def _counted_by(metric: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    denominator = metrics.get((metric["type_params"].get("denominator") or {}).get("name", ""))
    counts_plays = denominator is not None and denominator["config"]["meta"]["unit"] == _PLAYS
    return denominator["name"] if denominator is not None and counts_plays else _PLAYS
