"""Runs queries for one listener through a read-only connection that it is given, and shapes what comes back.

The listener is part of every statement that is made here, and there is no other way to the warehouse. Sentences and
charts are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

import pyarrow as pa

from ml.assistant import lists, suggesting
from ml.assistant.checking import UnfitQueryError, check_parts
from ml.assistant.compiling import MOST_ROWS_COMPILED, CannotCompileError, Compiled, Compiler, Least
from ml.assistant.kinds import BY_KIND, of_kind
from ml.assistant.query import Comparison, Filter, Grain, Intent, Order, SemanticQuery, Value
from ml.assistant.rates import LEAST_PLAYS, counted_by
from ml.assistant.vocabulary import TIME, UnknownTermError
from ml.errors import MlError

Row = tuple[object, ...]
_IS_TRAINED = """
select 1 from recommender.track_neighbours
where exists (select 1 from gold.dim_listener where listener_id = ?)
limit 1
"""


NOTHING_RECOMMENDED = "nothing has been recommended yet; run tunegenie train"


class MissingTableError(MlError):
    """A statement reads a table that has not been built."""


class NothingRecommendedError(MlError):
    """There is nothing to recommend from yet; its text says what to do."""


class ReadOnlyWarehouse(Protocol):
    """Runs one statement with parameters; a limit of rows and of time is its own affair."""

    def read(self, sql: str, parameters: Sequence[Value]) -> pa.Table:
        """The rows of a statement.

        Raises:
            MissingTableError: a table of it has not been built.
        """
        ...


@dataclass(frozen=True)
class Result:
    """What a query came to; columns of ids are left out of both."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    statements: tuple[Compiled, ...]


