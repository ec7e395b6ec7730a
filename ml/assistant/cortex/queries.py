"""Verified questions as Snowflake's SQL over the logical tables of the Cortex model.

The listener is no part of it: whose rows are seen is for the roles and row policies of the account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ml.assistant.cortex.fields import Relationship, VerifiedQuery
from ml.assistant.cortex.manifest import Manifest
from ml.assistant.cortex.metrics import Aggregates, NotExpressibleError
from ml.assistant.planning.verified import VerifiedQuestion
from ml.assistant.query import Filter, Grain, Intent, Operator, SemanticQuery, Value

VERIFIED_BY = "TuneGenie"
_TOMORROW = "DATEADD('DAY', 1, CURRENT_DATE)"
_MONDAY = "DATEADD('DAY', 1 - DAYOFWEEKISO(CURRENT_DATE), CURRENT_DATE)"
_MONTH, _YEAR = "DATE_TRUNC('MONTH', CURRENT_DATE)", "DATE_TRUNC('YEAR', CURRENT_DATE)"
WINDOWS: Mapping[str, tuple[str, str]] = {
    "today": ("CURRENT_DATE", _TOMORROW),
    "yesterday": ("DATEADD('DAY', -1, CURRENT_DATE)", "CURRENT_DATE"),
    "last week": (f"DATEADD('DAY', -7, {_MONDAY})", _MONDAY),
    "this month": (_MONTH, _TOMORROW),
    "last month": (f"DATEADD('MONTH', -1, {_MONTH})", _MONTH),
    "this year": (_YEAR, _TOMORROW),
    "last year": (f"DATEADD('YEAR', -1, {_YEAR})", _YEAR),
    "over the past 3 months": (f"DATEADD('MONTH', -3, {_TOMORROW})", _TOMORROW),
}
"""First date and the date after the last, of windows that verified questions name."""
EVER = frozenset({"", "of all time"})
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


def verified_queries(
    questions: Sequence[VerifiedQuestion],
    manifest: Manifest,
    expressions: Aggregates,
    relationships: Sequence[Relationship],
) -> tuple[tuple[VerifiedQuery, ...], tuple[tuple[str, str], ...]]:
    """Those that are one query over the logical tables; of the others the question and the reason."""
    made: list[VerifiedQuery] = []
    left_out: list[tuple[str, str]] = []
    for verified in questions:
        try:
            sql = _Statement(verified.query, manifest, expressions, relationships).sql(verified.when)
        except NotExpressibleError as error:
            left_out.append((verified.question, str(error)))
            continue
        made.append(
            VerifiedQuery(
                name=_NOT_IN_A_NAME.sub("_", verified.question.casefold()).strip("_"),
                question=verified.question,
                sql=sql,
                verified_by=VERIFIED_BY,
                use_as_onboarding_question=verified.is_first or None,
            )
        )
    return tuple(made), tuple(left_out)


class _Statement:
    """One query over one table with measures and the tables that it leads to."""

    def __init__(
        self,
        query: SemanticQuery,
        manifest: Manifest,
        expressions: Aggregates,
        relationships: Sequence[Relationship],
    ) -> None:
        if query.intent is not Intent.METRIC:
            raise NotExpressibleError(f"is about more than figures ({query.intent})")
        if query.comparison is not None:
            raise NotExpressibleError("compares two windows")
        self._query = query
        self._expressions = expressions
        self._models = {model.name: model for model in manifest.semantic_models}
        tables = sorted({expressions.table_of(metric) for metric in query.metrics})
        if len(tables) > 1:
            raise NotExpressibleError(f"is over several tables: {', '.join(tables)}")
        self._table = self._models[tables[0]]
        self._joins = {join.right_table: join for join in relationships if join.left_table == self._table.name}

    def sql(self, when: str) -> str:
        query = self._query
        columns = {name: self._column(name) for name in self._dimensions()}
        selected = [f"{column} AS {_alias(name)}" for name, column in columns.items() if self._is_shown(name)]
        if query.grain is not None:
            selected.insert(0, f"{_truncated(query.grain, self._time())} AS {query.grain}")
        grouped = [str(number + 1) for number in range(len(selected))]
        # Ids tell two of one name apart, and nobody wants to see them.
        grouped += [columns[name] for name in query.group_by if not self._is_shown(name)]
        selected += [f"{self._expressions.of(metric)} AS {metric}" for metric in query.metrics]
        conditions = [*_within(self._time(), when), *(_condition(one, columns) for one in query.filters)]
        lines = ["SELECT", *_listed(selected), f"FROM __{self._table.name} AS {self._table.name}"]
        lines += self._joined(columns)
        lines += [f"{'AND' if number else 'WHERE'} {one}" for number, one in enumerate(conditions)]
        lines += [f"GROUP BY {', '.join(grouped)}"] if grouped else []
        lines += self._ordered()
        lines += [f"LIMIT {query.limit}"] if query.limit else []
        return "\n".join(lines) + "\n"

    def _dimensions(self) -> list[str]:
        return list(dict.fromkeys([*self._query.group_by, *(one.dimension for one in self._query.filters)]))

    def _is_shown(self, dimension: str) -> bool:
        return dimension in self._query.group_by and "__" in dimension

    def _column(self, dimension: str) -> str:
        entity, _, name = dimension.rpartition("__")
        if not entity:
            key = next((one.column for one in self._table.entities if one.name == name), None)
            if key is None:
                raise NotExpressibleError(f"needs {dimension}, which no column of {self._table.name} is")
            return f"{self._table.name}.{key}"
        if entity == self._table.identity:
            return f"{self._table.name}.{name}"
        target = next((model for model in self._models.values() if model.identity == entity), None)
        if target is None or target.name not in self._joins:
            raise NotExpressibleError(f"needs {dimension}, to which {self._table.name} does not lead")
        return f"{target.name}.{name}"

    def _time(self) -> str:
        return f"{self._table.name}.{self._table.time}"

    def _joined(self, columns: Mapping[str, str]) -> Iterator[str]:
        reached = {column.split(".")[0] for column in columns.values()} - {self._table.name}
        for name in sorted(reached):
            [pair] = self._joins[name].relationship_columns
            on = f"{self._table.name}.{pair.left_column} = {name}.{pair.right_column}"
            yield f"LEFT OUTER JOIN __{name} AS {name} ON {on}"

    def _ordered(self) -> list[str]:
        keys = [f"{_alias(one.by)} {'DESC' if one.descending else 'ASC'} NULLS LAST" for one in self._query.order]
        if self._query.grain is not None:
            keys.append(f"{self._query.grain} ASC")
        return [f"ORDER BY {', '.join(keys)}"] if keys else []


def _within(time: str, when: str) -> Iterator[str]:
    if when in EVER:
        return
    if when not in WINDOWS:
        raise NotExpressibleError(f"names a time that is not written as SQL: {when}")
    begin, end = WINDOWS[when]
    yield f"{time} >= {begin}"
    yield f"{time} < {end}"


def _condition(told: Filter, columns: Mapping[str, str]) -> str:
    column = columns[told.dimension]
    if told.operator is Operator.KNOWN:
        return f"{column} IS NOT NULL"
    if told.operator in (Operator.AT_LEAST, Operator.AT_MOST):
        return f"{column} {told.operator} {_literal(told.values[0])}"
    values = ", ".join(_literal(value) for value in told.values)
    return f"{column} {'IN' if told.operator is Operator.IN else 'NOT IN'} ({values})"


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return str(value)
    quoted = value.replace("'", "''")
    return f"'{quoted}'"


def _alias(name: str) -> str:
    return name.replace("__", "_")


def _truncated(grain: Grain, time: str) -> str:
    return f"DATE_TRUNC('{grain.upper()}', {time})"


def _listed(columns: Sequence[str]) -> list[str]:
    return [f"  {column}{',' if number < len(columns) - 1 else ''}" for number, column in enumerate(columns)]
