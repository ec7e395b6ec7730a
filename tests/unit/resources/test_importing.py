from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.sources.samples import AUDIO, LANDED_AT, VIDEO, record, write_zip
from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.resources.importing import (
    EXAMPLES,
    FileReport,
    archive_table,
    days_to_build,
    import_files,
    zone_of,
)
from tunegenie_assets.schemas.landing import ARCHIVES

LATER = LANDED_AT + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    return ArchiveStore(landing_root=str(tmp_path / "landing"), parsed_path=str(tmp_path / "parsed"))


@pytest.fixture
def history(tmp_path: Path) -> Path:
    records = [record(), record(ts="2019-01-03T10:00:00Z")]
    return write_zip(tmp_path / "ada.zip", {AUDIO: records, VIDEO: []})


def import_one(
    store: ArchiveStore, path: Path, *, listener_id: str = "ada", timezone: str | None = None, now: datetime = LANDED_AT
) -> FileReport:
    (report,) = import_files([path], store, listener_id=listener_id, timezone=timezone, now=now)
    assert len(report.line.splitlines()) == 1
    json.dumps(report.as_json())
    return report


def test_sound_file_is_landed_and_parsed(store: ArchiveStore, history: Path) -> None:
    report = import_one(store, history)
    assert report.problem is None
    assert (report.records, report.rejected, report.already_landed) == (2, 0, False)
    assert (report.first_day, report.last_day) == (date(2019, 1, 1), date(2019, 1, 3))
    assert report.line == f"{history}: landed as spotify_extended_history, 2 records"
    assert report.as_json()["status"] == "landed"


