"""What looks after collection, its authorizations, and the first training."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import dagster as dg

from tests.unit.sensors.samples import sensor_called, sensors_of
from tunegenie_assets.instance.left_over import process_tag
from tunegenie_assets.partitions import PARTITION_TAG
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.services import Time, build_services
from tunegenie_assets.sensors import (
    PAGES_KEY,
    build_sensors,
)
from tunegenie_assets.settings import load_settings
from tunegenie_assets.sources.services.state import CollectorState, ParkedWork
from tunegenie_assets.sources.services.tokens import Token, TokenStore


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
