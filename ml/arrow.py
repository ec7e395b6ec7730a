"""Small helpers between Arrow columns and numpy that more than one part of `ml` needs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def encode(column: pa.ChunkedArray | pa.Array) -> tuple[list[str], NDArray[np.int64]]:
    """The distinct values of a string column, sorted, and each row's position among them; -1 for null."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = array.dictionary_encode()
    names: list[str] = encoded.dictionary.to_pylist()
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    # A dictionary may hold values that no row has any more.
    present = np.zeros(len(names), dtype=np.bool_)
    present[indices[indices >= 0]] = True
    order = sorted(np.flatnonzero(present).tolist(), key=names.__getitem__)
    rank = np.full(len(names) + 1, -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    return [names[place] for place in order], rank[indices]


def positions(column: pa.ChunkedArray | pa.Array, sorted_names: NDArray[np.str_]) -> NDArray[np.int64]:
    """The position of each value of a string column among `sorted_names`; -1 for null and for strangers."""
    names, codes = encode(column)
    if not names or len(sorted_names) == 0:
        return np.full(len(codes), -1, dtype=np.int64)
    own = np.array(names)
    place = np.minimum(np.searchsorted(sorted_names, own), len(sorted_names) - 1)
    found = np.append(np.where(sorted_names[place] == own, place, -1), -1)
    return found[codes]
