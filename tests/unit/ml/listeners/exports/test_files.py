"""Tables as JSON, JSON lines and CSV, held against the standard library's readers."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.listeners.exports import files
from ml.listeners.exports.files import CSV, JSON_ARRAY, JSON_LINES, Layout, object_around, write_export

SCHEMA = pa.schema(
    [
        ("text", pa.string()),
        ("number", pa.int64()),
        ("flag", pa.bool_()),
        ("names", pa.list_(pa.string())),
        ("inner", pa.struct([("text", pa.string()), ("all", pa.list_(pa.struct([("number", pa.int64())])))])),
    ]
)
texts = st.none() | st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from('",\n\r\\\x00\x1f')))
numbers = st.none() | st.integers(-(2**63), 2**63 - 1)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "text": texts,
            "number": numbers,
            "flag": st.none() | st.booleans(),
            "names": st.none() | st.lists(texts, max_size=3),
            "inner": st.none()
            | st.fixed_dictionaries(
                {
                    "text": texts,
                    "all": st.none() | st.lists(st.fixed_dictionaries({"number": numbers}), max_size=2),
                }
            ),
        }
    ),
    max_size=8,
)


@pytest.fixture(scope="module", autouse=True)
def small_batches() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_ROWS_AT_ONCE", 3)
        yield


def content(layout: Layout, table: pa.Table) -> str:
    return b"".join(layout.pieces(table)).decode()


@given(rows=rows, skipped=st.integers(0, 3))
def test_json_says_what_the_table_says(rows: list[dict[str, Any]], skipped: int) -> None:
    table = pa.Table.from_pylist(rows, schema=SCHEMA)[skipped:]
    expected = table.to_pylist()
    assert json.loads(content(JSON_ARRAY, table)) == expected
    assert [json.loads(line) for line in content(JSON_LINES, table).split("\n")[:-1]] == expected
    wrapped = object_around({"about": {"number": 1}}, "rows")
    assert json.loads(content(wrapped, table)) == {"about": {"number": 1}, "rows": expected}


@given(rows=rows)
def test_csv_says_what_the_table_says(rows: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(rows, schema=SCHEMA).select(["text", "number", "flag"])
    read = list(csv.reader(io.StringIO(content(CSV, table), newline=""), strict=True))
    in_words = {None: "", True: "true", False: "false"}
    expected = [
        [row["text"] or "", "" if row["number"] is None else str(row["number"]), in_words[row["flag"]]]
        for row in table.to_pylist()
    ]
    assert read == [["text", "number", "flag"], *expected]


def test_csv_quotes_what_needs_it_and_tells_empty_from_nothing() -> None:
    table = pa.table({"text": ["plain", "a,b", 'a "b"', "", None], "number": [1, 2, 3, 4, None]})
    assert content(CSV, table) == 'text,number\nplain,1\n"a,b",2\n"a ""b""",3\n"",4\n,\n'


def test_a_column_that_has_no_json_is_named() -> None:
    with pytest.raises(TypeError, match="double"):
        content(JSON_ARRAY, pa.table({"share": [0.5]}))


def test_members_of_a_zip_have_one_date_and_stand_in_order(tmp_path: Path) -> None:
    table = pa.table({"number": [1]})
    write_export(tmp_path / "some.zip", JSON_LINES, [("b/2.jsonl", table), ("a/10.jsonl", table)])
    with zipfile.ZipFile(tmp_path / "some.zip") as archive:
        assert [entry.filename for entry in archive.infolist()] == ["b/2.jsonl", "a/10.jsonl"]
        assert {entry.date_time for entry in archive.infolist()} == {files.ZIP_DATE}
        assert archive.read("a/10.jsonl") == b'{"number":1}\n'
