from __future__ import annotations

import json
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from tests.unit.resources.imports import import_one
from tests.unit.sources.samples import AUDIO, LANDED_AT, VIDEO, record, write_zip, zip_bytes
from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.resources.importing import (
    EXAMPLES,
    archive_file_table,
    archive_table,
    days_to_build,
    import_files,
    sources_landed,
    zone_of,
)
from tunegenie_assets.schemas.landing import ARCHIVE_FILES, ARCHIVES

ACCOUNT_RECORD = {"endTime": "2019-02-01 10:00", "msPlayed": 1000, "artistName": "Tin", "trackName": "Roof"}
LATER = LANDED_AT + timedelta(days=1)


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
    (line,) = worn.problems
    assert line.startswith(f"{archive}, {VIDEO}: ")
    assert "download the archive again" in line
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
    today = date(2020, 5, 5)
    assert days_to_build(reports, store, today=today) == [date(2020, 4, 5), today]
    everything = days_to_build(reports, store, today=today, whole_listeners={"ada"})
    assert (min(everything), max(everything)) == (date(2019, 1, 1), today)
    assert set(days_to_build(reports, store, today=today, whole_listeners={"bob"})) == {date(2020, 4, 5), today}
    assert days_to_build([], store, today=today) == []


def test_logs_of_spotify_touch_the_days_on_which_offline_plays_are_logged(store: ArchiveStore, tmp_path: Path) -> None:
    scrobbles = tmp_path / "fm.csv"
    scrobbles.write_text('uts,artist,track\n"1588672800","Tin","Roof"\n')
    history = write_zip(tmp_path / "one.zip", {AUDIO: [record(ts="2002-01-05T10:00:00Z")]})
    touched = [
        days_to_build([import_one(store, path)], store, today=date(2020, 5, 20)) for path in (scrobbles, history)
    ]
    assert touched == [[date(2020, 5, 5), date(2020, 5, 5)], [date(2002, 1, 1), date(2002, 2, 4)]]


def test_every_file_inside_is_told(store: ArchiveStore, tmp_path: Path) -> None:
    members = {AUDIO: [record(), 1], "account.json": [ACCOUNT_RECORD], "Userdata.json": {"username": "ada"}}
    report = import_one(store, write_zip(tmp_path / "all.zip", members))
    assert report.line.startswith(
        f"{tmp_path / 'all.zip'}: landed as spotify_account_history, spotify_extended_history, 2 records, 1 unreadable"
    )
    told = report.as_json()
    assert told["kind"] == "spotify_account_history,spotify_extended_history"
    assert told["members"] == [
        {
            "name": AUDIO,
            "source_file": f"{report.archive_id}/0000",
            "source": "spotify_extended_history",
            "records": 1,
            "rejected": 1,
            "reasons": {"not_an_object": 1},
        },
        {
            "name": "Userdata.json",
            "source_file": f"{report.archive_id}/0001",
            "source": None,
            "records": 0,
            "rejected": 0,
            "reasons": {},
        },
        {
            "name": "account.json",
            "source_file": f"{report.archive_id}/0002",
            "source": "spotify_account_history",
            "records": 1,
            "rejected": 0,
            "reasons": {},
        },
    ]
    assert (told["problems"], told["skipped"]) == ([], [])
    assert (report.first_day, report.last_day) == (date(2019, 1, 1), date(2019, 2, 1))


def test_table_of_archive_files_keeps_to_its_schema(store: ArchiveStore, history: Path, tmp_path: Path) -> None:
    assert archive_file_table(store).equals(ARCHIVE_FILES.empty())
    report = import_one(store, history)
    import_one(store, write_zip(tmp_path / "b.zip", {"a.json": [ACCOUNT_RECORD], "b.pdf": b"%PDF"}), listener_id="bob")
    rows = archive_file_table(store)
    assert rows.schema.equals(ARCHIVE_FILES.arrow_schema)
    assert not any(rows.column(name).null_count for name in ARCHIVE_FILES.required_columns)
    found = [(row["listener_id"], row["member_name"], row["source"]) for row in rows.to_pylist()]
    assert found == [
        ("ada", AUDIO, "spotify_extended_history"),
        ("ada", VIDEO, None),
        ("bob", "a.json", "spotify_account_history"),
        ("bob", "b.pdf", None),
    ]
    assert rows["source_file"].to_pylist()[:2] == [f"{report.archive_id}/0000", f"{report.archive_id}/0001"]
    assert sources_landed(store) == {"spotify_account_history", "spotify_extended_history"}


def test_no_archives_have_no_sources(store: ArchiveStore) -> None:
    assert sources_landed(store) == set()


def test_broken_file_of_a_folder_is_told_and_the_others_arrive(
    store: ArchiveStore, history: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "whole.zip").write_bytes(history.read_bytes())
    (folder / "cut.zip").write_bytes(history.read_bytes()[:-30])
    (folder / "notes.txt").write_text("hello")
    report = import_one(store, folder)
    assert (report.problem, report.records) == (None, 2)
    cut, unknown = report.skipped
    assert cut.startswith("cut.zip: the zip is damaged or incomplete")
    assert unknown.startswith("notes.txt: ")
    assert report.as_json()["skipped"] == [cut, unknown]


def test_a_zip_inside_a_zip_is_told(store: ArchiveStore, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {AUDIO: [record()], "more.zip": zip_bytes({AUDIO: [record()]})})
    report = import_one(store, path)
    (line,) = report.skipped
    assert line.startswith("a.zip, more.zip: a zip inside a zip is not opened")
    assert report.as_json()["skipped"] == [line]


def test_a_folder_keeps_its_name(store: ArchiveStore, history: Path, tmp_path: Path) -> None:
    (folder := tmp_path / "downloads").mkdir()
    history.rename(folder / "ada.zip")
    import_one(store, folder)
    assert archive_table(store)["original_name"].to_pylist() == ["downloads"]


def test_progress_tells_the_file_and_its_records_so_far(store: ArchiveStore, history: Path, tmp_path: Path) -> None:
    other = write_zip(tmp_path / "other.zip", {AUDIO: [record(ms_played=1)], VIDEO: [record(), 1]})
    told: list[tuple[str, int]] = []
    import_files(
        [history, other],
        store,
        listener_id="ada",
        timezone=None,
        now=LANDED_AT,
        progress=lambda name, records: told.append((name, records)),
    )
    assert told == [("ada.zip", 2), ("other.zip", 1), ("other.zip", 3)]
