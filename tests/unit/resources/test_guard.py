"""The guard before every write of a table in memory, without a warehouse."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.resources.samples import FIRST, SECOND, THIRD, plays, window
from tunegenie_assets.resources.guard import SchemaMismatchError, check_window, guard
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS
from tunegenie_assets.schemas.registry import TABLES
from tunegenie_assets.schemas.table import Table

NAMES = SYNTHETIC_PLAYS.arrow_schema.names
ROWS = plays(FIRST)


def with_column(name: str, values: pa.Array) -> pa.Table:
    return ROWS.set_column(ROWS.column_names.index(name), name, values)


@given(st.permutations(NAMES))
def test_any_order_of_columns_is_put_right(names: list[str]) -> None:
    assert guard(ROWS.select(names), SYNTHETIC_PLAYS).equals(ROWS)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: "/".join(table.key))
def test_empty_tables_pass(table: Table) -> None:
    assert guard(table.empty(), table).equals(table.empty())


def test_missing_and_unknown_columns_are_named() -> None:
    wrong = ROWS.drop_columns(["skipped"]).append_column("was_skipped", pa.array([True, False]))
    with pytest.raises(SchemaMismatchError, match=r"synthetic\.plays: missing columns \['skipped'\], .*'was_skipped'"):
        guard(wrong, SYNTHETIC_PLAYS)


def test_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(SchemaMismatchError, match="ms_played"):
        guard(ROWS.append_column("ms_played", pa.array([1, 2])), SYNTHETIC_PLAYS)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ms_played", pa.array([1.0, 2.0])),
        ("ms_played", pa.array(["1", "2"])),
        ("ms_played", pa.array([1, 2], pa.uint64())),
        ("skipped", pa.array([0, 1])),
        ("play_date", pa.array(["2025-03-08", "2025-03-08"])),
        ("play_date", pa.array([FIRST, FIRST]).cast(pa.timestamp("us"))),
        ("started_at", pa.array([0, 1], pa.timestamp("us", tz="UTC"))),
        ("started_at", pa.array([0, 1], pa.timestamp("us", tz="America/New_York"))),
        ("track_id", pa.array(["a", "b"]).dictionary_encode()),
    ],
)
def test_other_types_are_refused(name: str, values: pa.Array) -> None:
    with pytest.raises(SchemaMismatchError, match=rf"synthetic\.plays\.{name}: type .*, expected "):
        guard(with_column(name, values), SYNTHETIC_PLAYS)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ms_played", pa.array([1, 2], pa.int16())),
        ("ms_played", pa.array([1, 2], pa.uint32())),
        ("started_at", pa.array([0, 1], pa.timestamp("s"))),
        ("started_at", pa.array([0, 1000], pa.timestamp("ns"))),
        ("track_id", pa.array(["a", "b"], pa.large_string())),
        ("track_id", pa.array(["a", "b"], pa.string_view())),
        ("album_name", pa.nulls(2)),
    ],
)
def test_other_spellings_of_the_same_values_are_taken(name: str, values: pa.Array) -> None:
    guarded = guard(with_column(name, values), SYNTHETIC_PLAYS)
    assert guarded.schema.equals(SYNTHETIC_PLAYS.arrow_schema)
    assert guarded.column(name).to_pylist() == values.cast(SYNTHETIC_PLAYS.arrow_schema.field(name).type).to_pylist()


@pytest.mark.parametrize("values", [pa.array([1, 1001], pa.timestamp("ns")), pa.array([0, 10**14], pa.timestamp("s"))])
def test_time_that_would_lose_its_value_is_refused(values: pa.Array) -> None:
    with pytest.raises(SchemaMismatchError, match="started_at"):
        guard(with_column("started_at", values), SYNTHETIC_PLAYS)


@pytest.mark.parametrize("name", SYNTHETIC_PLAYS.required_columns)
@pytest.mark.parametrize("nulls", ["some", "all"])
def test_null_in_a_required_column_is_refused(name: str, nulls: str) -> None:
    kind = SYNTHETIC_PLAYS.arrow_schema.field(name).type
    values = pa.nulls(2) if nulls == "all" else pa.array([ROWS.column(name)[0].as_py(), None], kind)
    with pytest.raises(SchemaMismatchError, match=rf"synthetic\.plays\.{name}: {values.null_count} nulls"):
        guard(with_column(name, values), SYNTHETIC_PLAYS)


def test_null_elsewhere_is_a_value() -> None:
    assert guard(ROWS, SYNTHETIC_PLAYS).column("album_name").null_count == 2


@given(st.sets(st.sampled_from([FIRST, SECOND, THIRD])), st.sampled_from([(FIRST, SECOND), (SECOND, THIRD)]))
def test_window_is_half_open(days: set[date], bounds: tuple[date, date]) -> None:
    start, end = bounds
    rows = plays(*sorted(days))
    if days <= {start}:
        check_window(rows, window(start, end), "synthetic.plays")
    else:
        with pytest.raises(SchemaMismatchError, match=f"synthetic.plays: rows from .* outside the window {start}"):
            check_window(rows, window(start, end), "synthetic.plays")
