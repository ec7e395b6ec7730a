from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from ml.genres import listening
from ml.genres.listening import listening_contexts
from ml.genres.neighbours import row_count

SUNDAY, MONDAY, MONTH_LATER = "2024-03-31", "2024-04-01", "2024-05-01"


def contexts(*rows: tuple[int, int, str], artists: int = 3) -> sp.csr_matrix:
    artist, listener, day = zip(*rows, strict=True)
    return listening_contexts(np.array(artist), np.array(listener), np.array(day, dtype="datetime64[D]"), artists)


def shared(matrix: sp.csr_matrix, one: int, other: int) -> int:
    return int((matrix[one].multiply(matrix[other])).sum())


def test_artists_of_a_day_share_its_week_and_month_too() -> None:
    assert shared(contexts((0, 7, MONDAY), (1, 7, MONDAY)), 0, 1) == 3
    assert shared(contexts((0, 7, MONDAY), (1, 7, "2024-04-02")), 0, 1) == 2
    assert shared(contexts((0, 7, MONDAY), (1, 7, "2024-04-30")), 0, 1) == 1


def test_a_week_begins_on_monday() -> None:
    assert shared(contexts((0, 7, SUNDAY), (1, 7, MONDAY)), 0, 1) == 0
    assert shared(contexts((0, 7, "2024-03-25"), (1, 7, SUNDAY)), 0, 1) == 2


def test_listeners_do_not_share_their_days_and_each_is_a_context() -> None:
    matrix = contexts((0, 7, MONDAY), (1, 8, MONDAY), (2, 8, MONTH_LATER))
    assert shared(matrix, 0, 1) == 0
    assert shared(matrix, 1, 2) == 1


def test_hearing_again_counts_once_and_the_unheard_have_a_row() -> None:
    matrix = contexts((0, 7, MONDAY), (0, 7, MONDAY))
    assert (row_count(matrix), matrix.sum()) == (3, 3)


def test_shorter_periods_are_left_out_where_the_longer_fill_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ((0, 7, MONDAY), (1, 7, MONDAY), (2, 8, MONDAY))
    for most, periods in ((3, 1), (6, 2), (9, 3), (11, 3), (12, 4)):
        monkeypatch.setattr(listening, "MOST_ENTRIES", most)
        assert contexts(*rows).nnz == 3 * periods