def test_bad_files_do_not_stop_the_good_ones(store: ArchiveStore, history: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(history.read_bytes()[:-30])
    notes = tmp_path / "notes.txt"
    notes.write_text("hello", encoding="utf-8")
    other = write_zip(tmp_path / "other.zip", {AUDIO: [record(ms_played=1)]})
    paths = [cut, history, tmp_path / "missing.zip", notes, other]
    reports = import_files(paths, store, listener_id="ada", timezone=None, now=LANDED_AT)
    assert [report.path for report in reports] == [str(path) for path in paths]
    assert [report.as_json()["status"] for report in reports] == ["refused", "landed", "refused", "refused", "landed"]
    for report in (reports[0], reports[2], reports[3]):
        assert Path(report.path).name in report.line
        assert len(report.line.splitlines()) == 1
    assert "download it again" in reports[0].line
    assert "known: Spotify extended streaming history" in reports[3].line
    assert archive_table(store).num_rows == 2


def test_damaged_member_does_not_stop_later_imports(store: ArchiveStore, history: Path, tmp_path: Path) -> None:
    records = [record(ts=f"2019-01-01T10:{n // 60:02}:{n % 60:02}Z", ms_played=n) for n in range(3000)]
    archive = write_zip(tmp_path / "worn.zip", {AUDIO: [record()], VIDEO: records})
    content = bytearray(archive.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    archive.write_bytes(content)
    worn = import_one(store, archive)
    assert worn.problem is None
    assert worn.records > 0
    assert worn.reasons == {"damaged_member": 1}
    assert "download the archive again" in worn.examples[0]
    assert import_one(store, history).records == 2
    assert history.name in archive_table(store).column("original_name").to_pylist()


def test_unreadable_records_are_named_by_file_and_row(store: ArchiveStore, tmp_path: Path) -> None:
    records = [record(), record(ts="yesterday"), record(ms_played=...), record(ms_played=-1), 7, None]
    path = write_zip(tmp_path / "ada.zip", {AUDIO: records})
    report = import_one(store, path)
    assert (report.problem, report.records, report.rejected) == (None, 1, 5)
    assert sum(report.reasons.values()) == 5
    assert len(report.examples) == EXAMPLES
    for row, example in zip((2, 3, 4), report.examples, strict=True):
        assert example.startswith(f"{path}, {AUDIO}, row {row}: ")
        assert "expected" in example
        assert len(example.splitlines()) == 1
    assert "5 unreadable (" in report.line


def test_single_file_is_not_named_twice(store: ArchiveStore, tmp_path: Path) -> None:
    path = tmp_path / "endsong_0.json"
    path.write_text(json.dumps([record(), record(ts=None)]), encoding="utf-8")
    (example,) = import_one(store, path).examples
    assert example.startswith(f"{path}, row 2: ")


def test_file_without_a_readable_record_is_a_problem(store: ArchiveStore, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "bad.zip", {AUDIO: [record(ts="yesterday"), record(ts="never")]})
    report = import_one(store, path)
    assert report.line.startswith(f"nothing to import: {path}, {AUDIO}, row 1: ")
    assert report.as_json()["status"] == "refused"
    assert (report.records, report.rejected, report.first_day) == (0, 2, None)


def test_same_file_again_is_told_apart(store: ArchiveStore, history: Path) -> None:
    first = import_one(store, history)
    again = import_one(store, history, now=LATER)
    assert again.already_landed
    assert again.line == f"{history}: was landed before as spotify_extended_history, 2 records"
    assert again.as_json()["status"] == "already_landed"
    assert (again.archive_id, again.records, again.first_day) == (first.archive_id, 2, first.first_day)
    assert archive_table(store).column("landed_at").to_pylist() == [LANDED_AT]


def test_new_time_zone_of_a_landed_file_is_recorded(store: ArchiveStore, history: Path) -> None:
    import_one(store, history, timezone="Europe/Zurich")
    assert import_one(store, history, timezone="America/Denver", now=LATER).already_landed
    (row,) = archive_table(store).to_pylist()
    assert (row["timezone"], row["timezone_given_at"]) == ("America/Denver", LATER)
    import_one(store, history, now=LATER + timedelta(days=1))
    assert archive_table(store).to_pylist() == [row]


@pytest.mark.parametrize(
    ("listener_id", "timezone", "expected"),
    [("Ada Lovelace", None, "expected 1 to 64 of a-z"), ("ada", "Mountain Time", "expected an IANA name")],
)
def test_request_that_is_not_valid_is_a_problem(
    store: ArchiveStore, history: Path, listener_id: str, timezone: str | None, expected: str
) -> None:
    report = import_one(store, history, listener_id=listener_id, timezone=timezone)
    assert report.problem is not None
    assert expected in report.problem
    assert archive_table(store).num_rows == 0


def test_table_of_archives_keeps_to_its_schema(store: ArchiveStore, history: Path) -> None:
    assert archive_table(store).equals(ARCHIVES.empty())
    import_one(store, history, now=LANDED_AT.replace(tzinfo=UTC))
    import_one(store, history, listener_id="bob")
    rows = archive_table(store)
    assert rows.schema.equals(ARCHIVES.arrow_schema)
    assert rows.column("listener_id").to_pylist() == ["ada", "bob"]
    assert rows.column("landed_at").to_pylist() == [LANDED_AT, LANDED_AT]
    assert not any(rows.column(name).null_count for name in ARCHIVES.required_columns)


def test_latest_zone_of_a_listener_counts(store: ArchiveStore, history: Path, tmp_path: Path) -> None:
    assert zone_of(store, "ada") is None
    import_one(store, history, timezone="Asia/Tokyo", now=LATER)
    other = write_zip(tmp_path / "other.zip", {AUDIO: [record(ms_played=1)]})
    import_one(store, other, timezone="Europe/Zurich")
    import_one(store, other, listener_id="bob", timezone="America/Denver", now=LATER + timedelta(days=1))
    assert (zone_of(store, "ada"), zone_of(store, "bob")) == ("Asia/Tokyo", "America/Denver")


def test_days_to_build_are_those_of_the_files_and_all_of_whole_listeners(
    store: ArchiveStore, history: Path, tmp_path: Path
) -> None:
    import_one(store, history)
    other = write_zip(tmp_path / "other.zip", {AUDIO: [record(ts="2020-05-05T10:00:00Z")]})
    import_one(store, other, listener_id="bob")
    reports = [import_one(store, other), import_one(store, tmp_path / "missing.zip")]
    assert set(days_to_build(reports, store)) == {date(2020, 5, 5)}
    everything = days_to_build(reports, store, whole_listeners={"ada"})
    assert (min(everything), max(everything)) == (date(2019, 1, 1), date(2020, 5, 5))
    assert set(days_to_build(reports, store, whole_listeners={"bob"})) == {date(2020, 5, 5)}
    assert days_to_build([], store) == []
