"""The sensor `alerts` by its ticks: real runs on an instance in memory; a channel of the test takes messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import dagster as dg
import pytest

from tunegenie_assets.alert_sensor import build_alert_sensor
from tunegenie_assets.alerts import alerting
from tunegenie_assets.alerts.alerting import Addresses
from tunegenie_assets.alerts.channels import ChannelError, Send
from tunegenie_assets.alerts.incidents import Message
from tunegenie_assets.instance.left_over import process_tag
from tunegenie_assets.jobs import BUILD_EVERYTHING

HIDDEN = "correct-horse-battery"


class Desk:
    """Everything a tick needs: assets that fail on request, an instance, a clock that stands, and what was sent."""

    def __init__(self, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
        self.instance = instance
        self.sent: list[Message] = []
        self.beats = 0
        self.down = False
        self.later = timedelta(0)
        self.problem: Exception | None = None
        self.rows_are_unique = True
        self.cursor: str | None = None
        self.says = ""
        monkeypatch.setattr(Addresses, "senders", lambda _: dict[str, Send](e_mail=self._take))
        monkeypatch.setattr(alerting, "beat", self._beat)
        self.addresses = Addresses("https://dagster.example.org/", heartbeat="https://x.example", secrets=[HIDDEN])
        self.tick()

    def _take(self, message: Message) -> None:
        if self.down:
            raise ChannelError("the mail server answered 451")
        self.sent.append(message)

    def _beat(self, address: str) -> None:
        if self.down:
            raise ChannelError("the heartbeat could not be reached")
        assert address == self.addresses.heartbeat
        self.beats += 1

    def definitions(self) -> dg.Definitions:
        @dg.asset(key=["silver", "plays"])
        def plays() -> None:
            if self.problem:
                raise self.problem

        @dg.asset(key=["gold", "days"], deps=[plays])
        def days() -> None: ...

        @dg.asset_check(asset=plays)
        def unique() -> dg.AssetCheckResult:
            return dg.AssetCheckResult(passed=self.rows_are_unique, description="2 rows are there twice")

        @dg.asset_check(asset=plays)
        def likely() -> dg.AssetCheckResult:
            return dg.AssetCheckResult(passed=self.rows_are_unique, severity=dg.AssetCheckSeverity.WARN)

        jobs = [dg.define_asset_job(BUILD_EVERYTHING), dg.define_asset_job("other", selection=[days.key])]
        return dg.Definitions([plays, days], jobs=jobs, asset_checks=[unique, likely], executor=dg.in_process_executor)

    def run(self, job: str = BUILD_EVERYTHING, run_id: str | None = None, **tags: str) -> str:
        resolved = self.definitions().resolve_job_def(job)
        return resolved.execute_in_process(
            instance=self.instance, raise_on_error=False, run_id=run_id, tags=tags
        ).run_id

    def tick(self) -> list[str]:
        """The titles of what is sent in this tick."""
        sensor = build_alert_sensor(self.addresses, lambda: datetime.now(UTC) + self.later, is_collecting=True)
        context = dg.build_sensor_context(
            self.instance, cursor=self.cursor, repository_def=self.definitions().get_repository_def()
        )
        before = len(self.sent)
        data = sensor.evaluate_tick(context)
        self.cursor, self.says = data.cursor, str(data.skip_message)
        assert not data.run_requests
        return [message.title for message in self.sent[before:]]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Desk(instance, monkeypatch)


def test_a_failed_run_is_told_of_once_with_its_cause(desk: Desk) -> None:
    desk.problem = ValueError(f"the server refused\nkey {HIDDEN} of ada@example.org\n\nthird line")
    run_id = desk.run()
    assert desk.tick() == [f"{BUILD_EVERYTHING} failed at silver/plays"]
    [message] = desk.sent
    assert message.run_id == run_id
    assert list(message.lines) == ["ValueError: the server refused", "key … of …", "third line"]
    assert HIDDEN not in str(desk.cursor)
    assert desk.tick() == []
    desk.run()
    assert desk.tick() == []
    assert desk.says == "nothing new; 1 incidents go on"


def test_a_name_that_is_not_utf8_is_spelt_out(desk: Desk) -> None:
    desk.problem = ValueError("caf\udce9.json is no zip")
    desk.run()
    assert len(desk.tick()) == 1
    assert list(desk.sent[0].lines) == [r"ValueError: caf\udce9.json is no zip"]


def test_another_job_heals_nothing_and_the_same_heals_once(desk: Desk) -> None:
    desk.problem = OSError("no space left")
    desk.run()
    desk.tick()
    desk.problem = None
    desk.run("other")
    assert desk.tick() == []
    desk.run()
    assert desk.tick() == [f"{BUILD_EVERYTHING} works again"]
    desk.run()
    assert desk.tick() == []


def test_what_failed_before_anyone_asked_is_not_told_of(desk: Desk) -> None:
    desk.problem = OSError("no space left")
    desk.run()
    desk.cursor, desk.later = None, timedelta(minutes=5)
    assert desk.tick() == []
    assert desk.tick() == []


def test_a_person_at_a_terminal_has_seen_it(desk: Desk) -> None:
    desk.problem = OSError("no space left")
    run_id = str(uuid4())
    desk.run(run_id=run_id, **process_tag(run_id))
    assert desk.tick() == []
    # Begun again from the UI, with the tags of the first: nobody sits there and waits.
    desk.run(**process_tag(run_id))
    assert desk.tick() == [f"{BUILD_EVERYTHING} failed at silver/plays"]


def test_a_run_that_begins_again_is_not_told_of_yet(desk: Desk) -> None:
    desk.problem = OSError("no space left")
    desk.run(**{"dagster/will_retry": "true"})
    assert desk.tick() == []
    desk.run(**{"dagster/will_retry": "false"})
    assert len(desk.tick()) == 1


def test_a_check_of_weight_that_fails_is_told_of(desk: Desk) -> None:
    desk.rows_are_unique = False
    desk.run()
    assert desk.tick() == ["silver/plays: unique fails"]
    assert list(desk.sent[0].lines) == ["silver/plays: unique: 2 rows are there twice"]
    assert desk.tick() == []
    desk.rows_are_unique = True
    desk.run()
    assert desk.tick() == ["silver/plays: unique passes again"]


def test_a_killed_run_is_told_of_with_its_last_words(desk: Desk) -> None:
    run = desk.instance.create_run_for_job(
        desk.definitions().resolve_job_def("other"), status=dg.DagsterRunStatus.STARTED
    )
    desk.instance.report_run_failed(run, "the process of the run ended with exit code -9")
    assert desk.tick() == ["other failed"]
    assert "exit code -9" in "".join(desk.sent[0].lines)
    desk.run("other")
    assert desk.tick() == ["other works again"]


def test_a_mail_server_that_is_down_loses_nothing(desk: Desk) -> None:
    desk.problem, desk.down = OSError("no space left"), True
    desk.run()
    assert desk.tick() == []
    assert desk.says.endswith("1 messages wait")
    desk.later, desk.down = timedelta(minutes=1), False
    assert desk.tick() == [f"{BUILD_EVERYTHING} failed at silver/plays"]


def test_the_heart_beats_after_each_daily_build_that_worked(desk: Desk) -> None:
    by_the_clock = {"dagster/schedule_name": "daily_build"}
    desk.run("other")
    desk.run()
    desk.tick()
    assert desk.beats == 0
    desk.run(**by_the_clock)
    desk.tick()
    desk.tick()
    assert desk.beats == 1
    desk.down = True
    desk.run(**by_the_clock)
    desk.run(**by_the_clock)
    desk.tick()
    desk.down, desk.later = False, timedelta(minutes=1)
    desk.tick()
    assert desk.beats == 2
    desk.problem = OSError("no space left")
    desk.run(**by_the_clock)
    desk.tick()
    assert desk.beats == 2


@pytest.mark.parametrize(
    "cursor", ["{", "[]", "null", "{}", '{"since": "x", "seen": [], "incidents": {}, "waiting": []}']
)
def test_a_cursor_that_cannot_be_read_is_begun_anew(desk: Desk, cursor: str) -> None:
    desk.cursor = cursor
    assert desk.tick() == []
    desk.problem = OSError("no space left")
    desk.run()
    assert len(desk.tick()) == 1


def test_a_run_that_is_stored_late_is_looked_at_and_what_was_seen_is_forgotten_in_the_end(desk: Desk) -> None:
    desk.run()
    desk.tick()
    state = json.loads(str(desk.cursor))
    assert len(state["seen"]) == 1
    # Another that ended a minute later was stored before it.
    desk.problem = OSError("no space left")
    desk.run()
    later = datetime.now(UTC) + timedelta(minutes=1)
    desk.cursor = json.dumps(state | {"since": later.isoformat()})
    assert len(desk.tick()) == 1
    desk.cursor = json.dumps(json.loads(str(desk.cursor)) | {"since": (later + timedelta(hours=1)).isoformat()})
    desk.later = timedelta(hours=2)
    assert desk.tick() == []
    assert json.loads(str(desk.cursor))["seen"] == []


def test_a_clock_that_was_ahead_silences_nothing(desk: Desk) -> None:
    desk.cursor = json.dumps(
        json.loads(str(desk.cursor)) | {"since": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    )
    assert desk.tick() == []
    desk.problem = OSError("no space left")
    desk.run()
    assert len(desk.tick()) == 1


def test_many_runs_between_two_ticks_are_all_looked_at(desk: Desk) -> None:
    for number in range(60):
        desk.problem = type(f"Error{number}", (Exception,), {})("x") if number == 59 else None
        desk.run()
    titles = [title for _ in range(20) for title in desk.tick()]
    assert titles == [f"{BUILD_EVERYTHING} failed at silver/plays"]
    assert len(json.loads(str(desk.cursor))["seen"]) <= 60


@pytest.mark.parametrize(
    ("webhook", "is_collecting", "status"),
    [("", False, "STOPPED"), ("", True, "RUNNING"), ("https://hooks.example.org/x", False, "RUNNING")],
)
def test_it_is_on_where_somebody_can_be_told(webhook: str, is_collecting: bool, status: str) -> None:
    addresses = Addresses("http://127.0.0.1:3000", webhook=webhook)
    sensor = build_alert_sensor(addresses, lambda: datetime.now(UTC), is_collecting=is_collecting)
    assert sensor.default_status.value == status
