"""From a query of metrics to SQL with parameters, by MetricFlow in process, for DuckDB or Snowflake.

Values of a query never reach MetricFlow, whose filters are Jinja templates: a mark stands for each, and becomes a
parameter of the statement. The listener is added here to every statement; no caller can leave them out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import cast

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlClient, SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow.sql.render.snowflake import SnowflakeSqlPlanRenderer
from metricflow.sql.render.sql_plan_renderer import SqlPlanRenderer
from metricflow_semantics.errors.error_classes import MetricFlowException
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from ml.assistant.query import Filter, Operator, SemanticQuery, Value, Window
from ml.assistant.vocabulary import LISTENER, TIME, Vocabulary
from ml.errors import MlError

MOST_ROWS_COMPILED = 100_000
_MARK = re.compile(r"'value_(\d+)_of_the_question'")
_COMMENTS = re.compile(r"^\s*--.*\n", re.MULTILINE)


class Dialect(StrEnum):
    DUCKDB = "duckdb"
    SNOWFLAKE = "snowflake"


class CannotCompileError(MlError):
    """The metrics, dimensions and filters of a query do not fit together."""


@dataclass(frozen=True)
class Compiled:
    """A statement with `?` for its parameters, in order."""

    sql: str
    parameters: tuple[Value, ...]


@dataclass(frozen=True)
class Least:
    """What a metric must come to in a row, which has no place in the answer otherwise."""

    metric: str
    value: int


@dataclass(frozen=True)
class _Renderer:
    """What compiling looks at of the client that MetricFlow asks for; nothing can be run with it."""

    sql_engine_type: SqlEngine
    sql_plan_renderer: SqlPlanRenderer


_ENGINES = {
    Dialect.DUCKDB: (SqlEngine.DUCKDB, DuckDbSqlPlanRenderer),
    Dialect.SNOWFLAKE: (SqlEngine.SNOWFLAKE, SnowflakeSqlPlanRenderer),
}


@dataclass
class _Marks:
    """The values of one statement, each with the mark that stands for it."""

    values: list[Value] = field(default_factory=list)

    def mark(self, value: Value) -> str:
        self.values.append(value)
        return f"'value_{len(self.values) - 1}_of_the_question'"

    def resolve(self, sql: str) -> Compiled:
        """Marks become parameters in the order in which they stand: MetricFlow may repeat a filter."""
        order = [int(found) for found in _MARK.findall(sql)]
        return Compiled(_MARK.sub("?", sql), tuple(self.values[index] for index in order))


@dataclass(frozen=True)
class Compiler:
    """Compiles for one dialect; made once, used for every question."""

    vocabulary: Vocabulary
    engine: MetricFlowEngine

    @classmethod
    def of(cls, manifest: str, dialect: Dialect) -> Compiler:
        """A compiler over the JSON of dbt's semantic manifest, whose relations are named as that target names them."""
        engine_type, renderer = _ENGINES[dialect]
        lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest))
        client = cast("SqlClient", _Renderer(engine_type, renderer()))
        return cls(Vocabulary.of(manifest), MetricFlowEngine(lookup, client))

    def compile(
        self, query: SemanticQuery, listener: str, *, also: Sequence[Filter] = (), least: Least | None = None
    ) -> Compiled:
        """The statement of a query of metrics about one listener; `also` are further filters, `least` what rows have.

        Columns are the groups, `metric_time__<grain>` first, then the metrics, all by their names.

        Raises:
            UnknownTermError: the query names what does not exist.
            CannotCompileError: its parts do not fit together.
        """
        self.vocabulary.check(query)
        marks = _Marks()
        where = [f"{{{{ Entity('{LISTENER}') }}}} = {marks.mark(listener)}"]
        where += [self._condition(wanted, marks) for wanted in (*query.filters, *also)]
        is_over_time = any(self.vocabulary.metrics[name].is_over_time for name in query.metrics)
        if not is_over_time:
            where += _dates(query.window, marks)
        groups = ([f"{TIME}__{query.grain}"] if query.grain else []) + list(query.group_by)
        start, end = _bounds(query.window) if is_over_time else (None, None)
        request = MetricFlowQueryRequest.create(
            metric_names=list(dict.fromkeys([*query.metrics, *([least.metric] if least else [])])),
            group_by_names=groups or None,
            where_constraints=where,
            time_constraint_start=start,
            time_constraint_end=end,
        )
        try:
            plan = self.engine.explain(request)
        except MetricFlowException as error:
            raise CannotCompileError(_misfit(query)) from error
        columns = ", ".join([*groups, *query.metrics])
        sql = _COMMENTS.sub("", plan.sql_statement.sql)
        rows = f"where {least.metric} >= {least.value}\n" if least else ""
        return marks.resolve(f"select {columns}\nfrom (\n{sql}\n) as answer\n{rows}{self._last_part(query)}")

    def _condition(self, wanted: Filter, marks: _Marks) -> str:
        dimension = self.vocabulary.dimensions[wanted.dimension]
        term = f"{{{{ {'Entity' if dimension.is_entity else 'Dimension'}('{dimension.name}') }}}}"
        if wanted.operator is Operator.KNOWN:
            return f"{term} IS NOT NULL"
        values = ", ".join(marks.mark(value) for value in wanted.values)
        if wanted.operator in (Operator.IN, Operator.NOT_IN):
            return f"{term} {wanted.operator.upper()} ({values})"
        return f"{term} {wanted.operator} {values}"

    def _last_part(self, query: SemanticQuery) -> str:
        """Order and limit, which MetricFlow leaves to the outermost statement; among equals the first by group."""
        terms = [
            _term(order.by, query) + (" desc nulls last" if order.descending else " nulls last")
            for order in query.order
        ]
        named = [group for group in query.group_by if not self.vocabulary.dimensions[group].is_entity]
        rest = [*named, *(group for group in query.group_by if group not in named)]
        period = f"{TIME}__{query.grain}" if query.grain else None
        if period and query.group_by and query.limit and query.order:
            order = ", ".join([*terms, *rest])
            return (
                f"qualify row_number() over (partition by {period} order by {order}) <= {query.limit}\n"
                f"order by {period}, {order}"
            )
        order = ", ".join(dict.fromkeys([*terms, *([period] if period else []), *rest]))
        return (f"order by {order}\n" if order else "") + f"limit {query.limit or MOST_ROWS_COMPILED}"


