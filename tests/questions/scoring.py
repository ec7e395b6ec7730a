"""When an answer is the expected one.

An answer matches when it has as many rows as expected and each expected column is among its own: rows in order where
there is one, else as they come. Names of columns do not matter, nor do further ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isclose, isnan
from typing import Any, Literal

from tests.questions.expected import Case, Row

Outcome = Literal["right", "wrong", "refused", "crashed"]
TOLERANCE = 1e-6


def is_expected(expected: Sequence[Row], found: Sequence[Row], *, is_ordered: bool) -> bool:
    """Whether the rows found are those expected, in some of their columns."""
    if len(expected) != len(found):
        return False
    if not expected:
        return True
    wanted = [tuple(map(plain, row)) for row in expected]
    given = [tuple(map(plain, row)) for row in found]
    return any(_is_equal(wanted, given, columns, is_ordered) for columns in _ways(wanted, given, is_ordered))


def plain(value: Any) -> Any:  # whatever a warehouse gives
    """A value as it is compared: numbers as floats, dates as their midnight, no number as none."""
    if isinstance(value, bool | int | float | Decimal):
        number = float(value)
        return None if isnan(number) else number
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # local, as all that listeners see
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.replace(tzinfo=None)
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two plain values are equal."""
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE / 1000)
    return type(one) is type(other) and one == other


def _ways(
    wanted: Sequence[Row], given: Sequence[Row], is_ordered: bool, chosen: tuple[int, ...] = ()
) -> list[tuple[int, ...]]:
    """The ways to find each expected column among those given, each of them once; by their values alone."""
    if len(chosen) == len(wanted[0]):
        return [chosen]
    column = [(row[len(chosen)],) for row in wanted]
    candidates = [
        place
        for place in range(len(given[0]))
        if place not in chosen and _is_equal(column, given, (place,), is_ordered)
    ]
    return [way for place in candidates for way in _ways(wanted, given, is_ordered, (*chosen, place))]


def _is_equal(wanted: Sequence[Row], given: Sequence[Row], columns: Sequence[int], is_ordered: bool) -> bool:
    found = [tuple(row[column] for column in columns) for row in given]
    if is_ordered:
        return all(_same_row(one, other) for one, other in zip(wanted, found, strict=True))
    for row in wanted:
        place = next((at for at, other in enumerate(found) if _same_row(row, other)), None)
        if place is None:
            return False
        del found[place]
    return True


def _same_row(one: Row, other: Row) -> bool:
    return all(same(a, b) for a, b in zip(one, other, strict=True))


def judge(case: Case, rows: Sequence[Row] | None) -> Outcome:
    """Of a question that must be answered; `rows` is none where it was refused."""
    if rows is None:
        return "refused"
    return "right" if is_expected(case.rows, rows, is_ordered=case.is_ordered) else "wrong"


def judge_refusal(rows: Sequence[Row] | None) -> Outcome:
    """Of a question that must be refused: any answer is wrong."""
    return "refused" if rows is None else "wrong"
