"""A pass of collection when something goes wrong: quotas and budgets, clocks, odd pages, damaged files, kills."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.collector import PLAYS, SCROBBLES, Bench
from tests.unit.sources.services.loopback import Ledger
from tests.unit.sources.services.worlds import TRACK_IDS
from tunegenie_assets.sandbox.faults import Fault, FaultPlan, FaultRule
from tunegenie_assets.sandbox.world import SavedItem
from tunegenie_assets.sources.budget import DailyBudget
from tunegenie_assets.sources.enriching import Wanted
from tunegenie_assets.sources.errors import LandingError
from tunegenie_assets.sources.fetching import SCOPES
from tunegenie_assets.sources.services.errors import BudgetExhausted
from tunegenie_assets.sources.services.pages import SHARED
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.services.state import CollectorState, ParkedWork
from tunegenie_assets.sources.streams.registry import STREAMS
from tunegenie_assets.sources.streams.rows import page_row, rows_of, scrobble_row, spotify_play_row
from tunegenie_assets.sources.streams.stream import SNAPSHOT

_SNAPSHOTS = (("spotify_top_items", "ada"), ("lastfm_charts", SHARED))


class Metered(Ledger):
    def __init__(self, budget: DailyBudget) -> None:
        super().__init__()
        self._budget = budget

    def spend(self, service: str, purpose: Purpose, now: datetime) -> None:
        self._budget.spend(service, purpose, now)


def test_what_landed_and_was_not_remembered_is_taken_in(bench: Bench) -> None:
    bench.collect(*SCOPES)
    known = {stream.name: list(bench.state.records(stream.name)) for stream in STREAMS}
    for file in bench.connected.folder.glob("collector.sqlite*"):
        file.unlink()
    days = bench.collector.catch_up()
    assert {stream.name: list(bench.state.records(stream.name)) for stream in STREAMS} == known
    assert days == {record.day for record in (*known[PLAYS], *known[SCROBBLES]) if record.day}
    assert bench.collector.catch_up() == set()


def test_a_quota_parks_the_service_and_nothing_is_asked_before_its_time(bench: Bench) -> None:
    fault = Fault(status=429, retry_after=7200, reason="QUOTA_EXCEEDED")
    bench.connected.sandbox.faults = FaultPlan([FaultRule(fault, path="/v1/me/tracks")])
    outcomes = bench.collect("plays", "library")
    assert outcomes[PLAYS, "ada"].parked_until is None
    parked = [outcome for outcome in outcomes.values() if outcome.parked_until]
    assert {outcome.stream for outcome in parked} == {s.name for s in STREAMS if s.purpose is Purpose.LIBRARY}
    bench.connected.sandbox.faults = FaultPlan()
    before = bench.connected.calls(path="/v1/me/tracks")
    again = bench.collect("library")
    assert bench.connected.calls(path="/v1/me/tracks") == before
    assert all(outcome.parked_until for outcome in again.values())
    bench.connected.sandbox.clock.advance(timedelta(hours=3))
    assert not any(outcome.parked_until for outcome in bench.collect("library").values())
    assert bench.state.parked() == []
    assert bench.connected.sleeps == []


@pytest.mark.parametrize(
    ("scope", "stream", "path", "call"),
    [("library", "spotify_top_items", "/v1/me/top/artists", 2), ("charts", "lastfm_charts", "/2.0/*", 2)],
)
def test_a_quota_amid_a_snapshot_leaves_nothing_out(
    bench: Bench, scope: str, stream: str, path: str, call: int
) -> None:
    fault = Fault(status=429, retry_after=7200, reason="QUOTA_EXCEEDED")
    bench.connected.sandbox.faults = FaultPlan([FaultRule(fault, path=path, calls=(call,))])
    parked = [outcome for (name, _), outcome in bench.collect(scope).items() if name == stream and outcome.parked_until]
    bench.connected.sandbox.clock.advance(timedelta(hours=3))
    bench.collect(scope)
    assert parked
    assert bench.state.parked() == []
    begun = {key.rsplit("|", 1)[0] for key in bench.state.keys(stream, parked[0].subject) if key.startswith("2026")}
    marks = {key for key in bench.state.keys(stream, parked[0].subject) if key.startswith(SNAPSHOT)}
    assert (len(begun), len(marks)) == ((6, 6) if scope == "library" else (2, 2))
    before = bench.connected.calls(path=path.rstrip("*"))
    bench.collect(scope)
    assert bench.connected.calls(path=path.rstrip("*")) == before


def test_a_clock_that_was_ahead_silences_nothing(bench: Bench) -> None:
    scopes = ("plays", "library", "charts")
    bench.connected.ahead = timedelta(days=400)
    assert {outcome.problem for outcome in bench.collect(*scopes).values()} == {None}
    state = bench.state
    state.park(
        ParkedWork("lastfm", "lastfm_charts", SHARED, bench.connected.now(), "rate limit", bench.connected.now())
    )
    bench.connected.ahead = timedelta()
    bench.connected.sandbox.clock.advance(timedelta(days=2))
    bench.play(70, minutes_ago=5)
    saved = SavedItem(TRACK_IDS[100], bench.connected.sandbox.clock.now() - timedelta(minutes=5))
    bench.connected.sandbox.world.accounts["ada"].saved_tracks.insert(0, saved)
    before = {stream: set(state.keys(stream, subject)) for stream, subject in _SNAPSHOTS}
    assert {outcome.problem for outcome in bench.collect(*scopes).values()} == {None}
    assert "Song 70" in [scrobble_row(r)["track"] for r in state.records(SCROBBLES, subject="ada") if r.day]
    assert f"spotify:track:{TRACK_IDS[100]}" in state.keys("spotify_saved_tracks", "ada")
    assert all(set(state.keys(stream, subject)) - before[stream] for stream, subject in _SNAPSHOTS)
    calls = bench.connected.calls(path="/v1/me/top"), bench.connected.calls(path="/2.0/")
    bench.collect("library", "charts")
    assert (bench.connected.calls(path="/v1/me/top"), bench.connected.calls(path="/2.0/")) == calls


def test_a_service_that_named_a_time_is_asked_nothing_before(bench: Bench) -> None:
    fault = Fault(status=429, retry_after=40_000, reason="QUOTA_EXCEEDED")
    bench.connected.sandbox.faults = FaultPlan([FaultRule(fault, path="/v1/tracks/*")])
    bench.collect("enrichment")
    bench.connected.sandbox.faults = FaultPlan()
    before = bench.connected.calls(path="/v1/")
    outcomes = bench.collect("plays")
    assert bench.connected.calls(path="/v1/") == before
    assert outcomes[PLAYS, "ada"].problem == "Spotify's quota of the day is used up"
    assert outcomes[SCROBBLES, "ada"].problem is None
    bench.connected.sandbox.clock.advance(timedelta(hours=12))
    assert bench.collect("plays")[PLAYS, "ada"].problem is None


def test_our_own_budget_keeps_plays_going(bench: Bench) -> None:
    bench.connected.budget = Metered(DailyBudget(bench.state, {"spotify": 10}))
    assert bench.collect("enrichment", wanted=Wanted(tracks=TRACK_IDS))["spotify_tracks", SHARED].parked_until
    assert bench.collect("plays")[PLAYS, "ada"].problem is None


def test_a_walk_that_was_broken_off_is_walked_again(bench: Bench) -> None:
    rule = FaultRule(Fault(status=500), path="/v1/me/tracks", calls=tuple(range(2, 20)))
    bench.connected.sandbox.faults = FaultPlan([rule])
    assert bench.collect("library")["spotify_saved_tracks", "ada"].problem
    bench.connected.sandbox.faults = FaultPlan()
    bench.collect("library")
    rows = [row for r in bench.state.records("spotify_saved_tracks", subject="ada") for row in rows_of(r)]
    assert len(rows) == 60


def test_one_ended_authorization_stops_nobody_else(bench: Bench) -> None:
    bench.connected.sandbox.world.grants.revoke("ada")
    bench.connected.sandbox.clock.advance(timedelta(hours=2))
    outcomes = bench.collect("plays")
    assert outcomes[PLAYS, "ada"].needs_reauth
    assert outcomes[PLAYS, "bob"].problem is None
    calls = bench.connected.calls("POST", "/api/token")
    bench.collect("plays")
    assert bench.connected.calls("POST", "/api/token") == calls


def test_a_page_of_another_shape_is_kept_and_listed(bench: Bench) -> None:
    body = '{"items": [{"played_at": "yesterday"}], "next": null, "cursors": null, "limit": 50, "href": ""}'
    bench.connected.sandbox.faults = FaultPlan([FaultRule(Fault(status=200, body=body), path="*recently-played")])
    bench.collect("plays")
    assert {page.file.split("/")[2] for page in bench.state.unreadable()} == {PLAYS}
    bench.connected.sandbox.faults = FaultPlan()
    bench.collect("plays")
    assert len(bench.plays()) == 50


def _bad_plays() -> dict[str, Any]:
    good = {"played_at": "2026-02-28T10:00:00Z", "track": {"uri": "spotify:track:x", "name": "x", "duration_ms": 1}}
    track = good["track"]
    bad = [
        {"played_at": None, "track": track},
        {"played_at": good["played_at"], "track": {"name": "no uri", "duration_ms": 1}},
        None,
    ]
    no_length = {"played_at": "2026-02-28T09:00:00Z", "track": {"uri": "y", "name": "y", "duration_ms": None}}
    return {"items": [*bad, good, no_length]}


def test_a_bad_play_costs_itself(bench: Bench) -> None:
    landed = bench.land(PLAYS, _bad_plays())
    bench.collector.catch_up()
    assert bench.plays() == ["y", "x"]
    [row, _] = [spotify_play_row(r) for r in bench.state.records(PLAYS, subject="ada") if r.day]
    assert row["started_at"] == row["played_at"]
    [page] = [page_row(r) for r in bench.state.records(PLAYS, subject="ada", without_day=True)]
    assert (page["items"], str(page["newest_played_at"])) == (5, "2026-02-28 10:00:00")
    [unreadable] = bench.state.unreadable()
    assert (unreadable.file, unreadable.line) == (landed.file, landed.line)
    assert [part.split(":")[0] for part in unreadable.reason.split("; ")] == ["item 0", "item 1", "item 2"]


def test_a_scrobble_of_another_shape_is_read_or_costs_itself(bench: Bench) -> None:
    told: list[dict[str, Any]] = [
        {"name": "a", "artist": "Cher", "album": None},
        {"name": "b", "artist": "", "album": ""},
        {"name": "c", "artist": {"#text": "Cher"}},
        {"artist": "Cher"},
    ]
    rows = [{**fields, "date": {"uts": str(1772366160 + place)}} for place, fields in enumerate(told)]
    page = {"recenttracks": {"track": rows, "@attr": {"page": "1", "totalPages": "1"}}}
    bench.land(SCROBBLES, page, to="1772366170")
    bench.collector.catch_up()
    found = [scrobble_row(r) for r in bench.state.records(SCROBBLES, subject="ada") if r.day]
    assert [(row["track"], row["artist"]) for row in found] == [("a", "Cher"), ("b", None), ("c", "Cher")]
    [unreadable] = bench.state.unreadable()
    assert unreadable.reason == "item 3: KeyError: 'name'"
    assert bench.collect("enrichment")["lastfm_artist_tags", SHARED].problem is None


def test_half_a_surrogate_pair_in_a_name_stops_nothing(bench: Bench) -> None:
    bench.collect("plays")
    [record, *_] = [record for record in bench.state.records(PLAYS, subject="ada") if record.day]
    item = json.loads(record.body)
    item["played_at"], item["track"]["name"] = "2026-02-28T10:00:00Z", "\ud83d and \U0001f600"
    bench.land(PLAYS, {"items": [item]})
    assert bench.collector.catch_up()
    assert bench.plays()[0] == "? and \U0001f600"
    assert bench.state.unreadable() == []


def test_a_budget_spends_first_on_plays(tmp_path: Path) -> None:
    state = CollectorState(tmp_path / "state.sqlite")
    budget = DailyBudget(state, {"spotify": 10})
    now = datetime(2026, 3, 1, 12)
    for minute in range(7):
        budget.spend("spotify", Purpose.ENRICHMENT, now + timedelta(minutes=minute))
    later = now + timedelta(hours=1)
    with pytest.raises(BudgetExhausted) as refused:
        budget.spend("spotify", Purpose.ENRICHMENT, later)
    assert refused.value.retry_at == now + timedelta(hours=24)
    budget.spend("spotify", Purpose.LIBRARY, later)
    with pytest.raises(BudgetExhausted):
        budget.spend("spotify", Purpose.LIBRARY, later)
    for _ in range(2):
        budget.spend("spotify", Purpose.PLAYS, later)
    with pytest.raises(BudgetExhausted):
        budget.spend("spotify", Purpose.PLAYS, later)
    budget.spend("lastfm", Purpose.CHARTS, later)
    budget.spend("spotify", Purpose.ENRICHMENT, now + timedelta(hours=24, minutes=5))


def test_a_catch_up_that_was_broken_off_leaves_nothing_out(bench: Bench) -> None:
    for _ in range(4):
        bench.collect(*SCOPES)
        bench.connected.sandbox.clock.advance(timedelta(days=3))
    known = {stream.name: list(bench.state.records(stream.name)) for stream in STREAMS}
    files = bench.pages.files()
    for file in bench.connected.folder.glob("collector.sqlite*"):
        file.unlink()
    unreachable = bench.connected.folder / "landing" / files[len(files) // 2]
    content = unreachable.read_bytes()
    unreachable.unlink()
    unreachable.mkdir()
    with pytest.raises(LandingError):
        bench.collector.catch_up()
    unreachable.rmdir()
    unreachable.write_bytes(content)
    bench.collector.catch_up()
    assert {stream.name: list(bench.state.records(stream.name)) for stream in STREAMS} == known


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "null", "text"])
def test_a_damaged_file_of_pages_costs_itself(bench: Bench, damage: str) -> None:
    bench.collect("plays")
    for file in bench.connected.folder.glob("collector.sqlite*"):
        file.unlink()
    [damaged] = [file for file in bench.pages.files() if f"{PLAYS}/ada" in file]
    path = bench.connected.folder / "landing" / damaged
    content = path.read_bytes()
    bad = {
        "empty": b"",
        "cut": content[:-100],
        "changed": content[:40] + b"\x00" * 40 + content[80:],
        "null": gzip.compress(b"null\n"),
        "text": gzip.compress(b"hello\n"),
    }
    path.write_bytes(bad[damage])
    assert bench.collector.catch_up()
    assert [page.file for page in bench.state.unreadable()] == [damaged]
    assert (len(bench.plays("bob")), bench.plays()) == (50, [])
    assert bench.collector.catch_up() == set()
