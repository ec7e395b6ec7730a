"""Each file of tests/fixtures as a listener's file of another name: what is found, what is read, what is refused."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tests.unit.sources.expected import Expected
from tests.unit.sources.expected_lastfm import LASTFM
from tests.unit.sources.expected_scrobbles import SCROBBLES
from tests.unit.sources.expected_spotify import SPOTIFY
from tests.unit.sources.samples import LANDED_AT, zip_bytes
from tunegenie_assets.schemas.histories import HISTORIES
from tunegenie_assets.sources.archive import open_members
from tunegenie_assets.sources.detect import FORMATS, detect_members
from tunegenie_assets.sources.reader import Origin, read_member

FIXTURES = Path(__file__).parents[2] / "fixtures"
ORIGIN = Origin("alice", "f" * 64, LANDED_AT)
BOUNDS = ORIGIN.bounds(date(2005, 1, 1))
EXPECTED = (*SPOTIFY, *LASTFM, *SCROBBLES)


def copied(fixture: Path, target: Path) -> Path:
    """The fixture under a name that tells nothing, a folder as a zip."""
    if fixture.is_dir():
        files = (path for path in fixture.rglob("*") if path.is_file())
        target.write_bytes(zip_bytes({path.relative_to(fixture).as_posix(): path.read_bytes() for path in files}))
    else:
        target.write_bytes(fixture.read_bytes())
    return target


def read(path: Path) -> tuple[set[str], pa.Table, pa.Table]:
    """The sources found, and the records and rejections of all recognised files in batches of two."""
    with open_members(path) as members:
        detected = [one for one in detect_members(members, path.name) if one.format]
        batches = [
            batch
            for one in detected
            if one.format
            for batch in read_member(one.member, one.format, ORIGIN, BOUNDS, batch_records=2)
        ]
    records = pa.concat_tables([batch.records for batch in batches])
    rejected = pa.concat_tables([batch.rejected for batch in batches])
    return {one.format.source for one in detected if one.format}, records, rejected


@pytest.mark.parametrize("expected", EXPECTED, ids=str)
def test_a_fixture_is_read_as_its_table_says(expected: Expected, tmp_path: Path) -> None:
    sources, records, rejected = read(copied(FIXTURES / expected.path, tmp_path / "holiday_photo.xyz"))
    assert sources == {expected.source}
    assert Counter(rejected["reason"].to_pylist()) == expected.rejected
    assert records.num_rows == expected.records
    places = pa.concat_tables([table.select(["source_file", "source_row"]) for table in (records, rejected)])
    for rows in places.group_by("source_file").aggregate([("source_row", "list")])["source_row_list"].to_pylist():
        assert sorted(rows) == list(range(len(rows)))
    assert {place: records[place[1]][place[0]].as_py() for place in expected.cells} == expected.cells


@pytest.mark.parametrize("expected", EXPECTED, ids=str)
def test_required_columns_are_filled_and_the_partition_follows_from_the_begin(
    expected: Expected, tmp_path: Path
) -> None:
    _, records, _ = read(copied(FIXTURES / expected.path, tmp_path / "a"))
    table = next(table for table in HISTORIES if table.name == expected.source)
    assert records.schema.equals(table.arrow_schema)
    assert {name: records[name].null_count for name in table.required_columns} == dict.fromkeys(
        table.required_columns, 0
    )
    assert records["play_date"].to_pylist() == [moment.date() for moment in records["started_at"].to_pylist()]


def test_every_fixture_has_its_expectations() -> None:
    # Genres are no archive.
    archives = {path for path in FIXTURES.glob("*/*") if path.parent.name != "genres"}
    assert {path.relative_to(FIXTURES).as_posix() for path in archives} == {expected.path for expected in EXPECTED}


def test_every_source_and_format_has_a_fixture(tmp_path: Path) -> None:
    assert {expected.source for expected in EXPECTED} == {table.name for table in HISTORIES}
    found: set[int] = set()
    for expected in EXPECTED:
        with open_members(copied(FIXTURES / expected.path, tmp_path / "a")) as members:
            found |= {id(one.format) for one in detect_members(members, "a") if one.format}
    assert found == set(map(id, FORMATS))


def test_the_same_record_has_the_same_hash_wherever_it_stands(tmp_path: Path) -> None:
    _, records, _ = read(copied(FIXTURES / "lastfm/benjaminbenben.csv", tmp_path / "a"))
    hashes = records["record_hash"].to_pylist()
    assert hashes[1] == hashes[2]
    assert len(set(hashes)) == len(hashes) - 1
