from __future__ import annotations

import json
from datetime import datetime

import pytest

from tunegenie_assets.sources.formats.maloja import MALOJA
from tunegenie_assets.sources.records import Bounds, Fields, RecordRejectedError

BOUNDS = Bounds(datetime(2005, 1, 1), datetime(2026, 1, 2))


def row(time: object = 1612345678, length: object = None, duration: object = None) -> Fields:
    track = {"artists": ["The Gutters"], "title": "Tin Roof", "length": length}
    return MALOJA.row({"time": time, "track": track, "duration": duration}, BOUNDS)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(200, 200_000), ("200", 200_000), (12.5, 12_500), ("12.5", 12_500), (0, None), ("0", None), (None, None)],
)
def test_lengths_are_numbers_or_digits_and_0_is_not_told(seconds: object, expected: int | None) -> None:
    fields = row(length=seconds, duration=seconds)
    assert (fields["length_ms"], fields["ms_played"], fields["other_fields"]) == (expected, expected, None)


@pytest.mark.parametrize("value", ["long", "", -1, True, [200], {"s": 1}])
def test_what_is_no_length_costs_no_scrobble(value: object) -> None:
    fields = row(length=value, duration=value)
    assert (fields["length_ms"], fields["ms_played"]) == (None, None)
    assert json.loads(str(fields["other_fields"])) == {"duration": value, "track": {"length": value}}


@pytest.mark.parametrize("time", [None, "soon", True])
def test_the_time_stays_needed(time: object) -> None:
    with pytest.raises(RecordRejectedError, match="field time"):
        row(time)
