"""What can be asked for: the metrics and dimensions of dbt's semantic manifest, with the words people use for them.

A metric or dimension added to the dbt project is known here without a line of Python. Which of them fit together is
known to MetricFlow, in compiling.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ml.assistant.checking import TIME, UnfitQueryError, check_values
from ml.assistant.plays_behind import plays_behind
from ml.assistant.query import Intent, SemanticQuery
from ml.errors import MlError

LISTENER = "listener"
"""The entity that every query is of; nobody may filter or group by it, or by what describes it."""
ADDED_UP = {"sum", "count", "count_distinct", "sum_boolean"}
"""Aggregations that come to nothing, rather than to no value, where there are no rows."""
_IN_ANOTHER_UNIT = re.compile(r"\w+ [*/] [\d.]+")
"""The expression of a metric that is another one in another unit, such as hours of minutes."""


class UnknownTermError(MlError):
    """A query names a metric or dimension that does not exist, or that nobody may ask by."""


@dataclass(frozen=True)
class Metric:
    name: str
    label: str
    description: str
    unit: str
    synonyms: tuple[str, ...]
    is_helper: bool
    is_added_up: bool
    """Whether no rows make it 0."""
    is_divisible: bool
    """Whether a part of it is a share of the whole: what adds up is, and the same in another unit."""
    is_mean: bool
    """Whether it is a mean or a ratio, so that “on average” says nothing more."""
    is_over_time: bool
    """Whether it compares or adds up dates, so that it needs them in its rows."""
    counted_by: str
    """Of a rate or mean of plays the metric that counts these plays; empty of all others."""


@dataclass(frozen=True)
class Dimension:
    """Something to group or filter by: a dimension such as `artist__name`, or an entity such as `artist`, an id."""

    name: str
    label: str
    description: str
    synonyms: tuple[str, ...]
    is_entity: bool


@dataclass(frozen=True)
class Vocabulary:
    metrics: Mapping[str, Metric]
    dimensions: Mapping[str, Dimension]

    @classmethod
    def of(cls, manifest: str) -> Vocabulary:
        """The vocabulary of a semantic manifest, the JSON that dbt writes."""
        parsed = json.loads(manifest)
        aggregations = {
            measure["name"]: measure["agg"] for model in parsed["semantic_models"] for measure in model["measures"]
        }
        counted_by = plays_behind(parsed)
        metrics = [
            replace(_metric(metric, aggregations, parsed["metrics"]), counted_by=counted_by.get(metric["name"], ""))
            for metric in parsed["metrics"]
        ]
        return cls(
            {metric.name: metric for metric in metrics},
            {dimension.name: dimension for dimension in _dimensions(parsed["semantic_models"])},
        )

    @cached_property
    def asked_for(self) -> tuple[Metric, ...]:
        """The metrics for people, without those that others are made of."""
        return tuple(metric for metric in self.metrics.values() if not metric.is_helper)

    def check(self, query: SemanticQuery) -> None:
        """Whether all that the query names exists and may be asked for.

        Raises:
            UnknownTermError: it does not, or it would tell of other listeners; or a filter has values of another type.
        """
        for name in query.metrics:
            if name not in self.metrics:
                raise UnknownTermError(f"there is no metric {name!r}")
        named = (*query.group_by, *(wanted.dimension for wanted in (*query.filters, *query.part)))
        for name in named:
            if name not in self.dimensions:
                raise UnknownTermError(f"there is no dimension {name!r}")
        self._check_values(query)
        for order in query.order:
            if order.by not in (*query.metrics, *query.group_by, TIME):
                raise UnknownTermError(f"an answer cannot be put in order by {order.by!r}, which is not in it")

    def _check_values(self, query: SemanticQuery) -> None:
        try:
            for wanted in (*query.filters, *query.part):
                check_values(wanted)
        except UnfitQueryError as error:
            raise UnknownTermError(str(error)) from error
        if query.intent is Intent.SHARE:
            for name in query.metrics:
                if not self.metrics[name].is_divisible:
                    raise UnknownTermError(f"a share is of something that adds up, such as plays, and not of {name}")


def _metric(metric: dict[str, Any], aggregations: Mapping[str, str], others: list[dict[str, Any]]) -> Metric:
    meta = metric["config"]["meta"]
    parameters = metric["type_params"]
    measure = (parameters.get("measure") or {}).get("name", "")
    inputs = parameters.get("metrics") or []
    is_added_up = metric["type"] == "simple" and aggregations[measure] in ADDED_UP
    is_in_another_unit = len(inputs) == 1 and _IN_ANOTHER_UNIT.fullmatch(parameters.get("expr") or "") is not None
    whole = [
        _metric(one, aggregations, []) for one in others if is_in_another_unit and one["name"] == inputs[0]["name"]
    ]
    return Metric(
        name=metric["name"],
        label=metric["label"],
        description=metric["description"],
        unit=meta["unit"],
        synonyms=tuple(meta.get("synonyms", ())),
        is_helper=bool(meta.get("is_helper")),
        is_added_up=is_added_up,
        is_divisible=is_added_up or any(one.is_added_up for one in whole),
        is_mean=metric["type"] == "ratio" or aggregations.get(measure) == "average",
        is_over_time=metric["type"] == "cumulative" or any(given.get("offset_window") for given in inputs),
        counted_by="",
    )


def _dimensions(models: list[dict[str, Any]]) -> Iterator[Dimension]:
    """Entities by their own name, dimensions behind the entity of their model; none that describe a listener.

    Left out is what no measure leads to in one step, such as the genres behind the artists, and an entity whose ids
    hold those of listeners.
    """
    reached = {entity["name"] for model in models if model["measures"] for entity in model["entities"]}
    for model in models:
        prefix = model["primary_entity"] or next(
            (entity["name"] for entity in model["entities"] if entity["type"] == "primary"), ""
        )
        if prefix == LISTENER or (prefix not in reached and not model["measures"]):
            continue
        entity = next((entity for entity in model["entities"] if entity["type"] == "primary"), None)
        if entity is not None and not prefix.startswith(LISTENER):
            yield Dimension(prefix, model["label"], model["description"], _synonyms(model), is_entity=True)
        for dimension in model["dimensions"]:
            if dimension["type"] == "categorical":
                yield Dimension(
                    f"{prefix}__{dimension['name']}",
                    dimension["label"],
                    dimension["description"],
                    _synonyms(dimension),
                    is_entity=False,
                )


def _synonyms(described: dict[str, Any]) -> tuple[str, ...]:
    return tuple(((described.get("config") or {}).get("meta") or {}).get("synonyms", ()))
