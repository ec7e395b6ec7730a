"""The sensors of a home of their own, and landings as they leave them in the log."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from tunegenie_assets.partitions import RANGE_END_TAG, RANGE_START_TAG
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.services import Time, build_services, utc_now
from tunegenie_assets.sensors import (
    ARCHIVES_KEY,
    build_sensors,
)
from tunegenie_assets.settings import load_settings
from tunegenie_assets.sources.collecting import Clock


def sensors_of(inbox: Path, *, is_collecting: bool = False, clock: Clock = utc_now) -> list[dg.SensorDefinition]:
    home = inbox.parent
    collection = Collection(landing_root=str(home), state_path=str(home / "state.sqlite"))
    services = build_services(load_settings(home=home)).model_copy(update={"time": Time(now=clock)})
    return build_sensors(inbox, "me", collection, services, lambda: False, is_collecting=is_collecting)


def sensor_called(name: str, inbox: Path) -> dg.SensorDefinition:
    [sensor] = [sensor for sensor in sensors_of(inbox) if sensor.name == name]
    return sensor


def land(instance: dg.DagsterInstance, *days: str, tags: dict[str, str] | None = None) -> str:
    """Materialize landing/archives as if an archive with these days had been landed; returns the run."""

    @dg.asset(key=ARCHIVES_KEY)
    def archives() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(value=None, metadata={"first_day": days[0], "last_day": days[-1]} if days else {})

    return dg.materialize([archives], instance=instance, tags=tags).run_id


def days_of(request: dg.RunRequest) -> tuple[str, str]:
    return request.tags[RANGE_START_TAG], request.tags[RANGE_END_TAG]
