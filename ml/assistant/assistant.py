"""Answers questions of one listener: plans, runs, tells; or refuses, with what could be asked instead.

Conversations are in conversation.py; opening one over a warehouse is done where the warehouse is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ml.assistant.compiling import CannotCompileError
from ml.assistant.executing import Executor, NothingRecommendedError, Row
from ml.assistant.kinds import BY_KIND
from ml.assistant.planning import verified
from ml.assistant.planning.drafting import NotUnderstoodError
from ml.assistant.planning.planner import Plan, Planner
from ml.assistant.planning.scope import OutOfScopeError
from ml.assistant.planning.stored_values import check_stored
from ml.assistant.planning.wording import LONGEST_QUESTION, UnreadableError
from ml.assistant.query import Grain, Intent, Kind, Operator, SemanticQuery, Window
from ml.assistant.telling import tell
from ml.assistant.values import window_in_words
from ml.assistant.vocabulary import UnknownTermError

REFUSALS = (
    UnreadableError,
    OutOfScopeError,
    NotUnderstoodError,
    CannotCompileError,
    UnknownTermError,
    NothingRecommendedError,
)
SUGGESTIONS = 3


@dataclass(frozen=True)
class Answer:
    """What a question came to; dates are in the listener's own zone."""

    question: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    query: SemanticQuery
    window: Window
    timezone: str
    definitions: tuple[tuple[str, str], ...]
    """Label and description of each metric that was asked for."""
    sql: str
    notes: tuple[str, ...]
    confidence: float


@dataclass(frozen=True)
class Refusal:
    """Why a question is not answered, and what could be asked instead."""

    question: str
    reason: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True)
class Assistant:
    """One listener's questions over one warehouse."""

    planner: Planner
    executor: Executor
    timezone: str
    names: Mapping[tuple[str, str], str]
    """What ids of what was heard stand for: (dimension, id) to a name."""
    first_date: date | None
    last_date: date | None

    def ask(self, question: str, *, as_of: date) -> Answer | Refusal:
        """One question without memory, asked on a date of the listener's zone."""
        try:
            plan = self.planner.plan(question, as_of=as_of)
        except REFUSALS as error:
            return self.refuse(question, str(error))
        return self.carry_out(question, plan, as_of=as_of)

    def answer(self, query: SemanticQuery, *, as_of: date, question: str = "") -> Answer | Refusal:
        """A query that somebody else has put together."""
        try:
            check_stored(query)
        except UnknownTermError as error:
            return self.refuse(question, str(error))
        return self._run(question, _labelled(query), as_of, 1.0)

    def carry_out(self, question: str, plan: Plan, *, as_of: date) -> Answer | Refusal:
        return self._run(question, plan.query, as_of, plan.confidence)

    def refuse(self, question: str, reason: str) -> Refusal:
        among = [one for one in verified.verified_questions() if self._has_heard(one.query)]
        near = verified.nearest(question[:LONGEST_QUESTION], among=among, count=SUGGESTIONS)
        return Refusal(question, reason, tuple(match.verified.question for match in near))

    def _has_heard(self, query: SemanticQuery) -> bool:
        """Whether all families that a query names are among what the listener has heard."""
        family = BY_KIND[Kind.FAMILY]
        wanted = [one for one in (*query.filters, *query.part) if one.dimension == family]
        named = [str(value) for one in wanted if one.operator is Operator.IN for value in one.values]
        return all((family, name) in self.names for name in named)

    def _run(self, question: str, query: SemanticQuery, as_of: date, confidence: float) -> Answer | Refusal:
        if query.window.start is not None and query.window.start > as_of:
            return self.refuse(question, "that time lies in the future")
        try:
            result = self.executor.run(self._until(query, as_of), as_of=as_of)
        except REFUSALS as error:
            return self.refuse(question, str(error))
        vocabulary = self.executor.compiler.vocabulary
        return Answer(
            question=question,
            sentence=tell(query, result, vocabulary, self.names),
            columns=result.columns,
            rows=result.rows,
            query=query,
            window=query.window,
            timezone=self.timezone,
            definitions=tuple(
                (vocabulary.metrics[name].label, vocabulary.metrics[name].description) for name in query.metrics
            ),
            sql=";\n\n".join(statement.sql for statement in result.statements),
            notes=(*self._gaps(query, as_of), *self._outside(query)),
            confidence=confidence,
        )

    def _until(self, query: SemanticQuery, as_of: date) -> SemanticQuery:
        """The query without plays after the day of asking, which an earlier day than today may have."""
        if query.intent in (Intent.RECOMMEND, Intent.SIMILAR):
            return query
        ends = query.window.end
        if self.last_date is None or as_of >= self.last_date or (ends is not None and ends <= as_of):
            return query
        window = query.window.model_copy(update={"end": as_of + timedelta(days=1)})
        return query.model_copy(update={"window": window})

    def _gaps(self, query: SemanticQuery, as_of: date) -> tuple[str, ...]:
        """At least: what was collected has gaps that touch the window."""
        if query.intent in (Intent.RECOMMEND, Intent.SIMILAR):
            return ()
        days = SemanticQuery(metrics=("incomplete_days",), window=query.window, grain=Grain.DAY)
        found = [row for row in self.executor.run(days, as_of=as_of).rows if row[-1]]
        if not found:
            return ()
        many = f"{len(found)} days are" if len(found) > 1 else "1 day is"
        return (f"at least: {many} incomplete, because of gaps in what was collected",)

    def _outside(self, query: SemanticQuery) -> tuple[str, ...]:
        """Where the window lies beside the history, an answer of nothing says so."""
        if self.first_date is None or self.last_date is None:
            return ("nothing that counts has been heard yet",)
        start, end = query.window.start, query.window.end
        is_beside = (start is not None and start > self.last_date) or (end is not None and end <= self.first_date)
        if is_beside and query.intent not in (Intent.RECOMMEND, Intent.SIMILAR):
            return (f"the history reaches from {self.first_date} to {self.last_date}",)
        return ()


def _labelled(query: SemanticQuery) -> SemanticQuery:
    """The query with its two windows called by their dates, where it compares some that are not told apart."""
    if query.comparison is None:
        return query
    windows = (query.window, query.comparison.window)
    if all(window.label for window in windows) and windows[0].label != windows[1].label:
        return query
    one, other = (window.model_copy(update={"label": window_in_words(window)}) for window in windows)
    comparison = query.comparison.model_copy(update={"window": other})
    return query.model_copy(update={"window": one, "comparison": comparison})
