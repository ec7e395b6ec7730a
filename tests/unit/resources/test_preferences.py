from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.unit.sources.samples import LANDED_AT
from tunegenie_assets.resources.guard import guard
from tunegenie_assets.resources.preferences import Preferences
from tunegenie_assets.schemas.landing import EXCLUSIONS, LISTENER_ZONES, TRAVELLERS
from tunegenie_assets.sources.preferences import make_exclusion


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(landing_root=str(tmp_path / "landing"))


def test_tables_keep_to_their_schemas_when_nothing_was_said(preferences: Preferences) -> None:
    assert preferences.exclusions().equals(EXCLUSIONS.empty())
    assert preferences.listener_zones().equals(LISTENER_ZONES.empty())
    assert preferences.travellers().equals(TRAVELLERS.empty())


def test_tables_hold_what_is_in_force(preferences: Preferences) -> None:
    store = preferences.store
    exclusion = make_exclusion("ada", artist="The Gutters", last_date=date(2024, 1, 1), now=LANDED_AT)
    store.exclude(exclusion)
    store.set_zone("ada", "Asia/Tokyo", None, LANDED_AT)
    store.set_travelling("ada", follows=True, now=LANDED_AT)
    [row] = guard(preferences.exclusions(), EXCLUSIONS).to_pylist()
    assert row == {
        "exclusion_id": exclusion.exclusion_id,
        "listener_id": "ada",
        "artist_name": "The Gutters",
        "track_name": None,
        "track_id": None,
        "playlist_name": None,
        "first_date": None,
        "last_date": date(2024, 1, 1),
        "excluded_at": LANDED_AT,
    }
    assert guard(preferences.listener_zones(), LISTENER_ZONES).to_pylist() == [
        {"listener_id": "ada", "timezone": "Asia/Tokyo", "first_date": None, "given_at": LANDED_AT}
    ]
    assert guard(preferences.travellers(), TRAVELLERS).to_pylist() == [{"listener_id": "ada", "chosen_at": LANDED_AT}]
    store.take_back(exclusion.exclusion_id, LANDED_AT)
    assert preferences.exclusions().equals(EXCLUSIONS.empty())
