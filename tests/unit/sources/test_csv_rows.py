from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.test_json_array import Trickle
from tunegenie_assets.sources.csv_rows import MAX_ROW_CHARACTERS, MAX_ROW_LINES, read_rows, read_rows_under_header
from tunegenie_assets.sources.json_values import Unreadable

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6)


def read(data: bytes, width: int = 3) -> list[object]:
    return list(read_rows(io.BytesIO(data), width))


def reasons(items: list[object]) -> list[object]:
    return [item.reason if isinstance(item, Unreadable) else item for item in items]


def written(rows: list[list[str]], *, quoted: bool = False, ending: str = "\r\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator=ending).writerows(rows)
    return text.getvalue().encode()


@given(
    rows=ROWS,
    size=st.integers(1, 7),
    ending=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_what_was_written_quoted_comes_back_wherever_the_stream_is_cut(
    rows: list[list[str]], size: int, ending: str, mark: bytes
) -> None:
    data = mark + written(rows, quoted=True, ending=ending)
    assert list(read_rows(Trickle(data, size), 3)) == rows


@given(rows=st.lists(st.lists(st.text("ab ,;\n\"'", max_size=6), min_size=3, max_size=3), max_size=6))
def test_what_was_written_with_few_quotes_comes_back(rows: list[list[str]]) -> None:
    assert read(written(rows)) == rows


def test_empty_lines_are_no_rows() -> None:
    assert read(b"\n\r\na,b,c\n\n1,2,3") == [["a", "b", "c"], ["1", "2", "3"]]


@pytest.mark.parametrize(
    "damage",
    [
        b"1,2",
        b"1,2,3,4",
        b'"1,2,3',
        b'1,2,"3',
        b"1\r2,3,4",
        b'"' + b"x" * (MAX_ROW_CHARACTERS - 10),
    ],
)
@pytest.mark.parametrize("after", [b"4,5,6\n7,8,9\n", b'"4","5","6"\n"7","8","9"\n', b'4,"5",6\n7,8,9'])
def test_damage_costs_its_row(damage: bytes, after: bytes) -> None:
    assert reasons(read(b"a,b,c\n" + damage + b"\n" + after)) == [
        ["a", "b", "c"],
        "damaged_csv",
        ["4", "5", "6"],
        ["7", "8", "9"],
    ]


def test_a_lost_quote_far_from_the_next_costs_its_row() -> None:
    plain = [[str(number), "b", "c"] for number in range(MAX_ROW_LINES * 3)]
    assert reasons(read(b'"0,b,c\n' + written(plain))) == ["damaged_csv", *plain]


def test_a_lost_quote_in_the_last_row_is_damage() -> None:
    assert reasons(read(b'a,b,c\n1,2,"3')) == [["a", "b", "c"], "damaged_csv"]


def test_a_long_line_is_passed_over() -> None:
    assert reasons(read(b"1,2,3\n" + b"x" * 2_000_000 + b"\n4,5,6")) == [["1", "2", "3"], "too_long", ["4", "5", "6"]]


def test_a_row_over_many_lines_is_bounded() -> None:
    items = read(b'"' + b"x\n" * 1000)
    assert (len(items), {item.reason for item in items if isinstance(item, Unreadable)}) == (1000, {"damaged_csv"})


@given(st.binary(max_size=300))
def test_arbitrary_bytes_give_rows_or_unreadable(data: bytes) -> None:
    for item in read(data):
        assert isinstance(item, Unreadable) or (isinstance(item, list) and len(item) == 3)


@pytest.mark.parametrize("header", [b"UTS,Artist", b'\xef\xbb\xbf"Uts","artist "', b"\n uts ,ARTIST\r"])
def test_columns_go_by_lower_case_name(header: bytes) -> None:
    rows = list(read_rows_under_header(io.BytesIO(header + b"\n1,a\n2\n3,b\n")))
    assert reasons(rows) == [{"uts": "1", "artist": "a"}, "damaged_csv", {"uts": "3", "artist": "b"}]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"a,a\n1,2\n", b"a,\n1,2\n", b'"a\n1,2\n'])
def test_what_has_no_header_has_no_rows(data: bytes) -> None:
    assert list(read_rows_under_header(io.BytesIO(data))) == []
