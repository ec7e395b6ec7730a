from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.sources.services.state import ClosedService, CollectorState, ParkedWork, Record, UnreadablePage

NOW = datetime(2026, 3, 1, 12)


def made(key: str, *, minutes: int = 0, body: str = "{}", stream: str = "tracks", day: date | None = None) -> Record:
    return Record(stream, "ada", key, day, 200, NOW + timedelta(minutes=minutes), f"f{minutes}", 0, 0, body)


def spent(state: CollectorState, service: str, *, hours: float, allowed: int = 9) -> list[datetime]:
    now = NOW + timedelta(hours=hours)
    return state.spend_within(allowed, service, "plays", since=now - timedelta(days=1), now=now)


@pytest.fixture
def state(tmp_path: Path) -> CollectorState:
    return CollectorState(tmp_path / "new" / "collector.sqlite")


def test_the_last_word_counts_whatever_the_order(state: CollectorState) -> None:
    newer, older = made("t", minutes=5, body="new"), made("t", body="old")
    assert state.absorb("f5", [newer], first_counts=()) == [newer]
    assert state.absorb("f0", [older], first_counts=()) == []
    assert [record.body for record in state.records("tracks")] == ["new"]


def test_of_plays_the_first_word_counts_whatever_the_order(state: CollectorState) -> None:
    newer, older = made("t", minutes=5, body="new"), made("t", body="old")
    assert state.absorb("f5", [newer], first_counts=("tracks",)) == [newer]
    assert state.absorb("f0", [older], first_counts=("tracks",)) == [older]
    assert [record.body for record in state.records("tracks")] == ["old"]


def test_a_file_is_absorbed_once_and_again_changes_nothing(state: CollectorState) -> None:
    records = [made("a"), made("b")]
    assert state.absorb("f0", records, first_counts=()) == records
    assert state.absorb("f0", records, first_counts=()) == []
    assert state.absorbed() == {"f0"}


def test_a_file_of_another_shape_is_made_anew_but_for_what_landing_cannot_tell(tmp_path: Path) -> None:
    path = tmp_path / "collector.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table records (stream text, body text)")
        connection.execute("create table absorbed (file text primary key)")
        connection.execute("insert into absorbed values ('f0')")
        connection.execute("create table calls (service text, purpose text, called_at text)")
        connection.execute("insert into calls values ('spotify', 'plays', ?)", (NOW.isoformat(),))
    state = CollectorState(path)
    assert (list(state.records("tracks")), state.absorbed()) == ([], set())
    assert state.calls_since("spotify", NOW - timedelta(hours=1)) == [NOW]
    state.absorb("f0", [made("a")], first_counts=())
    assert CollectorState(path).absorbed() == {"f0"}


