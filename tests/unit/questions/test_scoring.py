from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.questions.scoring import is_expected, judge_refusal

Row = tuple[Any, ...]
VALUES = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=2) | st.dates()
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.tuples(*[VALUES] * width), min_size=1, max_size=5).map(lambda rows: rows)
)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ([(3,)], [(3,)]),
        ([(3,)], [(3.0,)]),
        ([(0.1,)], [(Decimal("0.1"),)]),
        ([(1000000.0,)], [(1000000.5,)]),
        ([(date(2024, 1, 1),)], [(datetime(2024, 1, 1),)]),
        ([(datetime(2024, 1, 1, 3),)], [(datetime(2024, 1, 1, 3, tzinfo=UTC),)]),
        ([(None,)], [(float("nan"),)]),
        ([(True, 3)], [(True, 3)]),
        ([("Low", 3)], [(3, "words", "Low")]),
    ],
)
def test_what_is_the_same(expected: list[Row], found: list[Row]) -> None:
    assert is_expected(expected, found, is_ordered=True)
    assert is_expected(expected, found, is_ordered=False)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ([(3,)], []),
        ([(3,)], [(3,), (4,)]),
        ([(3,)], [(4,)]),
        ([(1000000.0,)], [(1000002.0,)]),
        ([(None,)], [(0,)]),
        ([(0,)], [(None,)]),
        ([("3",)], [(3,)]),
        ([("low",)], [("Low",)]),
        ([(date(2024, 1, 1),)], [(datetime(2024, 1, 1, 1),)]),
        ([(date(2024, 1, 1),)], [("2024-01-01",)]),
        ([(3, 3)], [(3,)]),
        ([("Low", 3), ("Slint", 4)], [("Low", 4), ("Slint", 3)]),
    ],
)
def test_what_is_not(expected: list[Row], found: list[Row]) -> None:
    assert not is_expected(expected, found, is_ordered=True)
    assert not is_expected(expected, found, is_ordered=False)


def test_rows_of_a_ranking_come_in_order_and_others_as_they_like() -> None:
    expected, found = [("Low", 4), ("Slint", 3)], [("Slint", 3), ("Low", 4)]
    assert is_expected(expected, found, is_ordered=False)
    assert not is_expected(expected, found, is_ordered=True)


def test_a_column_serves_once() -> None:
    assert not is_expected([(1, 1), (2, 2)], [(1, 5), (2, 6)], is_ordered=True)
    assert is_expected([(1, 1), (2, 2)], [(1, 5, 1), (2, 6, 2)], is_ordered=True)


def test_columns_that_fit_alone_must_fit_together() -> None:
    expected = [("a", 1), ("b", 2)]
    crossed = [("a", 2, 1), ("b", 1, 2)]
    assert is_expected(expected, crossed, is_ordered=False)
    assert not is_expected(expected, [row[:2] for row in crossed], is_ordered=False)


@given(TABLES, st.booleans(), st.randoms(use_true_random=False))
def test_a_table_is_itself_with_further_columns_in_any_order(
    rows: list[Row], is_ordered: bool, random: st.DataObject
) -> None:
    order = list(range(len(rows[0]) + 1))
    random.shuffle(order)  # pyright: ignore[reportAttributeAccessIssue]
    wider = [(*row, "further") for row in rows]
    assert is_expected(rows, [tuple(row[place] for place in order) for row in wider], is_ordered=is_ordered)


@given(TABLES)
def test_a_row_that_is_missing_or_doubled_is_noticed(rows: list[Row]) -> None:
    assert not is_expected(rows, rows[1:], is_ordered=False)
    assert not is_expected(rows, [*rows, rows[0]], is_ordered=False)


def test_whatever_answers_what_must_be_refused_is_wrong() -> None:
    assert judge_refusal([]) == "wrong"
    assert judge_refusal(None) == "refused"
