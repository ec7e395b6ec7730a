"""Every fixture of every format imported together: each row of each file is a play, merged, or has a reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.integration.conftest import Home, failed_checks, home_at
from tests.unit.sources.expected_lastfm import LASTFM
from tests.unit.sources.expected_scrobbles import SCROBBLES
from tests.unit.sources.expected_spotify import SPOTIFY
from tests.unit.sources.samples import record, zip_bytes
from tests.unit.sources.test_fixtures import FIXTURES, copied
from tunegenie_assets.checks.conservation import (
    ledger_conserves_files,
    ledger_conserves_sources,
    plays_are_kept_records,
)
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.schemas.histories import HISTORIES

EXPECTED = (*SPOTIFY, *LASTFM, *SCROBBLES)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The fixtures under names that tell nothing."""
    folder = tmp_path_factory.mktemp("files")
    return [copied(FIXTURES / one.path, folder / f"{number}.dat") for number, one in enumerate(EXPECTED)]


@pytest.fixture(scope="module")
def personal_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Exports as the services name them, with a person's name outside and inside; one file of the zip is damaged."""
    folder = tmp_path_factory.mktemp("personal")
    scrobbles = folder / "recenttracks-secretname-1700000000.csv"
    scrobbles.write_text("uts,artist,track\n1612445678,The Gutters,Tin Roof\nsoon,The Gutters,Tin Roof\n")
    listen = {"listened_at": 1612455678, "track_metadata": {"artist_name": "Mono Lake", "track_name": "Tufa"}}
    listens = folder / "secretname_lb-2023.json"
    listens.write_text(json.dumps([{**listen, "user_name": "secretname"}, {"track_metadata": {}}]))
    account = {"username": "secretname", "ip_addr_decrypted": "203.0.113.77", "user_agent_decrypted": "secretagent/1"}
    members = {
        "secretname/endsong_0.json": [
            record(**account, ip_addr=...),
            record(**account, ip_addr=..., ts="2019-01-02T10:00:00Z"),
            1,
        ],
        "secretname/endsong_1.json": [record(ts="2019-01-03T10:00:00Z")],
        "secretname/notes.txt": b"",
    }
    content = bytearray(zip_bytes(members))
    begin = content.index(b"secretname/endsong_1.json") + len("secretname/endsong_1.json")
    content[begin : begin + 10] = b"\xff" * 10
    history = folder / "my_spotify_data_secretname.zip"
    history.write_bytes(content)
    return [scrobbles, listens, history]


@pytest.fixture(scope="module")
def imported(
    tmp_path_factory: pytest.TempPathFactory, files: list[Path], personal_files: list[Path], clean_environment: None
) -> dict[str, Any]:
    home = home_at(tmp_path_factory.mktemp("home") / "tunegenie")
    report = home.json(
        "import", *map(str, [*files, *personal_files]), "--listener", "ada", "--timezone", "Asia/Kathmandu"
    )
    return {"home": home, "report": report}


@pytest.fixture
def home(imported: dict[str, Any]) -> Home:
    home: Home = imported["home"]
    home.apply()
    return home


def test_every_row_of_every_file_is_accounted_for(imported: dict[str, Any], files: list[Path]) -> None:
    report = imported["report"]
    # Fixtures hold more unreadable records than the files of listeners do.
    assert set(failed_checks(report)) <= {"landing/archives: mostly_readable"}
    for file in report["files"]:
        assert file["rows"] == file["plays"] + file["merged"] + sum(file["reasons"].values()), file
    for path, one in zip(files, EXPECTED, strict=True):
        rows = sum(file["rows"] for file in report["files"] if file["archive"] == str(path))
        assert rows == one.records + sum(one.rejected.values()), one.path


def test_every_source_arrived(home: Home) -> None:
    found = {source for (source,) in home.rows("select distinct source from silver.play_ledger")}
    assert found == {table.name for table in HISTORIES}


def test_from_a_play_one_can_name_file_and_row(home: Home) -> None:
    """The row of the ledger, read again from the archive in landing, holds the song."""
    [(name, file, row)] = home.rows(
        "select track_name, source_file, source_row from silver.plays "
        "where source = 'spotify_extended_history' order by started_at limit 1"
    )
    [(raw,)] = home.rows(
        "select master_metadata_track_name from raw.spotify_extended_history "
        f"where source_file = '{file}' and source_row = {row}"
    )
    assert raw == name


