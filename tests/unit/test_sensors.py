import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tunegenie_assets.partitions import RANGE_END_TAG, RANGE_START_TAG
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.sensors import ARCHIVES_KEY, IMPORT_FOLLOWS_TAG, SETTLE_SECONDS, build_sensors, settled_files
from tunegenie_assets.sources.services.state import CollectorState, ParkedWork

NOW = 1_750_000_000.0
OLD = NOW - 3600

Tick = Callable[[], list[dg.RunRequest]]


def put(inbox: Path, name: str, content: str = "x", changed_at: float = OLD) -> Path:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    os.utime(path, (changed_at, changed_at))
    return path


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


def sensors_of(inbox: Path) -> list[dg.SensorDefinition]:
    home = inbox.parent
    return build_sensors(inbox, "me", Collection(landing_root=str(home), state_path=str(home / "state.sqlite")))


@pytest.fixture
def tick(inbox: Path) -> Tick:
    """Evaluates the inbox sensor as the daemon does: each time with the cursor of the time before."""
    sensor = sensors_of(inbox)[0]
    cursor: list[str | None] = [None]

    def evaluate() -> list[dg.RunRequest]:
        data = sensor.evaluate_tick(dg.build_sensor_context(cursor=cursor[0]))
        cursor[0] = data.cursor
        assert bool(data.run_requests) is not bool(data.skip_message)
        return list(data.run_requests or [])

    return evaluate


def landed_as(requests: list[dg.RunRequest]) -> dict[str, str]:
    """Listener by file."""
    configs: list[Any] = [r.run_config["ops"][ARCHIVES_KEY.to_python_identifier()]["config"] for r in requests]
    return {config["paths"][0]: config["listener"] for config in configs}


def test_folder_names_the_listener(inbox: Path, tick: Tick) -> None:
    mine, adas = put(inbox, "history.zip"), put(inbox, "ada/history.zip")
    requests = tick()
    assert landed_as(requests) == {str(mine): "me", str(adas): "ada"}
    assert len({request.run_key for request in requests}) == 2


def test_file_is_landed_once(inbox: Path, tick: Tick) -> None:
    put(inbox, "ada/history.zip")
    assert len(tick()) == 1
    assert tick() == []
    other = put(inbox, "bob/history.zip")
    assert landed_as(tick()) == {str(other): "bob"}
    assert tick() == []


def test_changed_file_is_landed_again(inbox: Path, tick: Tick) -> None:
    put(inbox, "ada/history.zip", "short")
    (first,) = tick()
    changed = put(inbox, "ada/history.zip", "longer", changed_at=OLD + 60)
    (second,) = tick()
    assert landed_as([second]) == {str(changed): "ada"}
    assert first.run_key != second.run_key


def test_file_that_is_being_written_waits(inbox: Path) -> None:
    put(inbox, "settled.zip", changed_at=NOW - SETTLE_SECONDS)
    put(inbox, "growing.zip", changed_at=NOW - SETTLE_SECONDS + 1)
    assert [name for name, _ in settled_files(inbox, NOW)] == ["settled.zip"]
    assert [name for name, _ in settled_files(inbox, NOW + SETTLE_SECONDS)] == ["growing.zip", "settled.zip"]


def test_sensor_leaves_a_file_of_this_moment(inbox: Path, tick: Tick) -> None:
    # An hour ahead of the clock of the machine, so that no pause of the test lets it settle.
    put(inbox, "growing.zip", changed_at=time.time() + 3600)
    assert tick() == []


@pytest.mark.parametrize("name", [".history.zip", "ada/.history.zip", ".trash/history.zip", "ada/more/history.zip"])
def test_hidden_and_deeper_files_are_left(inbox: Path, tick: Tick, name: str) -> None:
    put(inbox, name)
    assert tick() == []


def test_nothing_to_do_says_where_it_looked(inbox: Path) -> None:
    sensor = sensors_of(inbox)[0]
    for _ in range(2):
        data = sensor.evaluate_tick(dg.build_sensor_context())
        assert data.skip_message == f"nothing new in {inbox}"
        inbox.mkdir(exist_ok=True)


def test_land_request_fits_the_asset(inbox: Path, tick: Tick) -> None:
    from tunegenie_assets.assets.landing import ImportConfig

    path = put(inbox, "ada/history.zip")
    (request,) = tick()
    config = ImportConfig(**request.run_config["ops"][ARCHIVES_KEY.to_python_identifier()]["config"])
    assert (config.paths, config.listener, config.timezone) == ([str(path)], "ada", None)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def land(instance: dg.DagsterInstance, *days: str, tags: dict[str, str] | None = None) -> str:
    """Materialize landing/archives as if an archive with these days had been landed; returns the run."""

    @dg.asset(key=ARCHIVES_KEY)
    def archives() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(value=None, metadata={"first_day": days[0], "last_day": days[-1]} if days else {})

    return dg.materialize([archives], instance=instance, tags=tags).run_id


def evaluate(instance: dg.DagsterInstance, inbox: Path, cursor: str | None = None):
    sensor = sensors_of(inbox)[1]
    assert sensor.name == "landed_archives"
    return sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))


def days_of(request: dg.RunRequest) -> tuple[str, str]:
    return request.tags[RANGE_START_TAG], request.tags[RANGE_END_TAG]


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


def test_parked_work_is_taken_up_when_its_time_has_come(inbox: Path) -> None:
    sensor = sensors_of(inbox)[-1]
    assert "waits for nothing" in str(sensor.evaluate_tick(dg.build_sensor_context()).skip_message)
    state = CollectorState(inbox.parent / "state.sqlite")
    for stream, retry_at in (("spotify_saved_tracks", datetime(2020, 1, 1)), ("lastfm_charts", datetime(2999, 1, 1))):
        state.park(ParkedWork("any", stream, "ada", retry_at, "QUOTA_EXCEEDED", datetime(2020, 1, 1)))
    [request] = list(sensor.evaluate_tick(dg.build_sensor_context()).run_requests or ())
    [op] = request.run_config["ops"].values()
    assert op["config"]["scopes"] == ["library"]
    state.unpark("any", "spotify_saved_tracks", "ada")
    assert "2999-01-01" in str(sensor.evaluate_tick(dg.build_sensor_context()).skip_message)