@dataclass(frozen=True)
class Executor:
    compiler: Compiler
    warehouse: ReadOnlyWarehouse
    listener: str

    def run(self, query: SemanticQuery, *, as_of: date) -> Result:
        """The result of a query of this listener, asked on a date of their zone.

        Raises:
            UnknownTermError: it names what does not exist, or has parts that mean nothing there.
            CannotCompileError: its parts do not fit together.
            NothingRecommendedError: suggestions are asked for, and nothing has been trained.
        """
        self.compiler.vocabulary.check(query)
        try:
            check_parts(query)
        except UnfitQueryError as error:
            raise UnknownTermError(str(error)) from error
        match query.intent:
            case Intent.METRIC:
                return self._compared(query, query.comparison) if query.comparison else self._figures(query)
            case Intent.SHARE:
                return self._share(query)
            case Intent.RANK:
                return self._rank(query)
            case Intent.STREAK:
                return self._streak(query, as_of)
            case Intent.RECOMMEND | Intent.SIMILAR:
                return self._suggested(suggesting.statement(query, self.listener))
            case _:
                return self._read(lists.statement(_of_its_subject(query), self.listener))

    def _suggested(self, statement: Compiled) -> Result:
        """Suggestions; where there are none because nothing has been trained, that is said instead."""
        try:
            result = self._read(statement)
            is_trained = bool(result.rows) or self.warehouse.read(_IS_TRAINED, (self.listener,)).num_rows > 0
        except MissingTableError as error:
            raise NothingRecommendedError(NOTHING_RECOMMENDED) from error
        if not is_trained:
            raise NothingRecommendedError(NOTHING_RECOMMENDED)
        return result

    def _read(self, statement: Compiled) -> Result:
        found = self.warehouse.read(statement.sql, statement.parameters)
        rows = tuple(
            tuple(map(_plain, row)) for row in zip(*(column.to_pylist() for column in found.columns), strict=True)
        )
        return Result(tuple(found.column_names), rows, (statement,))

    def _figures(self, query: SemanticQuery) -> Result:
        result = self._read(self.compiler.compile(query, self.listener, least=self._least(query)))
        added_up = {name for name in query.metrics if self.compiler.vocabulary.metrics[name].is_added_up}
        shown = [index for index, name in enumerate(result.columns) if not self._is_id(name)]
        rows = tuple(
            tuple(0 if row[index] is None and result.columns[index] in added_up else row[index] for index in shown)
            for row in result.rows
            if query.grain is None or any(row[result.columns.index(name)] is not None for name in query.metrics)
        )
        return replace(result, columns=tuple(result.columns[index] for index in shown), rows=rows)

    def _least(self, query: SemanticQuery) -> Least | None:
        counted = counted_by(query, self.compiler.vocabulary)
        return None if counted is None else Least(counted.name, LEAST_PLAYS)

    def _is_id(self, column: str) -> bool:
        dimension = self.compiler.vocabulary.dimensions.get(column)
        return dimension is not None and dimension.is_entity

    def _compared(self, query: SemanticQuery, comparison: Comparison) -> Result:
        """A row for each window, the question's first one first."""
        later = query.model_copy(update={"comparison": None})
        earlier = later.model_copy(update={"window": comparison.window})
        results = [self._figures(later), self._figures(earlier)]
        labels = [window.label for window in (query.window, comparison.window)]
        rows = tuple((label, *row) for label, result in zip(labels, results, strict=True) for row in result.rows)
        statements = tuple(statement for result in results for statement in result.statements)
        return Result(("period", *results[0].columns), rows, statements)

    def _share(self, query: SemanticQuery) -> Result:
        whole = query.model_copy(update={"intent": Intent.METRIC, "part": ()})
        if query.grain or query.group_by:
            raise CannotCompileError("a share is of one window, without groups")
        statements = [self.compiler.compile(whole, self.listener, also=also) for also in (query.part, ())]
        [part], [all_of_it] = (self._read(statement).rows[0] for statement in statements)
        share = float(str(part or 0)) / float(str(all_of_it)) if all_of_it else None
        metric = query.metrics[0]
        row = (share, part or 0, all_of_it or 0)
        return Result(("share", f"{metric}_of_it", metric), (row,), tuple(statements))

    def _rank(self, query: SemanticQuery) -> Result:
        """The place of the subject among all of its kind, equals by name as everywhere."""
        kind = query.about.kind
        group, excluded = of_kind(kind)
        [metric] = query.metrics
        everything = query.model_copy(
            update={
                "intent": Intent.METRIC,
                "group_by": group,
                "filters": (*query.filters, *excluded),
                "order": (Order(by=metric),),
                "limit": None,
                "subject": None,
            }
        )
        result = self._read(self.compiler.compile(everything, self.listener, least=self._least(query)))
        key = result.columns.index(BY_KIND[kind])
        for place, row in enumerate(result.rows, start=1):
            if row[key] == query.about.key:
                return replace(result, columns=("place", metric, "of"), rows=((place, row[-1], len(result.rows)),))
        return replace(result, columns=("place", metric, "of"), rows=())

    def _streak(self, query: SemanticQuery, as_of: date) -> Result:
        """The longest run of dates with plays, the first among equals; or the one that reaches today or yesterday."""
        days = query.model_copy(
            update={"intent": Intent.METRIC, "metrics": ("plays",), "grain": Grain.DAY, "limit": None}
        )
        result = self._read(self.compiler.compile(days, self.listener))
        runs = runs_of([row[0] for row in result.rows if isinstance(row[0], date) and row[1]])
        if query.is_current:
            runs = [run for run in runs if run[1] >= as_of - timedelta(days=1)]
        runs.sort(key=lambda run: (run[0] - run[1], run[0]))
        rows = tuple(((last - first).days + 1, first, last) for first, last in runs[: query.limit or 1])
        return replace(result, columns=("days", "first_date", "last_date"), rows=rows or ((0, None, None),))


def _of_its_subject(query: SemanticQuery) -> SemanticQuery:
    """The query with its subject among the filters, where it names one: the first play is that of the subject."""
    if query.subject is None:
        return query
    wanted = Filter(dimension=BY_KIND[query.subject.kind], values=(query.subject.key,))
    if any(one.dimension == wanted.dimension for one in query.filters):
        return query
    return query.model_copy(update={"filters": (*query.filters, wanted)})


def runs_of(dates: Sequence[date]) -> list[tuple[date, date]]:
    """First and last date of each run of consecutive dates."""
    ordered = sorted(set(dates))
    if not ordered:
        return []
    breaks = [index for index, (one, next_one) in enumerate(pairwise(ordered), start=1) if (next_one - one).days > 1]
    bounds = [0, *breaks, len(ordered)]
    return [(ordered[start], ordered[end - 1]) for start, end in pairwise(bounds)]


def _plain(value: object) -> object:
    """A timestamp at midnight, such as the begin of a period, is a date; sums of whole numbers are whole numbers."""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


__all__ = ["MOST_ROWS_COMPILED", "TIME", "Executor", "ReadOnlyWarehouse", "Result", "Row", "runs_of"]
