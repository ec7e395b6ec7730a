from __future__ import annotations

import json
from datetime import datetime

import pytest

from tunegenie_assets.sources.formats.koito import KOITO
from tunegenie_assets.sources.records import Bounds, Fields

BOUNDS = Bounds(datetime(2005, 1, 1), datetime(2026, 1, 2))


def row(duration: object) -> Fields:
    return KOITO.row({"listened_at": "2021-02-03T09:47:58Z", "track": {"duration": duration}}, BOUNDS)


@pytest.mark.parametrize(
    ("duration", "expected"), [(180, 180_000), ("180", 180_000), (0, None), ("0", None), (None, None)]
)
def test_the_length_is_a_number_or_digits_and_0_is_not_told(duration: object, expected: int | None) -> None:
    fields = row(duration)
    assert (fields["duration_ms"], fields["other_fields"]) == (expected, None)


@pytest.mark.parametrize("duration", ["3:00", -1, True, [180]])
def test_what_is_no_length_costs_no_listen(duration: object) -> None:
    fields = row(duration)
    assert fields["duration_ms"] is None
    assert json.loads(str(fields["other_fields"])) == {"track": {"duration": duration}}
