"""Every fixture of every format imported together: each row of each file is a play, merged, or has a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.integration.conftest import Home, home_at
from tests.unit.sources.expected_lastfm import LASTFM
from tests.unit.sources.expected_scrobbles import SCROBBLES
from tests.unit.sources.expected_spotify import SPOTIFY
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
def imported(tmp_path_factory: pytest.TempPathFactory, files: list[Path], clean_environment: None) -> dict[str, Any]:
    home = home_at(tmp_path_factory.mktemp("home") / "tunegenie")
    report = home.json("import", *map(str, files), "--listener", "ada", "--timezone", "Asia/Kathmandu")
    return {"home": home, "report": report}


@pytest.fixture
def home(imported: dict[str, Any]) -> Home:
    home: Home = imported["home"]
    home.apply()
    return home


def test_every_row_of_every_file_is_accounted_for(imported: dict[str, Any], files: list[Path]) -> None:
    report = imported["report"]
    assert report["run"]["checks_failed"] == []
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


def test_personal_fields_end_in_bronze(home: Home) -> None:
    """Addresses, user agents and account names of the fixtures stand in raw, and nowhere in silver and gold."""
    personal = {
        value
        for column in ("ip_addr", "username", "user_agent_decrypted")
        for (value,) in home.rows(f"select distinct {column} from raw.spotify_extended_history")
        if value and len(value) > 3
    }
    assert len(personal) >= 3
    tables = home.rows(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema in ('bronze', 'silver', 'gold')"
    )
    assert len(tables) > 20
    for layer, name in tables:
        for value in personal:
            [(found,)] = home.rows(f"select count(*) from {layer}.{name} as t where contains(t::varchar, '{value}')")
            assert found == 0, f"{layer}.{name}"


def test_the_order_of_imports_does_not_matter(
    home: Home, files: list[Path], tmp_path: Path, clean_environment: None
) -> None:
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
