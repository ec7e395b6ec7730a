from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benches.merge.homes import differing_rows, tables


def warehouse(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema silver")
        for statement in statements:
            connection.execute(statement)
    return path


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return warehouse(
        tmp_path / "one.duckdb",
        "create table silver.plays as select * from (values (1, 'a'), (2, 'b')) as t (id, word)",
    )


def test_neither_order_of_rows_nor_of_columns_is_a_difference(one: Path, tmp_path: Path) -> None:
    rows = "create table silver.plays as select word, id from (values (2, 'b'), (1, 'a')) as t (id, word)"
    assert differing_rows(one, warehouse(tmp_path / "two.duckdb", rows), "silver.plays") == 0


def test_a_changed_row_differs_on_both_sides_and_a_doubled_one_on_one(one: Path, tmp_path: Path) -> None:
    changed = "create table silver.plays as select * from (values (1, 'a'), (2, 'c')) as t (id, word)"
    assert differing_rows(one, warehouse(tmp_path / "changed.duckdb", changed), "silver.plays") == 2
    doubled = "create table silver.plays as select * from (values (1, 'a'), (2, 'b'), (2, 'b')) as t (id, word)"
    assert differing_rows(one, warehouse(tmp_path / "doubled.duckdb", doubled), "silver.plays") == 1


def test_a_column_can_be_left_out(one: Path, tmp_path: Path) -> None:
    later = "create table silver.plays as select * from (values (1, 'x'), (2, 'y')) as t (id, word)"
    other = warehouse(tmp_path / "later.duckdb", later)
    assert differing_rows(one, other, "silver.plays", leave_out=["word"]) == 0


def test_other_columns_are_an_error(one: Path, tmp_path: Path) -> None:
    other = warehouse(tmp_path / "other.duckdb", "create table silver.plays as select 1 as id")
    with pytest.raises(ValueError, match=r"silver\.plays has the columns"):
        differing_rows(one, other, "silver.plays")


def test_tables_of_the_layers_are_listed_and_views_are_not(tmp_path: Path) -> None:
    path = warehouse(
        tmp_path / "w.duckdb",
        "create schema raw",
        "create table raw.b as select 1 as x",
        "create view silver.v as select 1 as x",
        "create table main.c as select 1 as x",
    )
    assert tables(path, "raw", "silver") == ["raw.b"]
