"""Random histories imported file by file, each building the days it may change, end as one build of everything does.

The models' own SQL runs, compiled for one window whose days are then exchanged, on a copy of a warehouse that the
commands built: a run of dbt for each of the windows would take minutes.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.integration.conftest import Home
from tests.unit.sources.samples import record
from tunegenie_assets.dbt_support.project import DbtProjectFiles
from tunegenie_assets.dbt_support.runner import connections_closed_after
from tunegenie_assets.keys import FIRST_PLAY_DAY
from tunegenie_assets.resources.importing import LOGS_OF_SPOTIFY
from tunegenie_assets.sources.archive import open_members
from tunegenie_assets.sources.clock import LONGEST_OFFLINE
from tunegenie_assets.sources.detect import detect_members
from tunegenie_assets.sources.reader import Origin, read_member

COMPILED_DAY = date(1999, 1, 1)
MODELS = {"play_records": 1, "plays": 1}
"""With the days by which a run of them is wider than its window."""
EVERYTHING = (FIRST_PLAY_DAY, date(2030, 1, 1))
SONGS = [(f"Band {n % 3}", title, seconds) for n, title in enumerate(("North", "South", "Part 1", "Part 2", "Hush"))
         for seconds in (45, 200)]  # fmt: skip


@pytest.fixture(scope="module")
def compiled(built: dict[str, Any]) -> dict[str, str]:
    from dbt.cli.main import dbtRunner

    home: Home = built["home"]
    files = DbtProjectFiles(target="ci", target_path=Path(home.environment["TUNEGENIE_HOME"]) / "dbt")
    home.apply()
    window = {"window_start": str(COMPILED_DAY), "window_end": str(COMPILED_DAY + timedelta(days=1))}
    command = ["compile", "--select", *MODELS, "--vars", json.dumps(window), *files.global_arguments]
    with connections_closed_after():
        outcome = dbtRunner().invoke(command)
    assert outcome.success
    return {result.node.name: result.node.compiled_code for result in getattr(outcome.result, "results", [])}


@pytest.fixture
def warehouse(home: Home, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    copy = shutil.copy(home.path / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(copy)) as connection:
        for schema, pattern in (("raw", "%"), ("synthetic", "plays"), ("silver", "play%")):
            names = connection.execute(
                "select table_name from duckdb_tables() where schema_name = ? and table_name like ?", [schema, pattern]
            ).fetchall()
            for (name,) in names:
                connection.execute(f"delete from {schema}.{name}")
        yield connection


def build(connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], first: date, last: date) -> None:
    """What a run over the days does: replace the window, wider by the model's padding."""

    def exchanged(literal: re.Match[str]) -> str:
        offset = (date.fromisoformat(literal[1]) - COMPILED_DAY).days
        day = (first if offset <= 0 else last) + timedelta(days=offset)
        return f"cast('{day}' as date)"

    for model, padding in MODELS.items():
        sql = re.sub(r"cast\('(199[89]-\d\d-\d\d)' as date\)", exchanged, compiled[model])
        # As the model's hooks do.
        connection.execute("set disabled_optimizers = ?", ["cte_inlining" if model == "play_records" else ""])
        connection.execute(f"create or replace temp table replaced as {sql}")
        window = [first - timedelta(days=padding), last + timedelta(days=padding + 1)]
        connection.execute(f"delete from silver.{model} where play_date >= ? and play_date < ?", window)
        connection.execute(f"insert into silver.{model} by name select * from replaced")


def load(connection: duckdb.DuckDBPyConnection, path: Path, number: int) -> tuple[date, date]:
    """The file's records in their raw table; returns the days that an import of it builds."""
    origin = Origin("ada", f"{number:064d}", datetime(2026, 1, 1))
    days: list[date] = []
    apart = timedelta()
    with open_members(path) as members:
        for found in detect_members(members, path.name):
            assert found.format is not None
            apart = LONGEST_OFFLINE if found.format.source in LOGS_OF_SPOTIFY else timedelta()
            for batch in read_member(found.member, found.format, origin, origin.bounds(FIRST_PLAY_DAY)):
                rows = batch.records
                assert batch.rejected.num_rows == 0
                connection.execute(f"insert into raw.{found.format.table.name} by name select * from rows")
                days += rows["play_date"].to_pylist()
    return min(days) - apart, max(days) + apart


def written(folder: Path, rng: random.Random) -> list[Path]:
    """Files of four sources that saw the same evenings, each cut in two, in any order."""
    extended: list[object] = []
    account: list[object] = []
    listens: list[str] = []
    scrobbles: list[str] = []
    at = datetime(2020, 3, 1, 21, tzinfo=UTC)
    while at < datetime(2020, 3, 3, 6, tzinfo=UTC):
        artist, title, seconds = rng.choice(SONGS)
        for _ in range(rng.choice((1, 1, 1, 3))):
            ms = seconds * 1000 if rng.random() < 0.8 else rng.randint(1, seconds * 1000)
            ended = at + timedelta(milliseconds=ms)
            offline = rng.random() < 0.15
            days_late = rng.choice((0, 1, 12, 25)) if offline else 0
            logged = ended + timedelta(days=days_late, minutes=3 * offline)
            names = {"master_metadata_track_name": title, "master_metadata_album_artist_name": artist}
            made = record(
                ts=f"{logged:%Y-%m-%dT%H:%M:%SZ}",
                ms_played=ms,
                reason_end="trackdone" if ms == seconds * 1000 else "fwdbtn",
                offline=offline,
                # A play without a clock lies on the day on which it was logged.
                offline_timestamp=int(at.timestamp()) if days_late or rng.random() < 0.8 else 0,
                **names,
            )
            extended += [made] * rng.choice((1, 1, 1, 1, 2))
            account.append(
                {"endTime": f"{logged:%Y-%m-%d %H:%M}", "artistName": artist, "trackName": title, "msPlayed": ms}
            )
            if ms > 30_000:
                stated = int(at.timestamp()) + rng.randint(-20, 20)
                scrobbles.append(f'"{stated}","{artist}","{title}"')
                track = {"artist_name": artist, "track_name": title}
                listens.append(json.dumps({"listened_at": stated + 2, "track_metadata": track}))
            at = ended + timedelta(seconds=rng.choice((0, 1, 90)))
        if at.hour == 1:
            at = at.replace(hour=21, minute=0, second=0)
    contents = [
        *(json.dumps(part) for part in (extended[: len(extended) // 2], extended[len(extended) // 3 :])),
        *(json.dumps(part) for part in (account[: len(account) // 2], account[len(account) // 2 :])),
        "uts,artist,track\n" + "\n".join(scrobbles) + "\n",
        "\n".join(listens) + "\n",
    ]
    rng.shuffle(contents)
    paths = [folder / f"{number}.dat" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content, encoding="utf-8")
    return paths


@pytest.mark.parametrize("seed", range(4))
def test_file_by_file_is_all_at_once(
    compiled: dict[str, str], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, seed: int
) -> None:
    for number, path in enumerate(written(tmp_path, random.Random(seed))):
        build(warehouse, compiled, *load(warehouse, path, number))
    for model in MODELS:
        warehouse.execute(f"create temp table in_turn_{model} as select * from silver.{model}")
    build(warehouse, compiled, *EVERYTHING)
    for model in MODELS:
        found = warehouse.execute(f"select count(*) from silver.{model}").fetchall()
        assert found[0][0] > 20
        for one, other in ((f"in_turn_{model}", f"silver.{model}"), (f"silver.{model}", f"in_turn_{model}")):
            assert warehouse.execute(f"select * from {one} except all select * from {other}").fetchall() == []
