from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml.genres.name_pieces import name_matrix, pieces
from ml.genres.neighbours import row_count


def test_a_name_is_its_words_and_its_letters_in_a_row() -> None:
    found = set(pieces("Ada & the FIELDS"))
    assert {"first ada", "last fields", "word the", "3 words", "^ad", "lds$"} <= found
    assert not {"capitals only", "no capitals"} & found


def test_writing_tells_too() -> None:
    assert "CYRILLIC" in set(pieces("Кино"))
    assert "capitals only" in set(pieces("ADA"))
    assert "no capitals" in set(pieces("ada"))


def test_names_that_share_pieces_share_columns() -> None:
    matrix = name_matrix(["Ada Trio", "Bob Trio", "", "!!!"])
    assert (matrix[0].multiply(matrix[1])).nnz >= 6
    assert np.diff(matrix.indptr).tolist()[2:] == [0, 0]


@given(st.lists(st.text(max_size=80), max_size=8))
def test_any_text_is_a_name(names: list[str]) -> None:
    matrix = name_matrix(names)
    assert row_count(matrix) == len(names)
    assert matrix.nnz == 0 or matrix.max() == 1
