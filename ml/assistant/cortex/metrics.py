"""Metrics of the manifest as aggregates over the logical columns of one table, and why some cannot be one.

A metric of Cortex Analyst is one expression over one table: no other table, no other time than that of the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ml.assistant.cortex.manifest import Manifest, ManifestMeasure, ManifestMetric, ManifestModel, column_in

PER_ROW = "_per_row"
_AGGREGATES = {"sum": "SUM", "average": "AVG", "max": "MAX", "min": "MIN"}
COUNTED = "count_distinct"
_WORD = re.compile(r"\b[a-z_][a-z0-9_]*\b(?!\s*\()")
_OVER = re.compile(r"\bover\s*\(", re.IGNORECASE)


class NotExpressibleError(Exception):
    """The metric has no place in a semantic model of Cortex Analyst; the message says why."""


class Aggregates:
    """Expressions of metrics by name."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._metrics = {metric.name: metric for metric in manifest.metrics}

    def table_of(self, name: str) -> str:
        """The one table that a metric is over.

        Raises:
            NotExpressibleError: it is over several.
        """
        tables = sorted({model.name for model in self._models(name)})
        if len(tables) > 1:
            raise NotExpressibleError(f"is over several tables: {', '.join(tables)}")
        return tables[0]

    def of(self, name: str) -> str:
        """The metric as one aggregate.

        Raises:
            NotExpressibleError: there is no such aggregate.
        """
        self.table_of(name)
        return self._expression(self._metrics[name])

    def _expression(self, metric: ManifestMetric) -> str:
        told = metric.type_params
        if metric.filter is not None:
            raise NotExpressibleError("has a filter of its own")
        if metric.type == "simple" and told.measure is not None:
            aggregate = self._aggregate(told.measure.name)
            filled = told.measure.fill_nulls_with
            return aggregate if filled is None else f"COALESCE({aggregate}, {filled})"
        if metric.type == "ratio" and told.numerator and told.denominator:
            numerator, denominator = self.of(told.numerator.name), self.of(told.denominator.name)
            return f"CAST({numerator} AS DOUBLE) / CAST(NULLIF({denominator}, 0) AS DOUBLE)"
        if metric.type == "derived" and told.expr is not None:
            return self._derived(metric, " ".join(told.expr.split()))
        raise NotExpressibleError("adds up over time beyond the rows that a question groups")

    def _derived(self, metric: ManifestMetric, expression: str) -> str:
        inputs = metric.type_params.metrics
        if any(part.offset_window or part.offset_to_grain for part in inputs):
            raise NotExpressibleError("compares with another time than that of the question")
        if _OVER.search(expression):
            raise NotExpressibleError("is a share of all rows of the answer")
        aggregates = {part.alias or part.name: f"({self.of(part.name)})" for part in inputs}
        return _WORD.sub(lambda word: aggregates.get(word[0], word[0]), expression)

    def _aggregate(self, measure: str) -> str:
        model = self._manifest.model_of(measure)
        [found] = [one for one in model.measures if one.name == measure]
        column = f"{model.name}.{logical_column(found)}"
        if found.agg == COUNTED:
            return f"COUNT(DISTINCT {column})"
        if found.agg not in _AGGREGATES:
            raise NotExpressibleError(f"aggregates by {found.agg}")
        return f"{_AGGREGATES[found.agg]}({column})"

    def _models(self, name: str) -> Iterator[ManifestModel]:
        told = self._metrics[name].type_params
        if told.measure is not None:
            yield self._manifest.model_of(told.measure.name)
        for part in (told.numerator, told.denominator, *told.metrics):
            if part is not None:
                yield from self._models(part.name)


def logical_column(measure: ManifestMeasure) -> str:
    """The logical column that a measure aggregates: of what is counted its own, of numbers one of that name."""
    if measure.agg == COUNTED:
        return column_in(measure.sql) or f"{measure.name}{PER_ROW}"
    return f"{measure.name}{PER_ROW}"
