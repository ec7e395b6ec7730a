from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.samples import AUDIO, LANDED_AT, VIDEO, record, write_zip
from tunegenie_assets.schemas.histories import HISTORIES, REJECTED_RECORDS, SPOTIFY_EXTENDED_HISTORY
from tunegenie_assets.sources.landing import LandedArchive, Landing
from tunegenie_assets.sources.parsed import ParsedArchive, ParsedArchives
from tunegenie_assets.sources.parsing import ParsedMember, ParsedSource
from tunegenie_assets.sources.reader import READER_VERSION

EXTENDED = "spotify_extended_history"
RECORDS = f"{EXTENDED}.parquet"
STORED = ["rejected.parquet", RECORDS, "summary.json"]
DAYS = [date(2019, 1, 1) + timedelta(days=n) for n in range(6)]


class Project:
    """A landing and a cache in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.landing = Landing(folder / "landing")
        self.cache = ParsedArchives(folder / "parsed")

    def land(self, *records: object, listener_id: str = "ada") -> LandedArchive:
        path = write_zip(self.folder / "a.zip", {VIDEO: records[:1], AUDIO: records[1:]})
        return self.landing.land_archive(path, listener_id=listener_id, timezone=None, now=LANDED_AT)

    def ensure(self, archive: LandedArchive) -> ParsedArchive:
        return self.cache.ensure(self.landing, archive)


def stored_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture(scope="module")
def two_archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[ParsedArchives, list[ParsedArchive]]:
    project = Project(tmp_path_factory.mktemp("project"))
    plays = [record(ts=f"{day}T10:00:00Z", ms_played=n) for n, day in enumerate(DAYS[:5])]
    archives = [project.land(*reversed(plays), 1), project.land(*plays[1:3], listener_id="bob")]
    return project.cache, [project.ensure(archive) for archive in archives]


def test_summary_accounts_for_every_record(project: Project) -> None:
    parsed = project.ensure(project.land(record(), record(ts="2019-01-03T10:00:00Z"), 1, {}, None))
    assert (parsed.records, parsed.rejected) == (2, 3)
    assert (parsed.first_day, parsed.last_day) == (date(2019, 1, 1), date(2019, 1, 3))
    assert parsed.reasons == {"missing_field": 1, "not_an_object": 2}
    assert project.cache.rejected([parsed]).num_rows == 3


def test_every_source_has_its_figures_and_its_own_rows(project: Project) -> None:
    account = [{"endTime": f"2019-01-0{day} 10:00", "msPlayed": 1} for day in (2, 5)]
    members = {AUDIO: [record(), 1], VIDEO: [record()], "account.json": [*account, {}], "photo.jpg": b"\xff\xd8\xff"}
    path = write_zip(project.folder / "a.zip", members)
    archive = project.landing.land_archive(path, listener_id="ada", timezone=None, now=LANDED_AT)
    parsed = project.ensure(archive)
    assert parsed.sources == {
        "spotify_account_history": ParsedSource(2, DAYS[1], DAYS[4]),
        EXTENDED: ParsedSource(2, DAYS[0], DAYS[0]),
    }
    assert parsed.members == (
        ParsedMember(AUDIO, f"{archive.archive_id}/0000", EXTENDED, 1, 1, {"not_an_object": 1}, None),
        ParsedMember(VIDEO, f"{archive.archive_id}/0001", EXTENDED, 1, 0, {}, None),
        ParsedMember(
            "account.json", f"{archive.archive_id}/0002", "spotify_account_history", 2, 1, {"missing_field": 1}, None
        ),
        ParsedMember("photo.jpg", f"{archive.archive_id}/0003", None, 0, 0, {}, None),
    )
    assert (parsed.records, parsed.rejected, parsed.first_day, parsed.last_day) == (4, 2, DAYS[0], DAYS[4])
    assert project.ensure(archive) == parsed
    tables = {table.name: project.cache.read_window(table.name, [parsed], DAYS[0], DAYS[5]) for table in HISTORIES}
    assert {name: rows.num_rows for name, rows in tables.items() if rows.num_rows} == {
        "spotify_account_history": 2,
        EXTENDED: 2,
    }
    assert all(tables[table.name].schema.equals(table.arrow_schema) for table in HISTORIES)
    sources = project.cache.rejected([parsed])["source"].to_pylist()
    assert sources == [EXTENDED, "spotify_account_history"]


def test_file_damaged_from_its_first_byte_is_one_rejection(project: Project) -> None:
    path = write_zip(project.folder / "a.zip", {AUDIO: [record()], VIDEO: [record()]})
    data = bytearray(path.read_bytes())
    start = data.index(AUDIO.encode()) + len(AUDIO)
    data[start : start + 10] = b"\xff" * 10
    path.write_bytes(data)
    archive = project.landing.land_archive(path, listener_id="ada", timezone=None, now=LANDED_AT)
    parsed = project.ensure(archive)
    damaged, sound = parsed.members
    assert (damaged.source, damaged.records, damaged.reasons) == (None, 0, {"damaged_member": 1})
    assert damaged.damage is not None
    assert sound.records == 1
    (row,) = project.cache.rejected([parsed]).to_pylist()
    assert (row["source"], row["reason"], row["source_row"]) == (EXTENDED, "damaged_member", 0)


def test_archive_without_readable_records_has_no_days(project: Project) -> None:
    parsed = project.ensure(project.land(record(ms_played=-1)))
    assert (parsed.records, parsed.first_day, parsed.last_day) == (0, None, None)
    assert project.cache.read_window(EXTENDED, [parsed], date(2002, 1, 1), date(2030, 1, 1)).num_rows == 0
    assert project.ensure(project.landing.archives()[0]) == parsed


def test_archive_is_parsed_once(project: Project) -> None:
    archive = project.land(record(), record())
    batches: list[int] = []
    first = project.cache.ensure(project.landing, archive, batches.append)
    again = project.cache.ensure(project.landing, archive, batches.append)
    assert first == again
    assert batches == [1, 1]
    assert stored_names(first.path) == STORED


@pytest.mark.parametrize("name", STORED)
@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "other", "one byte"])
def test_damaged_cache_is_parsed_again(project: Project, name: str, damage: str) -> None:
    archive = project.land(record(), record(), 1)
    parsed = project.ensure(archive)
    file = parsed.path / name
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        changed = bytes([content[40] ^ 1])
        damaged = {
            "empty": b"",
            "cut": content[:-9],
            "other": b"x" * len(content),
            "one byte": content[:40] + changed + content[41:],
        }
        file.write_bytes(damaged[damage])
    batches: list[int] = []
    assert project.cache.ensure(project.landing, archive, batches.append) == parsed
    assert batches == [2, 1]
    assert file.read_bytes() == content


def test_cache_of_another_first_day_is_parsed_again(project: Project) -> None:
    archive = project.land(record(), record())
    assert project.ensure(archive).records == 2
    later = ParsedArchives(project.folder / "parsed", first_day=date(2019, 1, 2))
    parsed = later.ensure(project.landing, archive)
    assert parsed.reasons == {"implausible_timestamp": 2}
    assert project.ensure(archive).records == 2


def test_parsing_that_was_stopped_starts_over(project: Project) -> None:
    archive = project.land(record())

    def stop(_records: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        project.cache.ensure(project.landing, archive, stop)
    folder = project.folder / "parsed" / f"v{READER_VERSION}" / "ada" / archive.archive_id
    assert stored_names(folder) == ["partial"]
    assert project.ensure(archive).records == 1
    assert stored_names(folder) == STORED


def test_no_archives_give_empty_tables(project: Project) -> None:
    assert project.cache.read_window(EXTENDED, [], DAYS[0], DAYS[1]).equals(SPOTIFY_EXTENDED_HISTORY.empty())
    assert project.cache.rejected([]).equals(REJECTED_RECORDS.empty())


def test_window_is_half_open(two_archives: tuple[ParsedArchives, list[ParsedArchive]]) -> None:
    cache, archives = two_archives
    table = cache.read_window(EXTENDED, archives, DAYS[1], DAYS[3])
    assert table.schema == SPOTIFY_EXTENDED_HISTORY.arrow_schema
    assert sorted(zip(table["listener_id"].to_pylist(), table["play_date"].to_pylist(), strict=True)) == [
        ("ada", DAYS[1]),
        ("ada", DAYS[2]),
        ("bob", DAYS[1]),
        ("bob", DAYS[2]),
    ]


def test_rows_are_in_order_of_listener_file_and_row(two_archives: tuple[ParsedArchives, list[ParsedArchive]]) -> None:
    cache, archives = two_archives
    tables = [cache.read_window(EXTENDED, given, DAYS[0], DAYS[-1]) for given in (archives, archives[::-1])]
    assert tables[0].equals(tables[1])
    places = tables[0].select(["listener_id", "source_file", "source_row"]).to_pylist()
    assert places == sorted(places, key=lambda place: tuple(place.values()))


@given(st.lists(st.sampled_from([date(2002, 1, 1), *DAYS, date(2030, 1, 1)]), min_size=3, max_size=3).map(sorted))
def test_adjacent_windows_make_one(
    two_archives: tuple[ParsedArchives, list[ParsedArchive]], bounds: list[date]
) -> None:
    cache, archives = two_archives
    start, middle, end = bounds
    parts = pa.concat_tables(
        [
            cache.read_window(EXTENDED, archives, start, middle),
            cache.read_window(EXTENDED, archives, middle, end),
        ]
    )
    order = [("listener_id", "ascending"), ("source_file", "ascending"), ("source_row", "ascending")]
    assert parts.sort_by(order).equals(cache.read_window(EXTENDED, archives, start, end))


def test_rejections_name_their_archive(two_archives: tuple[ParsedArchives, list[ParsedArchive]]) -> None:
    cache, archives = two_archives
    (row,) = cache.rejected(archives).to_pylist()
    assert (row["listener_id"], row["reason"], row["source_row"]) == ("ada", "not_an_object", 4)
    (member,) = (member for member in archives[0].members if member.name == AUDIO)
    assert row["source_file"] == member.source_file


def test_single_json_file_is_read_too(project: Project) -> None:
    path = project.folder / "endsong_0.json"
    path.write_text(json.dumps([record()]))
    archive = project.landing.land_archive(path, listener_id="ada", timezone=None, now=LANDED_AT)
    table = project.cache.read_window(EXTENDED, [project.ensure(archive)], DAYS[0], DAYS[1])
    assert table["source_file"].to_pylist() == [f"{archive.archive_id}/0000"]
