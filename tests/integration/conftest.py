"""One TuneGenie home for all integration tests: a small population and one archive, built once by the real commands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from click.testing import Result
from fsspec.implementations.memory import MemoryFileSystem
from typer.testing import CliRunner
from upath import UPath

from tests.integration.production import private_key, production, server, snowflake
from tests.unit.sources.samples import AUDIO, VIDEO, record, write_zip
from tunegenie_assets.cli.app import app
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.settings import PREFIX, SettingsError

__all__ = ["private_key", "production", "server", "snowflake"]

UNTIL = "2025-03-11"
APPLIED: dict[str, str] = {}
"""The settings that a home has put into the environment of this process."""
INCOMPLETE = "gold/dim_track: played_tracks_are_complete"
"""The check that warns where a home has archives only: they tell neither genres nor, mostly, lengths."""


def failed_checks(report: dict[str, Any]) -> list[str]:
    """The checks that failed in the run of a command, but for INCOMPLETE."""
    return [check for check in report["run"]["checks_failed"] if check != INCOMPLETE]


@dataclass(frozen=True)
class Home:
    """A home and the commands that work on it."""

    path: Path
    environment: dict[str, str]

    def apply(self) -> None:
        """Make it the home of this process, which keeps no setting of another home."""
        for name, value in APPLIED.items():
            # The address of a database is written anew, with its driver; other names are a test's own again.
            if name.startswith(PREFIX) or os.environ.get(name) == value:
                os.environ.pop(name, None)
        APPLIED.clear()
        APPLIED.update(self.environment)
        os.environ.update(self.environment)

    def run(self, *arguments: str) -> Result:
        """The command as a shell would see it: user errors become a line on standard error and exit code 1."""
        self.apply()
        result = CliRunner().invoke(app, list(arguments))
        if isinstance(result.exception, CommandError | SettingsError):
            return Result(
                result.runner,
                result.stdout_bytes,
                result.stderr_bytes + f"tunegenie: {result.exception}\n".encode(),
                result.output_bytes,
                None,
                1,
                None,
            )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *arguments: str) -> dict[str, Any]:
        result = self.run(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.path / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def fingerprints(self, *layers: str) -> dict[str, tuple[int, int]]:
        """Row count and a hash of all rows, whatever their order, of each table and view of the layers."""
        tables = self.rows("select table_schema, table_name from information_schema.tables order by 1, 2")
        return {
            f"{layer}.{name}": self.rows(f"select count(*), coalesce(sum(hash(t)), 0) from {layer}.{name} as t")[0]
            for layer, name in tables
            if layer in layers
        }


def home_at(path: Path, **settings: str) -> Home:
    return Home(path, {f"{PREFIX}HOME": str(path), f"{PREFIX}ENV": "ci", "COLUMNS": "160", **settings})


@pytest.fixture
def object_store() -> Iterator[UPath]:
    """A folder in memory that fsspec knows by its address."""
    folder = UPath(f"memory://{uuid4().hex}")
    yield folder
    MemoryFileSystem.store.clear()


@pytest.fixture(scope="session")
def clean_environment() -> Iterator[None]:
    """Commands leave settings in the process's environment; other tests must not find them."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(before)


def archive_members() -> dict[str, object]:
    """Two weeks of one listener, with the faults that real archives have."""
    days = [f"2019-03-{day:02d}" for day in range(1, 15)]
    plays = [
        record(
            ts=f"{day}T{hour:02d}:30:00Z",
            master_metadata_track_name=f"Song {number}",
            spotify_track_uri=f"spotify:track:{number:022d}",
            ms_played=150_000 + 1000 * number,
        )
        for number, (day, hour) in enumerate((day, hour) for day in days for hour in (7, 12, 18, 21))
    ]
    faults = [
        record(ts="2019-03-05T00:01:00Z", ms_played=180_000),
        record(ts="2019-03-31T01:30:00Z"),
        plays[3],
        record(ts="2019-03-06T09:00:00Z", spotify_track_uri=None, master_metadata_track_name=None, episode_name="Pod"),
        record(ts="2019-03-06T10:00:00Z", reason_end="fwdbtn", ms_played=4_000),
        record(ts=...),
        record(ms_played="long"),
        "not an object",
    ]
    return {AUDIO: [*plays, *faults], VIDEO: [record(ts="2019-03-08T22:00:00Z")]}


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_zip(tmp_path_factory.mktemp("archives") / "my_spotify_data.zip", archive_members())


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, archive: Path, clean_environment: None) -> dict[str, Any]:
    """The home after `demo` and `import`, with what the two commands said."""
    home = home_at(tmp_path_factory.mktemp("home") / "tunegenie")
    demo = home.json("demo", "--listeners", "30", "--days", "10", "--until", UNTIL)
    imported = home.json("import", str(archive), "--listener", "ada", "--timezone", "Asia/Kolkata")
    return {"home": home, "demo": demo, "import": imported}


@pytest.fixture
def home(built: dict[str, Any]) -> Home:
    return built["home"]


@pytest.fixture(name="duckdb")
def local_warehouse(tmp_path: Path) -> DuckDBTables:
    return DuckDBTables(warehouse_path=str(tmp_path / "w.duckdb"), lock_path=str(tmp_path / "w.lock"))


@pytest.fixture(params=["duckdb", "snowflake"])
def warehouse(request: pytest.FixtureRequest) -> WarehouseIOManager:
    return request.getfixturevalue(request.param)
