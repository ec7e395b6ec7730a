"""What is expected of each question for one listener: the sets with names, times and results filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from tests.questions.placeholders import Placeholders, UnfilledError
from tests.questions.questions import FOLDER, Question, Refused

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """A question as it is put to one listener's assistant, with the rows that must come."""

    id: str
    question: str
    as_of: date
    rows: tuple[Row, ...]
    is_ordered: bool


@dataclass(frozen=True)
class Skipped:
    """A question that says nothing about this listener."""

    id: str
    why: str


@dataclass(frozen=True)
class Examiner:
    """Knows what one listener heard, by SQL of its own."""

    connection: duckdb.DuckDBPyConnection
    listener: str
    placeholders: Placeholders
    last_day: date

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, listener: str) -> Examiner:
        for statement in duckdb.extract_statements((FOLDER / "heard.sql").read_text(encoding="utf-8")):
            connection.execute(statement, {"listener": listener} if "$listener" in statement.query else None)
        found = connection.execute("select max(day) from heard").fetchone()
        if found is None or found[0] is None:
            raise ValueError(f"{listener} has played nothing")
        return cls(connection, listener, Placeholders.of(connection, listener), found[0])

    @property
    def case_day(self) -> date:
        """The day of asking, where a question does not say otherwise."""
        return self.last_day + timedelta(days=1)

    def cases(self, questions: Iterable[Question]) -> tuple[list[Case], list[Skipped]]:
        """What can be asked, and what cannot: a name or time is missing, or nothing would come."""
        cases: list[Case] = []
        skipped: list[Skipped] = []
        for question in questions:
            try:
                case = self.case(question)
            except UnfilledError as error:
                skipped.append(Skipped(question.id, str(error)))
                continue
            if says_nothing(case.rows):
                skipped.append(Skipped(question.id, "nothing is expected"))
            else:
                cases.append(case)
        return cases, skipped

    def case(self, question: Question) -> Case:
        """One question, filled in.

        Raises:
            UnfilledError: nothing can stand for one of its placeholders.
        """
        as_of = self.last_day + timedelta(days=question.as_of)
        parameters: dict[str, object] = self.placeholders.parameters(question.sql)
        given = {"listener": self.listener, "as_of": as_of}
        parameters |= {name: value for name, value in given.items() if f"${name}" in question.sql}
        text = self.placeholders.fill(question.question)
        rows = self.connection.execute(question.sql, parameters or None).fetchall()
        return Case(question.id, text, as_of, tuple(rows), question.is_ordered)

    def metric(self, sql: str, first: date, last: date) -> Any:
        """The value of a metric of metrics.yml for the dates from first to last."""
        given = {"listener": self.listener, "first": first, "last": last}
        parameters = {name: value for name, value in given.items() if f"${name}" in sql}
        found = self.connection.execute(sql, parameters).fetchone()
        return found[0] if found else None

    def refused(self, questions: Iterable[Refused]) -> tuple[list[Case], list[Skipped]]:
        """What must be refused, on the day after the last play; no rows are expected."""
        cases: list[Case] = []
        skipped: list[Skipped] = []
        for question in questions:
            try:
                text = self.placeholders.fill(question.question)
            except UnfilledError as error:
                skipped.append(Skipped(question.id, str(error)))
                continue
            cases.append(Case(question.id, text, self.case_day, (), is_ordered=False))
        return cases, skipped


def says_nothing(rows: Sequence[Row]) -> bool:
    """Whether no answer could be told from one that found nothing: no rows, or one of zeros and unknowns."""
    return not rows or all(not value for row in rows for value in row)
