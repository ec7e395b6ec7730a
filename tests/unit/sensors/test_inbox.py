"""Files that appear in the inbox."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tests.unit.sensors.samples import sensors_of
from tunegenie_assets.sensors import (
    ARCHIVES_KEY,
    SETTLE_SECONDS,
    settled_files,
)

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
def tick(inbox: Path) -> Tick:
    """Evaluates the inbox sensor as the daemon does: each time with the cursor of the time before."""
    sensor = sensors_of(inbox, clock=lambda: datetime.fromtimestamp(NOW, UTC).replace(tzinfo=None))[0]
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
    put(inbox, "growing.zip", changed_at=NOW - SETTLE_SECONDS + 1)
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
