from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ml.arrow import encode


@given(st.lists(st.none() | st.sampled_from(["a", "b", "ä", ""])), st.sets(st.sampled_from(["a", "b", "ä", ""])))
def test_what_is_encoded_reads_as_before_also_of_a_dictionary_with_more_than_its_rows(
    values: list[str | None], kept: set[str]
) -> None:
    column = pa.array(values, pa.string()).dictionary_encode()
    rows = column.filter(pa.array([value is None or value in kept for value in values], pa.bool_()))
    names, codes = encode(rows)
    assert names == sorted({value for value in values if value is not None and value in kept})
    assert [None if code < 0 else names[code] for code in codes] == rows.to_pylist()