def _term(by: str, query: SemanticQuery) -> str:
    return f"{TIME}__{query.grain}" if by == TIME else by


def _dates(window: Window, marks: _Marks) -> list[str]:
    """Conditions for the dates of a window: MetricFlow widens its own time constraint to whole weeks or months."""
    date_of_it = f"{{{{ TimeDimension('{TIME}', 'day') }}}}"
    conditions: list[str] = []
    if window.start is not None:
        conditions.append(f"{date_of_it} >= {marks.mark(window.start.isoformat())}")
    if window.end is not None:
        conditions.append(f"{date_of_it} < {marks.mark(window.end.isoformat())}")
    return conditions


def _bounds(window: Window) -> tuple[datetime | None, datetime | None]:
    """First and last date of a window, both within: what adds up or compares dates must see those outside it."""
    start = datetime.combine(window.start, time(), UTC).replace(tzinfo=None) if window.start else None
    end = datetime.combine(window.end - timedelta(days=1), time(), UTC).replace(tzinfo=None) if window.end else None
    return start, end


def _misfit(query: SemanticQuery) -> str:
    by = [*query.group_by, *(wanted.dimension for wanted in (*query.filters, *query.part))]
    return f"{', '.join(query.metrics)} cannot be asked by {', '.join(dict.fromkeys(by)) or 'nothing'}"
