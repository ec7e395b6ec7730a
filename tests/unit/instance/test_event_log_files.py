"""The files behind the batched event log: connections stay open for a run, and no longer."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from tunegenie_assets.instance.event_log import BatchedSqliteEventLogStorage


@pytest.fixture
def connections() -> Iterator[Counter[str]]:
    """How many connections to databases were opened, and closed again, since the test began."""
    counted: Counter[str] = Counter()
    handlers = {
        "connect": lambda *_: counted.update(["opened"]),
        "close": lambda *_: counted.update(["closed"]),
    }
    for name, handler in handlers.items():
        event.listen(Pool, name, handler)
    yield counted
    for name, handler in handlers.items():
        event.remove(Pool, name, handler)


@pytest.fixture
def files(tmp_path: Path, connections: Counter[str]) -> Iterator[BatchedSqliteEventLogStorage]:
    """The storage by itself, with files of its own."""
    storage = BatchedSqliteEventLogStorage(str(tmp_path))
    yield storage
    storage.dispose()


def said(run_id: str, message: str) -> dg.EventLogEntry:
    return dg.EventLogEntry(
        error_info=None, level="info", user_message=message, run_id=run_id, timestamp=0.0, dagster_event=None
    )


def messages(storage: BatchedSqliteEventLogStorage, run_id: str) -> list[str]:
    return [record.event_log_entry.user_message for record in storage.get_records_for_run(run_id).records]


def test_events_of_a_run_share_a_connection(files: BatchedSqliteEventLogStorage, connections: Counter[str]) -> None:
    files.store_event(said("first", "0"))
    files.store_event(said("first", "1"))
    before = connections["opened"]
    for number in range(2, 20):
        files.store_event(said("first", str(number)))
    assert messages(files, "first") == [str(number) for number in range(20)]
    assert connections["opened"] == before


def test_files_of_earlier_runs_are_closed(files: BatchedSqliteEventLogStorage, connections: Counter[str]) -> None:
    runs = [f"run-{number}" for number in range(5)]
    for _ in range(2):
        for run_id in runs:
            files.store_event(said(run_id, run_id))
    assert [messages(files, run_id) for run_id in runs] == [[run_id] * 2 for run_id in runs]
    # That of the last run, and that of the index over all of them.
    assert connections["opened"] - connections["closed"] == 2
    files.dispose()
    assert connections["opened"] == connections["closed"]


def test_after_a_wipe_the_log_begins_anew(files: BatchedSqliteEventLogStorage) -> None:
    for _ in range(2):
        files.store_event(said("first", "before"))
    files.wipe()
    for _ in range(2):
        files.store_event(said("first", "after"))
    assert messages(files, "first") == ["after"] * 2
