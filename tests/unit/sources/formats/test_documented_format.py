"""The format that docs/adding-a-source.md shows is one: its blocks run, and it reads what the page says it reads."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest

from tests.documents import ROOT, blocks
from tunegenie_assets.schemas import histories, table
from tunegenie_assets.sources import json_array, records
from tunegenie_assets.sources.formats import format as formats
from tunegenie_assets.sources.formats import nested
from tunegenie_assets.sources.records import Bounds, RecordRejectedError

EXPORT = b'[{"heard": 1714557600, "artist": "Mono Lake", "song": "Northwind", "mood": "calm"}]'
BOUNDS = Bounds(datetime(2005, 1, 1), datetime(2026, 1, 2))


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """What the blocks of the page define, where they say that they stand."""
    names: dict[str, Any] = {}
    for module in (records, nested, formats, json_array, table, histories):
        names |= vars(module)
    for block in blocks(ROOT / "docs" / "adding-a-source.md"):
        if block.language == "python":
            exec(block.text, names)  # noqa: S102  # a page of ours
    return names


def test_a_record_becomes_a_row_of_the_table(shown: dict[str, Any]) -> None:
    tapedeck: formats.Format = shown["TAPEDECK"]
    [item] = list(tapedeck.items(BytesIO(EXPORT)))
    assert tapedeck.recognises(item)
    assert tapedeck.row(item, BOUNDS) == {
        "started_at": datetime(2024, 5, 1, 10),
        "heard": datetime(2024, 5, 1, 10),
        "artist": "Mono Lake",
        "song": "Northwind",
        "other_fields": '{"mood":"calm"}',
    }
    assert set(tapedeck.row(item, BOUNDS)) <= {column.name for column in tapedeck.table.columns}


def test_a_record_without_a_time_is_rejected_with_the_reason(shown: dict[str, Any]) -> None:
    with pytest.raises(RecordRejectedError, match="heard"):
        shown["TAPEDECK"].row({"artist": "Mono Lake", "song": "Northwind"}, BOUNDS)
