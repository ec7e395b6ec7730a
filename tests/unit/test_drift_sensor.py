from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg

from tunegenie_assets.partitions import PARTITION_TAG, week_of
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.model_store import DRIFT_KEY
from tunegenie_assets.resources.services import build_services
from tunegenie_assets.sensors import build_sensors
from tunegenie_assets.settings import load_settings


def ticks(folder: Path, *materializations: dict[str, bool]) -> list[dg.RunRequest]:
    """What the daemon would start after each of the materializations."""
    collection = Collection(landing_root=str(folder), state_path=str(folder / "state.sqlite"))
    sensors = build_sensors(
        folder / "inbox", "me", collection, build_services(load_settings(home=folder)), lambda: False
    )
    [sensor] = [sensor for sensor in sensors if sensor.name == "retrain_on_drift"]
    requests: list[dg.RunRequest] = []
    cursor: str | None = None
    repository = dg.Definitions(sensors=[], jobs=[]).get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        for metadata in materializations:
            instance.report_runless_asset_event(dg.AssetMaterialization(DRIFT_KEY, metadata=metadata))
            context = dg.build_sensor_context(instance=instance, cursor=cursor, repository_def=repository)
            data = sensor.evaluate_tick(context)
            requests += data.run_requests or []
            cursor = data.cursor
    return requests


def test_the_recommender_is_trained_before_its_time_where_listening_moved(tmp_path: Path) -> None:
    [request] = ticks(tmp_path, {"wants_training": True})
    week = date.fromisoformat(request.tags[PARTITION_TAG])
    assert week == week_of(datetime.now(UTC).date())


def test_it_is_asked_for_once_a_week(tmp_path: Path) -> None:
    first, second = ticks(tmp_path, {"wants_training": True}, {"wants_training": True})
    # Dagster drops a request whose key it has seen.
    assert first.run_key == second.run_key


def test_nothing_follows_where_listening_is_as_it_was(tmp_path: Path) -> None:
    assert ticks(tmp_path, {"wants_training": False}, {}) == []
