"""What each service leaves out, how it cuts its files, and in which order it writes."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from ml.listeners.exports import spotify
from ml.listeners.exports.export_format import ExportFormat
from ml.listeners.exports.heard import heard_by_listener
from ml.listeners.plays import simulate_plays
from tests.unit.ml.listeners.conftest import FIRST_DAY, UNTIL
from tests.unit.ml.listeners.exports.histories import LISTENER, Play, Track, heard_of, records, truth, written

NEW_YEAR = datetime(2025, 1, 1)


def plays_every(step: timedelta, count: int, begin: datetime) -> list[Play]:
    return [Play(0, begin + number * step) for number in range(count)]


def members(folder: Path, name: str) -> list[str]:
    with zipfile.ZipFile(folder / LISTENER / name) as archive:
        return archive.namelist()


def test_spotify_cuts_its_histories_into_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spotify, "EXTENDED_ROWS_PER_FILE", 4)
    monkeypatch.setattr(spotify, "ACCOUNT_ROWS_PER_FILE", 4)
    plays = plays_every(timedelta(hours=1), 10, NEW_YEAR - timedelta(hours=6))
    written(heard_of([Track()], plays, date(2025, 1, 2)), tmp_path)
    folder = "Spotify Extended Streaming History"
    assert members(tmp_path, "spotify_extended.zip") == [
        f"{folder}/Streaming_History_Audio_2024_0.json",
        f"{folder}/Streaming_History_Audio_2024-2025_1.json",
        f"{folder}/Streaming_History_Audio_2025_2.json",
    ]
    assert members(tmp_path, "spotify_account.zip") == [
        f"Spotify Account Data/StreamingHistory_music_{number}.json" for number in range(3)
    ]
    for name in (ExportFormat.SPOTIFY_EXTENDED, ExportFormat.SPOTIFY_ACCOUNT):
        assert [one.play["play_number"] for one in records(tmp_path, name)] == list(range(1, 11))


def test_a_play_belongs_to_the_year_in_which_it_ended(tmp_path: Path) -> None:
    """For Spotify, whose times are ends; for ListenBrainz to the month in which it began."""
    written(heard_of([Track()], [Play(0, NEW_YEAR - timedelta(seconds=100))], date(2025, 1, 2)), tmp_path)
    assert members(tmp_path, "spotify_extended.zip")[0].endswith("Audio_2025_0.json")
    assert members(tmp_path, "listenbrainz.zip") == ["listens/2024/12.jsonl"]


def test_account_data_holds_the_last_year(tmp_path: Path) -> None:
    """It begins with the first play that ended 365 days before the export was made."""
    ends = [datetime(2024, 1, 2) + timedelta(seconds=seconds) for seconds in (-1, 0, 1)]
    plays = [Play(0, end - timedelta(seconds=1), ms_played=1_000) for end in ends]
    written(heard_of([Track()], plays, date(2025, 1, 1)), tmp_path)
    told = records(tmp_path, ExportFormat.SPOTIFY_ACCOUNT)
    assert [one.play["play_number"] for one in told] == [2, 3]


def test_lastfm_is_newest_first_and_the_others_oldest_first(tmp_path: Path) -> None:
    plays = plays_every(timedelta(days=9), 12, datetime(2024, 9, 1))
    written(heard_of([Track()], plays, date(2025, 1, 1)), tmp_path)
    assert [one.play["play_number"] for one in records(tmp_path, ExportFormat.LASTFM)] == list(range(12, 0, -1))
    for name in (ExportFormat.MALOJA, ExportFormat.KOITO):
        assert [one.play["play_number"] for one in records(tmp_path, name)] == list(range(1, 13))
    assert members(tmp_path, "listenbrainz.zip") == [f"listens/2024/{month}.jsonl" for month in (9, 10, 11, 12)]


def test_the_first_artist_is_the_main_one_at_koito(tmp_path: Path) -> None:
    tracks = [Track(artists=("Ada", "Bob", "Cyd")), Track(artists=("Bob",))]
    plays = [Play(0, NEW_YEAR), Play(1, NEW_YEAR + timedelta(hours=1))]
    written(heard_of(tracks, plays, date(2025, 1, 2)), tmp_path)
    export = json.loads((tmp_path / LISTENER / "koito.json").read_text(encoding="utf-8"))
    main = [[artist["is_primary"] for artist in listen["artists"]] for listen in export["listens"]]
    assert main == [[True, False, False], [True]]


def test_csv_and_json_for_people_say_the_same(tmp_path: Path) -> None:
    tracks = [Track(title='A "B", C\nD', album=None)]
    written(heard_of(tracks, plays_every(timedelta(hours=1), 3, NEW_YEAR), date(2025, 1, 2)), tmp_path, [])
    with (tmp_path / "truth" / LISTENER / "truth.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    plays = json.loads((tmp_path / "truth" / LISTENER / "truth.json").read_text(encoding="utf-8"))
    assert [row["started_at"] for row in rows] == [f"2025-01-01T0{hour}:00:00.000Z" for hour in range(3)]
    texts = {"None": "", "True": "true", "False": "false"}
    as_text = [{name: texts.get(str(value), str(value)) for name, value in play.items()} for play in plays]
    assert rows == as_text


def test_plays_are_numbered_by_time_whatever_their_order(listeners: pa.Table, catalogue: pa.Table) -> None:
    plays = simulate_plays(listeners, catalogue, FIRST_DAY, UNTIL)
    mixed = plays.sort_by([("track_id", "descending"), ("started_at", "descending")])
    histories = list(heard_by_listener(mixed, listeners, catalogue))
    assert [heard.listener_id for heard in histories] == sorted(listeners["listener_id"].to_pylist())
    assert sum(heard.plays.num_rows for heard in histories) == plays.num_rows
    for heard in histories:
        assert set(heard.plays["listener_id"].to_pylist()) <= {heard.listener_id}
        assert heard.plays["play_number"].to_pylist() == list(range(1, heard.plays.num_rows + 1))
        started = heard.plays["started_at"].to_pylist()
        assert started == sorted(started)


def test_a_listener_who_never_played_has_a_truth_without_rows(
    listeners: pa.Table, catalogue: pa.Table, tmp_path: Path
) -> None:
    nobody = simulate_plays(listeners, catalogue, FIRST_DAY, FIRST_DAY)
    heard = next(iter(heard_by_listener(nobody, listeners, catalogue)))
    written(heard, tmp_path)
    assert truth(tmp_path) == {}
    assert not list((tmp_path / LISTENER).iterdir())
    assert {path.name for path in (tmp_path / "truth" / LISTENER).iterdir()} == {
        "truth.csv",
        "truth.json",
        "records.csv",
    }
