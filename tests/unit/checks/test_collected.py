from __future__ import annotations

from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from tunegenie_assets.checks.collected import nothing_waits, waiting
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.sources.services.state import ParkedWork

NOON = datetime(2026, 3, 1, 12)


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return Collection(landing_root=str(tmp_path), state_path=str(tmp_path / "state.sqlite"))


def judged(collection: Collection) -> dg.AssetCheckResult:
    result = nothing_waits(collection)
    assert isinstance(result, dg.AssetCheckResult)
    return result


def test_nothing_waits_before_anything_was_collected(collection: Collection) -> None:
    assert judged(collection).passed
    assert not collection.has_state()


def test_what_waits_is_told_with_service_time_and_reason(collection: Collection) -> None:
    for subject in ("ada", "bob"):
        collection.state.park(ParkedWork("spotify", "spotify_playlists", subject, NOON, "the quota is spent", NOON))
    result = judged(collection)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert result.description == (
        "spotify until 2026-03-01 12:00 UTC (the quota is spent): spotify_playlists of ada, spotify_playlists of bob"
    )
    assert result.metadata["waits_for"].value == {
        "spotify until 2026-03-01 12:00 UTC (the quota is spent)": [
            *("spotify_playlists of ada", "spotify_playlists of bob")
        ]
    }


def test_work_of_a_stand_in_does_not_count(collection: Collection) -> None:
    for subject in ("_simulated", "sim-connected", "_shared", "simone"):
        collection.state.park(ParkedWork("lastfm", "lastfm_charts", subject, NOON, "r", NOON))
    assert [work.subject for work in waiting(collection)] == ["_shared", "simone"]
