"""What other programs may ask of one listener's assistant, with typed answers; the command line serves it to them.

Every tool answers for the listener whom the assistant was opened for: none of them takes another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Literal

import duckdb
from pydantic import BaseModel, Field

from ml.assistant.assistant import Answer, Assistant, Refusal
from ml.assistant.executing import MissingTableError
from ml.assistant.query import MOST_ROWS, Intent, Kind, SemanticQuery, Subject
from tunegenie_assets.assistant.naming import NameNotFoundError, called, named
from tunegenie_assets.assistant.opening import today_of
from tunegenie_assets.assistant.reading import ReadingError
from tunegenie_assets.locking import WarehouseBusyError

Scalar = bool | int | float | str | None
MOST_SUGGESTED = 50
_NOT_READ = (ReadingError, WarehouseBusyError, MissingTableError, OSError)


class ToolFailedError(Exception):
    """A tool has no answer; the message says why, in one line."""


class MetricTold(BaseModel):
    name: str = Field(description="What a query calls it.")
    label: str
    description: str
    unit: str
    synonyms: list[str]


class DimensionTold(BaseModel):
    name: str = Field(description="What a query calls it, in group_by, filters and order.")
    label: str
    description: str
    synonyms: list[str]


class Metrics(BaseModel):
    metrics: list[MetricTold]


class Dimensions(BaseModel):
    dimensions: list[DimensionTold]


class Definition(BaseModel):
    label: str
    description: str


class Told(BaseModel):
    """An answer, with how the question was read."""

    sentence: str
    columns: list[str]
    rows: list[list[Scalar]] = Field(description="Dates are written as 2024-05-31.")
    begins: date | None = Field(description="First date of the window; null for the beginning of the history.")
    ends_before: date | None = Field(description="First date after the window; null for no end.")
    timezone: str = Field(description="Zone of the dates and hours.")
    definitions: list[Definition]
    notes: list[str] = Field(description="What to know about the figures, such as gaps in what was collected.")
    confidence: float
    query: SemanticQuery = Field(description="What the question came to; it can be changed and asked with `query`.")


@dataclass(frozen=True)
class Tools:
    """The tools of one listener; `now` tells the moment at which they are used."""

    assistant: Assistant
    now: Callable[[], datetime]
    _one_at_a_time: Lock = field(default_factory=Lock)

    def metrics(self) -> Metrics:
        return Metrics(
            metrics=[
                MetricTold(
                    name=metric.name,
                    label=metric.label,
                    description=metric.description,
                    unit=metric.unit,
                    synonyms=list(metric.synonyms),
                )
                for metric in self.assistant.executor.compiler.vocabulary.asked_for
            ]
        )

    def dimensions(self) -> Dimensions:
        return Dimensions(
            dimensions=[
                DimensionTold(
                    name=dimension.name,
                    label=dimension.label,
                    description=dimension.description,
                    synonyms=list(dimension.synonyms),
                )
                for dimension in self.assistant.executor.compiler.vocabulary.dimensions.values()
            ]
        )

    def ask(self, question: str, as_of: date | None = None) -> Told:
        """The answer to a question in plain English.

        Raises:
            ToolFailedError: it is refused, or the warehouse cannot be read.
        """
        return self._told(lambda today: self.assistant.ask(question, as_of=today), as_of)

    def query(self, query: SemanticQuery, as_of: date | None = None) -> Told:
        """The answer to a query.

        Raises:
            ToolFailedError: as above.
        """
        return self._told(lambda today: self.assistant.answer(query, as_of=today), as_of)

    def recommend(self, kind: Literal["track", "artist"] = "track", count: int = 10) -> Told:
        """What to listen to next, and why.

        Raises:
            ToolFailedError: as above, or nothing has been recommended yet.
        """
        query = SemanticQuery(intent=Intent.RECOMMEND, kind=Kind(kind), limit=count)
        told = self.query(query)
        if not told.rows:
            raise ToolFailedError("nothing is recommended yet; run tunegenie train")
        return told

    def similar(self, name: str, kind: Literal["track", "artist"] = "track", by: str = "", count: int = 10) -> Told:
        """What is most like a track or artist that the listener has heard, and why.

        Raises:
            ToolFailedError: as above, or the name is not known or could be several things.
        """
        try:
            found = named(self.assistant.planner.reader.names, name, Kind(kind), by)
        except NameNotFoundError as error:
            raise ToolFailedError(str(error)) from error
        subject = Subject(kind=found.kind, key=found.key, name=found.name, by=found.by)
        told = self.query(SemanticQuery(intent=Intent.SIMILAR, subject=subject, kind=Kind(kind), limit=count))
        if not told.rows:
            raise ToolFailedError(f"nothing is known to be like {called(found)}")
        return told

    def _told(self, answered: Callable[[date], Answer | Refusal], as_of: date | None) -> Told:
        # Clients may call several tools at once, and MetricFlow's engine is one for all.
        with self._one_at_a_time:
            try:
                answer = answered(as_of or today_of(self.assistant, self.now()))
            except _NOT_READ as error:
                raise ToolFailedError(" ".join(str(error).split())) from error
            except duckdb.Error as error:
                raise ToolFailedError(f"the warehouse has no answer: {_without_sql(error)}") from error
            except (ValueError, OverflowError) as error:
                raise ToolFailedError(f"not answered: {' '.join(str(error).split())}") from error
        if isinstance(answer, Refusal):
            offered = f"; what can be asked: {' | '.join(answer.suggestions)}" if answer.suggestions else ""
            raise ToolFailedError(f"not answered: {' '.join(answer.reason.split())}{offered}")
        rows, many = answer.rows[:MOST_ROWS], len(answer.rows)
        cut = (
            [f"the first {MOST_ROWS:,} of {many:,} rows; name a limit or a shorter window"] if many > len(rows) else []
        )
        return Told(
            sentence=answer.sentence,
            columns=list(answer.columns),
            rows=[[_scalar(value) for value in row] for row in rows],
            begins=answer.window.start,
            ends_before=answer.window.end,
            timezone=answer.timezone,
            definitions=[Definition(label=label, description=told) for label, told in answer.definitions],
            notes=[*answer.notes, *cut],
            confidence=answer.confidence,
            query=answer.query,
        )


def _scalar(value: object) -> Scalar:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _without_sql(error: duckdb.Error) -> str:
    """What the warehouse says in its first line, without the statement that it says it of."""
    return str(error).partition("\n")[0].partition(" LINE ")[0].strip()
