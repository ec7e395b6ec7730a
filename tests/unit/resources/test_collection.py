"""What was collected as tables: what the service told before what a stand-in told, and nothing of what is forgotten."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.schemas.lookups import ARTIST_TAGS
from tunegenie_assets.sources.services.pages import SHARED, SIMULATED, Page

NOW = datetime(2026, 3, 1, 12)


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return Collection(landing_root=str(tmp_path / "landing"), state_path=str(tmp_path / "collector.sqlite"))


def tell(collection: Collection, subject: str, artist: str, *tags: str) -> None:
    body = {"toptags": {"tag": [{"name": tag, "count": 100} for tag in tags], "@attr": {"artist": artist}}}
    page = Page(
        "lastfm", "lastfm_artist_tags", subject, {"artist": artist, "asked_for": artist}, NOW, 200, json.dumps(body)
    )
    collection.pages.write([page])
    collection.collector(lambda: NOW).catch_up()


def tags(collection: Collection) -> list[tuple[str, str]]:
    return [(row["artist_name"], row["tag"]) for row in collection.whole(ARTIST_TAGS).to_pylist()]


@pytest.mark.parametrize("first", [SHARED, SIMULATED])
def test_what_the_service_told_counts_before_what_a_stand_in_told(collection: Collection, first: str) -> None:
    told = {SHARED: ("pop", "dance"), SIMULATED: ("polka", "dance")}
    for subject in sorted(told, key=lambda subject: subject != first):
        tell(collection, subject, "Cher", *told[subject])
    tell(collection, SIMULATED, "Nobody Real", "polka")
    assert tags(collection) == [("Cher", "pop"), ("Cher", "dance"), ("Nobody Real", "polka")]


def test_what_is_forgotten_does_not_come_back_from_landing(collection: Collection) -> None:
    for subject in (SHARED, SIMULATED):
        tell(collection, subject, f"Artist of {subject}", "pop")
    collection.forget(SIMULATED)
    collection.collector(lambda: NOW).catch_up()
    assert tags(collection) == [(f"Artist of {SHARED}", "pop")]
    assert collection.page_files()["subject"].to_pylist() == [SHARED]


def test_forgetting_where_nothing_was_collected_makes_nothing(collection: Collection, tmp_path: Path) -> None:
    collection.forget(SIMULATED)
    assert not list(tmp_path.iterdir())