def columns_with(home: Home, words: Iterable[str], *layers: str) -> set[str]:
    """The columns of the layers' tables in which one of the words stands, in any row."""
    found: set[str] = set()
    columns = home.rows("select table_schema, table_name, column_name from information_schema.columns")
    assert set(layers) <= {layer for layer, _, _ in columns}
    for layer, table, column in columns:
        if layer in layers:
            contained = " or ".join(f"""contains(lower("{column}"::varchar), '{word}')""" for word in words)
            [(rows,)] = home.rows(f"select count(*) from {layer}.{table} where {contained}")
            found |= {f"{layer}.{table}.{column}"} if rows else set()
    return found


def test_what_is_personal_stays_in_landing_and_in_fields_of_raw(home: Home) -> None:
    """Account names, in records and in names of files, addresses and user agents."""
    words = {"secretname", "203.0.113.77", "secretagent", "alice", "198.51.100.7", "player/1"}
    assert columns_with(home, words, "landing", "raw") == {
        "landing.archives.original_name",
        "landing.archive_files.member_name",
        "raw.spotify_extended_history.username",
        "raw.spotify_extended_history.ip_addr",
        "raw.spotify_extended_history.user_agent_decrypted",
        "raw.listenbrainz_listens.other_fields",
    }
    assert columns_with(home, words, "bronze", "silver", "enrichment", "gold", "recommender") == set()


def test_people_read_the_names_of_files(imported: dict[str, Any], personal_files: list[Path]) -> None:
    report = imported["report"]
    named = {file["file"]: file for file in report["files"] if "secretname" in file["file"]}
    assert set(named) == {
        "recenttracks-secretname-1700000000.csv",
        "secretname_lb-2023.json",
        *(f"secretname/{name}" for name in ("endsong_0.json", "endsong_1.json", "notes.txt")),
    }
    assert (named["secretname/endsong_0.json"]["plays"], named["secretname/endsong_0.json"]["rows"]) == (2, 3)
    [archive] = [one for one in report["archives"] if one["path"] == str(personal_files[-1])]
    assert f"{personal_files[-1]}, secretname/endsong_1.json: " in archive["problems"][0]
    assert f"{personal_files[-1]}, secretname/endsong_0.json, row 3: " in archive["examples"][0]


def test_the_order_of_imports_does_not_matter(
    home: Home, files: list[Path], personal_files: list[Path], tmp_path: Path, clean_environment: None
) -> None:
    files = [*files, *personal_files]
    other = home_at(tmp_path / "home")
    half = len(files) // 2
    for part in (files[:half:-1], files[half::-1]):
        other.json("import", *map(str, part), "--listener", "ada", "--timezone", "Asia/Kathmandu")
    everything = "select count(*), sum(hash(t)) from (select * exclude (ingested_at) from silver.{}) as t"
    for table in ("plays", "play_records"):
        assert other.rows(everything.format(table)) == home.rows(everything.format(table)), table
    assert other.rows("select count(*) from silver.play_ledger") == home.rows("select count(*) from silver.play_ledger")
    again = other.fingerprints("raw", "silver", "gold")
    other.json("import", *map(str, files), "--listener", "ada", "--timezone", "Asia/Kathmandu")
    assert other.fingerprints("raw", "silver", "gold") == again


@pytest.fixture
def damaged(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose changes are undone: the checks must see each of them."""
    copy = home.path / "warehouse.duckdb"
    kept = copy.read_bytes()
    with duckdb.connect(str(copy)) as connection:
        yield connection
    copy.write_bytes(kept)


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (
            "delete from silver.play_records where rowid = (select min(rowid) from silver.play_records)",
            ledger_conserves_sources,
        ),
        (
            "delete from raw.rejected_records where rowid = (select min(rowid) from raw.rejected_records)",
            ledger_conserves_files,
        ),
        (
            "insert into silver.play_records select * from silver.play_records where fate = 'podcast' limit 1",
            ledger_conserves_files,
        ),
        ("delete from silver.plays where rowid = (select min(rowid) from silver.plays)", plays_are_kept_records),
        (
            """
            update silver.play_records set play_id = 'nowhere'
            where rowid = (select min(rowid) from silver.play_records where fate = 'merged_into')
            """,
            plays_are_kept_records,
        ),
    ],
)
def test_a_lost_or_doubled_row_fails_its_check(
    home: Home, damaged: duckdb.DuckDBPyConnection, damage: str, check: Any
) -> None:
    warehouse = Platform.open().warehouse
    assert damaged.execute(damage).fetchone() == (1,)
    damaged.close()
    assert not check(warehouse=warehouse).passed


def test_sound_tables_pass_the_same_checks(home: Home) -> None:
    warehouse = Platform.open().warehouse
    checks: tuple[Any, ...] = (ledger_conserves_files, ledger_conserves_sources, plays_are_kept_records)
    for check in checks:
        assert check(warehouse=warehouse).passed