@given(body=st.text())
def test_any_body_comes_back(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    state = CollectorState(tmp_path_factory.mktemp("state") / "collector.sqlite")
    state.absorb("f0", [made("a", body=body)], first_counts=())
    assert [record.body for record in state.records("tracks")] == [body]


def test_bodies_are_small(state: CollectorState, tmp_path: Path) -> None:
    body = '{"available_markets": ["DE", "FR", "US"]}' * 1000
    state.absorb("f0", [made(f"k{n}", body=body) for n in range(100)], first_counts=())
    size = sum(file.stat().st_size for file in (tmp_path / "new").iterdir())
    assert size < 100 * len(body) / 10


def test_a_file_that_fails_midway_leaves_nothing(state: CollectorState) -> None:
    def broken() -> Iterator[Record]:
        yield made("a")
        raise ValueError

    with pytest.raises(ValueError):
        state.absorb("f0", broken(), first_counts=())
    assert (list(state.records("tracks")), state.absorbed()) == ([], set())


def test_records_of_days_are_half_open(state: CollectorState) -> None:
    days = [date(2026, 2, 27) + timedelta(days=n) for n in range(4)]
    state.absorb("f0", [made(str(day), day=day) for day in days], first_counts=())
    found = state.records("tracks", start=days[1], end=days[3])
    assert [record.day for record in found] == days[1:3]
    assert list(state.records("tracks", subject="bob")) == []
    assert list(state.records("tracks", without_day=True)) == []
    assert len(list(state.records("tracks", subject="ada", end=days[3]))) == 3


def test_calls_are_counted_in_a_rolling_window(state: CollectorState) -> None:
    for hours in (0, 23, 25):
        assert spent(state, "spotify", hours=hours) == []
    assert spent(state, "lastfm", hours=25) == []
    assert state.calls_since("spotify", NOW + timedelta(hours=1)) == [NOW + timedelta(hours=h) for h in (23, 25)]
    assert spent(state, "spotify", hours=80) == []
    assert state.calls_since("spotify", NOW) == [NOW + timedelta(hours=80)]


def test_a_call_too_many_is_not_noted(state: CollectorState) -> None:
    for hours in (0, 1):
        assert spent(state, "spotify", hours=hours, allowed=2) == []
    assert spent(state, "spotify", hours=2, allowed=2) == [NOW, NOW + timedelta(hours=1)]
    assert len(state.calls_since("spotify", NOW - timedelta(days=1))) == 2


def test_calls_of_a_clock_that_was_ahead_are_forgotten(state: CollectorState) -> None:
    spent(state, "spotify", hours=1000)
    assert spent(state, "spotify", hours=0, allowed=1) == []


def test_processes_spend_no_more_than_is_allowed_together(state: CollectorState) -> None:
    with ThreadPoolExecutor(4) as threads:
        refused = list(threads.map(lambda place: spent(state, "spotify", hours=place / 60, allowed=20), range(80)))
    assert (sum(not sent for sent in refused), len(state.calls_since("spotify", NOW - timedelta(days=1)))) == (20, 20)


def test_a_service_is_closed_until_it_said(state: CollectorState) -> None:
    closed = ClosedService(
        "spotify", is_simulated=False, retry_at=NOW + timedelta(hours=2), reason="quota", closed_at=NOW
    )
    state.close(closed)
    assert state.closed(NOW) == [closed]
    assert state.closed(NOW + timedelta(hours=2)) == state.closed(NOW - timedelta(hours=1)) == []


def test_parked_work_is_replaced_and_taken_up(state: CollectorState) -> None:
    for hours in (2, 1):
        state.park(ParkedWork("spotify", "tracks", "ada", NOW + timedelta(hours=hours), "QUOTA_EXCEEDED", NOW))
    [work] = state.parked()
    assert work.retry_at == NOW + timedelta(hours=1)
    state.unpark("spotify", "tracks", "ada")
    assert state.parked() == []


def test_a_subject_that_is_forgotten_is_gone_with_its_files_and_what_it_waits_for(state: CollectorState) -> None:
    for subject in ("_simulated", "esimulated"):
        file = f"pages/spotify/tracks/{subject}/2026-03-01/f.jsonl.gz"
        record = replace(made("t", minutes=len(subject)), subject=subject, file=file)
        state.absorb(file, [record], [UnreadablePage(file, 1, "cut")], first_counts=())
        state.park(ParkedWork("spotify", "tracks", subject, NOW, "quota", NOW))
    state.forget("_simulated")
    assert [record.subject for record in state.records("tracks")] == ["esimulated"]
    assert {file.split("/")[3] for file in state.absorbed()} == {"esimulated"}
    assert [page.file.split("/")[3] for page in state.unreadable()] == ["esimulated"]
    assert [work.subject for work in state.parked()] == ["esimulated"]


def test_the_latest_of_some_subjects(state: CollectorState) -> None:
    assert state.latest(["ada", "bob"]) is None
    state.absorb("f0", [made("a", minutes=3), made("b", minutes=1)], first_counts=())
    state.absorb("f1", [replace(made("c", minutes=9), subject="cy")], first_counts=())
    assert state.latest(["ada", "bob"]) == NOW + timedelta(minutes=3)
