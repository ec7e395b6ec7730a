"""What has been landed is imported, each landing once."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from tests.unit.sensors.samples import days_of, land, sensors_of
from tunegenie_assets.sensors import (
    ARCHIVES_KEY,
    IMPORT_FOLLOWS_TAG,
)


def evaluate(instance: dg.DagsterInstance, inbox: Path, cursor: str | None = None):
    sensor = sensors_of(inbox)[1]
    assert sensor.name == "landed_archives"
    return sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))


def test_landed_days_are_imported_in_one_run(instance: dg.DagsterInstance, inbox: Path) -> None:
    run_id = land(instance, "2016-02-29", "2024-12-31")
    data = evaluate(instance, inbox)
    (request,) = data.run_requests or []
    assert request.run_key == run_id
    assert days_of(request) == ("2016-02-29", "2024-12-31")
    again = evaluate(instance, inbox, data.cursor)
    assert not again.run_requests
    assert again.skip_message == "nothing new has been landed"


def test_every_landing_since_the_last_tick_is_imported(instance: dg.DagsterInstance, inbox: Path) -> None:
    cursor = evaluate(instance, inbox).cursor
    land(instance, "2016-01-01", "2016-12-31")
    land(instance)
    land(instance, "2020-01-01")
    data = evaluate(instance, inbox, cursor)
    assert [days_of(r) for r in data.run_requests or []] == [("2016-01-01", "2016-12-31"), ("2020-01-01", "2020-01-01")]
    assert not evaluate(instance, inbox, data.cursor).run_requests


@pytest.mark.parametrize("cursor", ["300000 another-run", "300000", "{id} another-run"])
def test_a_log_that_began_anew_is_looked_at_from_its_beginning(
    instance: dg.DagsterInstance, inbox: Path, cursor: str
) -> None:
    run_id = land(instance, "2016-01-01")
    [landed] = instance.fetch_materializations(ARCHIVES_KEY, limit=1).records
    data = evaluate(instance, inbox, cursor.format(id=landed.storage_id))
    assert [request.run_key for request in data.run_requests or []] == [run_id]
    assert not evaluate(instance, inbox, data.cursor).run_requests


def test_nothing_is_imported_twice_when_the_caller_imports(instance: dg.DagsterInstance, inbox: Path) -> None:
    land(instance, "2016-01-01", "2016-12-31", tags={IMPORT_FOLLOWS_TAG: "true"})
    data = evaluate(instance, inbox)
    assert not data.run_requests
    assert data.skip_message
    land(instance, "2020-01-01")
    assert len(evaluate(instance, inbox, data.cursor).run_requests or []) == 1


def test_landing_without_days_imports_nothing(instance: dg.DagsterInstance, inbox: Path) -> None:
    land(instance)
    data = evaluate(instance, inbox)
    assert not data.run_requests
    assert data.skip_message


def test_no_landing_at_all_imports_nothing(instance: dg.DagsterInstance, inbox: Path) -> None:
    assert evaluate(instance, inbox).skip_message == "nothing new has been landed"
