from __future__ import annotations

import pyarrow as pa
import pytest

from tunegenie_assets.keys import LAYERS
from tunegenie_assets.schemas.registry import TABLES, table_for
from tunegenie_assets.schemas.table import BOOLEAN, DATE, FLOAT, INTEGER, STRING, TIMESTAMP, Table

TYPES = {STRING, INTEGER, FLOAT, BOOLEAN, DATE, TIMESTAMP}

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: "/".join(table.key))


@each_table
def test_table_is_found_by_its_key(table: Table) -> None:
    assert table_for(list(table.key)) is table
    assert table.layer in LAYERS


@each_table
def test_columns_are_described_and_of_types_that_both_warehouses_know(table: Table) -> None:
    assert len({column.name for column in table.columns}) == len(table.columns)
    assert all(column.description for column in table.columns)
    assert {column.type for column in table.columns} <= TYPES
    assert table.row.startswith("One row is one ")


@each_table
def test_partition_column_is_a_required_date(table: Table) -> None:
    if table.partition_column is not None:
        assert table.arrow_schema.field(table.partition_column).type == DATE
        assert table.partition_column in table.required_columns


@each_table
def test_empty_table_has_the_columns_in_write_order(table: Table) -> None:
    empty = table.empty()
    assert (empty.num_rows, empty.column_names) == (0, [column.name for column in table.columns])
    assert empty.schema.equals(table.arrow_schema)


def test_keys_are_unique() -> None:
    assert len({table.key for table in TABLES}) == len(TABLES)


def test_timestamps_carry_no_zone() -> None:
    assert pa.timestamp("us") == TIMESTAMP


@pytest.mark.parametrize("key", [("raw", "plays"), ("plays",), ("synthetic", "plays", "more"), ()])
def test_unknown_key_names_the_known_ones(key: tuple[str, ...]) -> None:
    with pytest.raises(KeyError, match=r"known: .*synthetic/plays"):
        table_for(key)
