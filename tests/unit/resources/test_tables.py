"""The description of a table and the select list of a read, without a warehouse."""

from __future__ import annotations

import dagster as dg

from tunegenie_assets.resources.tables import column_schema, selected
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS

NAMES = SYNTHETIC_PLAYS.arrow_schema.names


def test_column_schema_tells_names_types_and_what_may_be_null() -> None:
    described = {column.name: column for column in column_schema(SYNTHETIC_PLAYS).columns}
    assert list(described) == NAMES
    assert described["album_name"].constraints == dg.TableColumnConstraints(nullable=True)
    assert described["play_date"].constraints == dg.TableColumnConstraints(nullable=False)
    assert described["started_at"].type == "timestamp[us]"
    assert all(column.description for column in described.values())


def test_select_list() -> None:
    assert selected(None) == "*"
    assert selected(["a", "b"]) == "a, b"
