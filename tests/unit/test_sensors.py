import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest

from tunegenie_assets.instance.left_over import process_tag
from tunegenie_assets.partitions import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.services import Time, build_services
from tunegenie_assets.sensors import (
    ARCHIVES_KEY,
    IMPORT_FOLLOWS_TAG,
    PAGES_KEY,
    SETTLE_SECONDS,
    build_sensors,
    settled_files,
)
from tunegenie_assets.settings import load_settings
from tunegenie_assets.sources.services.state import CollectorState, ParkedWork
from tunegenie_assets.sources.services.tokens import Token, TokenStore

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


def sensors_of(inbox: Path, *, is_collecting: bool = False) -> list[dg.SensorDefinition]:
    home = inbox.parent
    collection = Collection(landing_root=str(home), state_path=str(home / "state.sqlite"))
    services = build_services(load_settings(home=home))
    return build_sensors(inbox, "me", collection, services, lambda: False, is_collecting=is_collecting)


def sensor_called(name: str, inbox: Path) -> dg.SensorDefinition:
    [sensor] = [sensor for sensor in sensors_of(inbox) if sensor.name == name]
    return sensor


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


def test_a_name_that_is_not_utf8_holds_up_no_other(inbox: Path, tick: Tick) -> None:
    put(inbox, os.fsdecode(b"caf\xe9.json"))
    put(inbox, os.fsdecode(b"andr\xe9/history.zip"))
    assert tick() == []
    other = put(inbox, "bob/café.zip")
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


def parked_work_at(inbox: Path, now: datetime) -> tuple[list[dg.RunRequest], str]:
    """What a tick at this moment asks for, and why it does not."""
    home = inbox.parent
    collection = Collection(landing_root=str(home), state_path=str(home / "state.sqlite"))
    services = build_services(load_settings(home=home)).model_copy(update={"time": Time(now=lambda: now)})
    [sensor] = [
        one for one in build_sensors(inbox, "me", collection, services, lambda: False) if one.name == "parked_work"
    ]
    data = sensor.evaluate_tick(dg.build_sensor_context())
    return list(data.run_requests or ()), str(data.skip_message)


def park(inbox: Path, stream: str, subject: str, retry_at: datetime) -> CollectorState:
    state = CollectorState(inbox.parent / "state.sqlite")
    state.park(ParkedWork("any", stream, subject, retry_at, "QUOTA_EXCEEDED", datetime(2020, 1, 1)))
    return state


def test_parked_work_is_taken_up_when_its_time_has_come(inbox: Path) -> None:
    noon = datetime(2026, 3, 1, 12)
    assert parked_work_at(inbox, noon) == ([], "no work is parked")
    state = park(inbox, "spotify_saved_tracks", "ada", noon)
    park(inbox, "lastfm_charts", "_shared", datetime(2026, 3, 2))
    [request], _ = parked_work_at(inbox, noon)
    [op] = request.run_config["ops"].values()
    assert op["config"]["scopes"] == ["library"]
    state.unpark("any", "spotify_saved_tracks", "ada")
    assert parked_work_at(inbox, noon) == ([], "parked work waits until 2026-03-02 00:00 UTC")


def test_work_that_stays_parked_does_not_hold_up_what_comes_due_after_it(inbox: Path) -> None:
    first = datetime(2026, 3, 1, 12, 5)
    park(inbox, "spotify_saved_tracks", "ada", first)
    park(inbox, "lastfm_charts", "_shared", first + timedelta(minutes=10))
    ticks = [parked_work_at(inbox, first + timedelta(minutes=after))[0][0] for after in (0, 5, 10, 15, 60)]
    # Dagster drops a request whose key it has seen: the first is asked for once in its hour, then with the second.
    assert [ticks[0].run_key == tick.run_key for tick in ticks] == [True, True, False, False, False]
    assert ticks[2].run_key == ticks[3].run_key != ticks[4].run_key
    [op] = ticks[2].run_config["ops"].values()
    assert op["config"]["scopes"] == ["charts", "library"]


def test_work_of_a_stand_in_is_not_asked_for(inbox: Path) -> None:
    for subject in ("_simulated", "sim-connected"):
        park(inbox, "spotify_saved_tracks", subject, datetime(2020, 1, 1))
    assert parked_work_at(inbox, datetime(2026, 3, 1)) == ([], "no work is parked")


def test_what_looks_after_collection_is_off_until_it_is_switched_on(inbox: Path) -> None:
    def running(sensors: list[dg.SensorDefinition]) -> set[str]:
        return {sensor.name for sensor in sensors if sensor.default_status is dg.DefaultSensorStatus.RUNNING}

    assert running(sensors_of(inbox)) == {"inbox", "landed_archives", "landed_pages"}
    assert running(sensors_of(inbox, is_collecting=True)) == {
        *(
            "inbox",
            "landed_archives",
            "landed_pages",
            "parked_work",
            "token_expiry",
            "retrain_on_drift",
            "first_training",
        )
    }


