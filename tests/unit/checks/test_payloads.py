"""Drift of landed pages and of archives: a field that goes or comes is told, and nothing else is."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from upath import UPath

from tunegenie_assets.checks.payloads import NEWEST_FILES, drift_of_pages, judge_archives
from tunegenie_assets.sources.services.pages import Page, PageStore

BEGIN = datetime(2026, 1, 1)
TRACK: dict[str, Any] = {"items": [{"track": {"name": "Song", "popularity": 4}}]}


def land(pages: PageStore, day: int, body: object, *, subject: str = "ada", status: int = 200) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    moment = BEGIN + timedelta(days=day)
    pages.write([Page("spotify", "spotify_recently_played", subject, {"path": "/"}, moment, status, text)])


@pytest.fixture
def pages(tmp_path: Path) -> PageStore:
    store = PageStore(UPath(tmp_path))
    for day in range(20):
        land(store, day, TRACK)
    return store


def found(pages: PageStore) -> dict[str, str]:
    return {stream: drift.says for stream, drift in drift_of_pages(pages, pages.files()).items()}


def test_the_same_fields_again_are_no_drift(pages: PageStore) -> None:
    assert not found(pages)


def test_a_field_that_the_service_took_away_is_told(pages: PageStore) -> None:
    for day in range(20, 20 + NEWEST_FILES):
        land(pages, day, {"items": [{"track": {"name": "Song"}, "context": {}}]})
    assert found(pages) == {"spotify_recently_played": "gone: items[].track.popularity; new: items[].context"}


def test_pages_of_a_stand_in_refusals_and_damage_are_no_drift(pages: PageStore, tmp_path: Path) -> None:
    for day in range(20, 20 + NEWEST_FILES):
        land(pages, day, {"error": {"status": 404}}, status=404)
        land(pages, day, {"another": "shape"}, subject="_simulated")
    land(pages, 30, "no JSON")
    damaged = tmp_path / pages.files()[-2]
    damaged.write_bytes(b"no gzip")
    assert not found(pages)


def archives(*shares: tuple[float, float]) -> pa.Table:
    """Of each archive how far its records fill the column of albums, and how many have other fields."""
    rows = [
        {"archive_id": str(number), "landed_at": BEGIN, "album": album, "other_fields": others}
        for number, (album, others) in enumerate(shares)
    ]
    schema = pa.schema(
        [
            ("archive_id", pa.string()),
            ("landed_at", pa.timestamp("us")),
            ("album", pa.float64()),
            ("other_fields", pa.float64()),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)


@pytest.mark.parametrize(
    ("shares", "is_whole", "passes"),
    [
        ([], True, True),
        ([(1.0, 0.0)], True, True),
        # The first archive of a format of which every field is known, and of one with fields of many players.
        ([(1.0, 1.0)], True, False),
        ([(1.0, 1.0)], False, True),
        ([(1.0, 0.0), (1.0, 1.0)], False, False),
        ([(1.0, 1.0), (1.0, 1.0)], True, True),
        ([(1.0, 0.0), (0.0, 0.0)], True, False),
        ([(0.5, 0.0), (0.0, 0.0)], True, True),
        ([(1.0, 0.0), (0.4, 0.0)], True, True),
    ],
)
def test_the_newest_archive_is_held_against_those_before(
    shares: list[tuple[float, float]], *, is_whole: bool, passes: bool
) -> None:
    passed, told = judge_archives(archives(*shares), is_whole=is_whole)
    assert passed is passes
    assert told["summary"]
