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
MODELS = {"play_records": (1, 1), "plays": (1, 3), "sessions": (2, 3)}
"""With the days by which a run of them is wider than its window, before and after it."""
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
        for schema, pattern in (("raw", "%"), ("synthetic", "plays"), ("silver", "play%"), ("silver", "sessions")):
            names = connection.execute(
                "select table_name from duckdb_tables() where schema_name = ? and table_name like ?", [schema, pattern]
            ).fetchall()
            for (name,) in names:
                connection.execute(f"delete from {schema}.{name}")
        excluded = "select 'e' as exclusion_id, 'ada' as listener_id, 'Band 1' as artist_name"
        connection.execute(f"insert into landing.exclusions by name {excluded}")
        yield connection


def build(connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], first: date, last: date) -> None:
    """What a run over the days does: replace the window, wider by the model's padding."""

    def exchanged(literal: re.Match[str]) -> str:
        offset = (date.fromisoformat(literal[1]) - COMPILED_DAY).days
        day = (first if offset <= 0 else last) + timedelta(days=offset)
        return f"cast('{day}' as date)"

    for model, (days_before, days_after) in MODELS.items():
        sql = re.sub(r"cast\('(199[89]-\d\d-\d\d)' as date\)", exchanged, compiled[model])
        # As the model's hooks do.
        connection.execute("set disabled_optimizers = ?", ["cte_inlining" if model == "play_records" else ""])
        connection.execute(f"create or replace temp table replaced as {sql}")
        window = [first - timedelta(days=days_before), last + timedelta(days=days_after + 1)]
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


def listened(folder: Path, rng: random.Random) -> list[Path]:
    """Files of single days of a week in which music played without a pause for three days, in any order.

    A scrobbler saw some of the days too: what it tells becomes part of plays that are imported later.
    """
    listens: dict[date, list[str]] = {}
    scrobbles: dict[date, list[str]] = {}
    at = datetime(2020, 3, 1, 6, tzinfo=UTC)
    title = ""
    while at < datetime(2020, 3, 8, tzinfo=UTC):
        # The same song twice in a row may be one that was written twice.
        artist, title, _ = rng.choice([song for song in SONGS if song[1] != title])
        minutes = rng.choice((3, 20, 50))
        names = {"artist_name": artist, "track_name": title}
        length = {"additional_info": {"duration_ms": minutes * 60_000}} if rng.random() < 0.8 else {}
        listen = {"listened_at": int(at.timestamp()), "track_metadata": names | length}
        listens.setdefault(at.date(), []).append(json.dumps(listen))
        if rng.random() < 0.7:
            scrobbles.setdefault(at.date(), []).append(f'"{int(at.timestamp()) + 3}","{artist}","{title}"')
        plays_on = not length or datetime(2020, 3, 3, 22, tzinfo=UTC) < at < datetime(2020, 3, 6, 2, tzinfo=UTC)
        silence = rng.choice((0, 10, 29)) if plays_on else rng.choice((0, 30, 31, 200))
        at += timedelta(minutes=silence + (minutes if length else 0), seconds=1 if silence == 0 else 0)
    seen = rng.sample(sorted(scrobbles), 3)
    contents = ["\n".join(lines) + "\n" for lines in listens.values()]
    contents += ["uts,artist,track\n" + "\n".join(scrobbles[day]) + "\n" for day in seen]
    rng.shuffle(contents)
    paths = [folder / f"{number}.dat" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content, encoding="utf-8")
    return paths


def sessions_of(plays: list[tuple[str, datetime, datetime]]) -> tuple[dict[str, str], int]:
    """The session of each play of a listener, found by going through them in order; and how many days ended one."""
    sessions: dict[str, str] = {}
    session, latest, cut = "", datetime(1970, 1, 1), 0
    days_with_pause: set[date] = set()
    previous = date.min
    for play_id, started_at, heard_until in plays:
        day = started_at.date()
        if is_after_pause := started_at - timedelta(minutes=30) > latest:
            days_with_pause.add(day)
        is_cut = not is_after_pause and day != previous and previous not in days_with_pause
        if is_after_pause or is_cut:
            session = play_id
        cut += is_cut
        sessions[play_id] = session
        latest, previous = max(latest, heard_until), day
    return sessions, cut


def import_in_turn(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], paths: list[Path], least: int
) -> None:
    """Imports the files one by one, then builds everything at once, and holds that it is the same."""
    for number, path in enumerate(paths):
        build(connection, compiled, *load(connection, path, number))
    for model in MODELS:
        connection.execute(f"create temp table in_turn_{model} as select * from silver.{model}")
    build(connection, compiled, *EVERYTHING)
    for model in MODELS:
        found = connection.execute(f"select count(*) from silver.{model}").fetchall()
        assert found[0][0] > (least if model == "sessions" else 20)
        for one, other in ((f"in_turn_{model}", f"silver.{model}"), (f"silver.{model}", f"in_turn_{model}")):
            assert connection.execute(f"select * from {one} except all select * from {other}").fetchall() == []


@pytest.mark.parametrize("seed", range(4))
def test_file_by_file_is_all_at_once(
    compiled: dict[str, str], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, seed: int
) -> None:
    import_in_turn(warehouse, compiled, written(tmp_path, random.Random(seed)), least=1)


@pytest.mark.parametrize("seed", range(2))
def test_sessions_built_day_by_day_are_those_of_the_whole_history(
    compiled: dict[str, str], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, seed: int
) -> None:
    import_in_turn(warehouse, compiled, listened(tmp_path, random.Random(seed)), least=5)
    rows = warehouse.execute(
        """
        select
            play_id, started_at, coalesce(ended_at, started_at + to_milliseconds(coalesce(duration_ms, 0))), session_id
        from silver.plays order by started_at, play_id
        """
    ).fetchall()
    expected, cut = sessions_of([row[:3] for row in rows])
    assert cut >= 2
    assert {row[0]: row[3] for row in rows} == expected
