"""Arrow columns as JSON and CSV text, a text per row, without a Python object per row.

What the columns are called and mean is in fields.py, what a file is made of in files.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_NEEDS_ESCAPE = r'["\\\x00-\x1f]'
_NEEDS_QUOTES = r'[",\r\n]|^$'


def json_objects(rows: pa.RecordBatch) -> pa.Array:
    """Each row as a JSON object with all its fields, null or not."""
    return _objects(rows.schema.names, rows.columns)


def csv_lines(rows: pa.RecordBatch) -> pa.Array:
    """Each row as a line of CSV without its end: quoted is what needs it; null is nothing, an empty text `""`."""
    cells: list[pa.Array | str] = []
    for column in rows.columns:
        cells += [_csv_texts(column), ","]
    return _joined(cells[:-1])


def in_one(texts: pa.Array, separator: str) -> bytes:
    """All texts one after the other, in UTF-8."""
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    return pc.call_function("binary_join", [whole, separator])[0].as_buffer().to_pybytes()


def beside(before: str, texts: pa.Array) -> pa.Array:
    """Each text with `before` before it."""
    return _joined([before, texts])


def _json_texts(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_struct(kind):
        names = [kind.field(place).name for place in range(kind.num_fields)]
        texts = _where(column.is_valid(), _objects(names, column.flatten()))
    elif pa.types.is_list(kind):
        texts = _where(column.is_valid(), _arrays(column))
    elif pa.types.is_string(kind):
        texts = _json_strings(column)
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        texts = column.cast(pa.string())
    else:
        raise TypeError(f"a column of {kind} has no JSON here")
    return texts.fill_null("null")


def _objects(names: Sequence[str], columns: Sequence[pa.Array]) -> pa.Array:
    pieces: list[pa.Array | str] = []
    for place, (name, column) in enumerate(zip(names, columns, strict=True)):
        pieces += [f"{',' if place else '{'}{json.dumps(name)}:", _json_texts(column)]
    return _joined([*pieces, "}"])


def _arrays(column: pa.ListArray) -> pa.Array:
    lengths = pc.call_function("list_value_length", [column]).fill_null(0).to_numpy()
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    elements = pa.ListArray.from_arrays(offsets, _json_texts(column.flatten()))
    return _joined(["[", pc.call_function("binary_join", [elements, ","]), "]"])


def _json_strings(column: pa.Array) -> pa.Array:
    texts = _joined(['"', column, '"'])
    awkward = pc.call_function("match_substring_regex", [column], _pattern(_NEEDS_ESCAPE))
    few = column.filter(awkward)
    if len(few) == 0:
        return texts
    escaped = pa.array([json.dumps(text, ensure_ascii=False) for text in few.to_pylist()], pa.string())
    return pc.call_function("replace_with_mask", [texts, awkward, escaped])


def _csv_texts(column: pa.Array) -> pa.Array:
    texts = column.cast(pa.string())
    if not pa.types.is_string(column.type):
        return texts.fill_null("")
    awkward = pc.call_function("match_substring_regex", [texts], _pattern(_NEEDS_QUOTES))
    doubled = pc.call_function("replace_substring", [texts], pc.ReplaceSubstringOptions(pattern='"', replacement='""'))
    return _where(awkward, _joined(['"', doubled, '"']), texts).fill_null("")


def _where(condition: pa.Array, texts: pa.Array, otherwise: pa.Array | None = None) -> pa.Array:
    other = pa.scalar(None, pa.string()) if otherwise is None else otherwise
    return pc.call_function("if_else", [condition, texts, other])


def _joined(pieces: Sequence[pa.Array | str]) -> pa.Array:
    """The pieces of each row one after the other; null where one of them is."""
    return pc.call_function("binary_join_element_wise", [*pieces, ""])


def _pattern(regex: str) -> pc.MatchSubstringOptions:
    return pc.MatchSubstringOptions(regex)