def test_an_authorization_that_comes_to_its_end_is_reported_once(instance: dg.DagsterInstance, inbox: Path) -> None:
    sensor, store = sensor_called("token_expiry", inbox), TokenStore(inbox.parent / "tokens")
    now = datetime.now(UTC).replace(tzinfo=None)
    ada = Token("spotify", "ada", "acc-ada", "a", "r", frozenset(), now, now)
    cursor: str | None = None

    def tick(token: Token | None = None) -> tuple[list[bool], str]:
        nonlocal cursor
        if token is not None:
            store.save(token)
        data = sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))
        cursor = data.cursor
        events = [event for event in data.asset_events if isinstance(event, dg.AssetCheckEvaluation)]
        assert {event.asset_check_key for event in events} <= {dg.AssetCheckKey(PAGES_KEY, "authorized")}
        assert not data.run_requests
        assert [event.description for event in events] in ([], [data.skip_message])
        return [event.passed for event in events], str(data.skip_message)

    assert tick() == ([], "nobody is connected")
    assert tick(ada) == ([True], f"ada: spotify until {ada.reauth_due_at:%Y-%m-%d}")
    assert tick() == ([], f"ada: spotify until {ada.reauth_due_at:%Y-%m-%d}")
    month = replace(ada, authorized_at=now - timedelta(days=165))
    assert tick(month)[0] == [False]
    passed, says = tick()
    assert passed == []
    assert "within 30 days; run `tunegenie login --listener ada` before" in says
    assert tick(replace(ada, authorized_at=now - timedelta(days=180)))[0] == [False]
    assert tick(replace(ada, needs_reauth_since=now))[0] == [False]
    assert tick() == ([], "ada: the authorization of spotify has ended; run `tunegenie login --listener ada`")
    assert tick(ada)[0] == [True]
    store.remove("spotify", "acc-ada")
    assert tick() == ([True], "nobody is connected")


def test_the_daemon_shows_a_report_as_the_check_of_the_asset(instance: dg.DagsterInstance, inbox: Path) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    TokenStore(inbox.parent / "tokens").save(
        Token("spotify", "ada", "acc-ada", "a", "r", frozenset(), now, now - timedelta(days=180))
    )
    data = sensor_called("token_expiry", inbox).evaluate_tick(dg.build_sensor_context(instance=instance))
    # As the daemon does with what a tick returns.
    for event in data.asset_events:
        instance.report_runless_asset_event(event)
    check = dg.AssetCheckKey(PAGES_KEY, "authorized")
    [shown] = instance.event_log_storage.get_asset_check_execution_history(check, limit=5)
    assert shown.evaluation is not None
    assert not shown.evaluation.passed
    assert shown.evaluation.severity is dg.AssetCheckSeverity.WARN


def first_training_after(
    inbox: Path, instance: dg.DagsterInstance, run_id: str | None = None, *, in_use: bool, **tags: str
) -> list[dg.RunRequest]:
    """What is asked for once an import with these tags has ended well."""
    home = inbox.parent
    collection = Collection(landing_root=str(home), state_path=str(home / "state.sqlite"))
    services = build_services(load_settings(home=home)).model_copy(
        update={"time": Time(now=lambda: datetime(2026, 3, 4, 12))}
    )
    [sensor] = [
        one for one in build_sensors(inbox, "me", collection, services, lambda: in_use) if one.name == "first_training"
    ]
    assert isinstance(sensor, dg.RunStatusSensorDefinition)

    @dg.op
    def nothing() -> None: ...

    @dg.job(name="import_archives")
    def imported() -> None:
        nothing()

    result = imported.execute_in_process(instance=instance, run_id=run_id, tags=tags)
    event = result.get_run_success_event()
    context = dg.build_run_status_sensor_context(sensor.name, event, instance, result.dagster_run)
    said = sensor(context)
    return [said] if isinstance(said, dg.RunRequest) else []


def test_the_first_import_is_followed_by_a_training(instance: dg.DagsterInstance, inbox: Path) -> None:
    [request] = first_training_after(inbox, instance, in_use=False)
    assert request.tags[PARTITION_TAG] == "2026-03-02"
    [again] = first_training_after(inbox, instance, in_use=False)
    # Dagster drops a request whose key it has seen.
    assert again.run_key == request.run_key


def test_no_training_follows_where_there_is_one_or_the_command_trains(
    instance: dg.DagsterInstance, inbox: Path
) -> None:
    assert first_training_after(inbox, instance, in_use=True) == []
    run_id = str(uuid4())
    assert first_training_after(inbox, instance, run_id, in_use=False, **process_tag(run_id)) == []
    # An import that is begun again in the UI has the tags of the first, and no command waits for it.
    assert first_training_after(inbox, instance, in_use=False, **process_tag(run_id)) != []
