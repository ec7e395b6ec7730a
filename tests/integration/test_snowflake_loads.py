"""How production writes: sessions that say whose they are, files that go again, and a write that is all or nothing."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock, patch

import dagster as dg
import pyarrow as pa
import pytest
from upath import UPath

from tests.integration.production import PASSPHRASE_VARIABLE
from tests.integration.warehouse_samples import FIRST, KEY, days, moved, plays, stored
from tests.unit.resources.samples import written
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS
from tunegenie_assets.schemas.registry import TABLES
from tunegenie_assets.settings import SettingsError

if TYPE_CHECKING:
    from tunegenie_assets.resources.snowflake_tables import SnowflakeTables

pytestmark = [
    pytest.mark.skipif(
        find_spec("dagster_snowflake") is None or find_spec("fakesnow") is None,
        reason="needs the snowflake extra and fakesnow",
    ),
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result makes an extra copy"),
]

BEFORE = [plays(0, 2), plays(1, 2)]


@contextmanager
def statements_of() -> Generator[list[str]]:
    """The statements that clients send while the block runs."""
    from snowflake.connector.cursor import SnowflakeCursor

    sent: list[str] = []
    execute = SnowflakeCursor.execute

    def record(cursor: SnowflakeCursor, command: str, *arguments: Any, **options: Any) -> Any:
        sent.append(" ".join(command.split()))
        return execute(cursor, command, *arguments, **options)

    with patch.object(SnowflakeCursor, "execute", autospec=True, side_effect=record):
        yield sent


@contextmanager
def sessions_of() -> Generator[list[dict[str, Any]]]:
    """The parameters of the sessions that are opened while the block runs."""
    from snowflake.connector import SnowflakeConnection

    opened: list[dict[str, Any]] = []
    connect = SnowflakeConnection.connect

    def record(connection: SnowflakeConnection, **arguments: Any) -> None:
        opened.append(dict(arguments["session_parameters"]))
        connect(connection, **arguments)

    with patch.object(SnowflakeConnection, "connect", autospec=True, side_effect=record):
        yield opened


def loading_from(snowflake: "SnowflakeTables", folder: Path) -> "SnowflakeTables":
    """The same warehouse with a stage over a folder, as the operator would make it."""
    with snowflake.cursor() as cursor:
        cursor.execute("create schema if not exists raw")
        cursor.execute(f"create stage raw.landing url = 'file://{folder}'")
    return snowflake.model_copy(update={"stage": "raw.landing", "stage_url": f"file://{folder}"})


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_every_session_names_asset_and_run_and_is_in_utc(snowflake: "SnowflakeTables") -> None:
    @dg.asset(key=list(KEY), partitions_def=dg.DailyPartitionsDefinition(FIRST.isoformat(), end_date="2025-01-03"))
    def written() -> pa.Table:
        return plays(0, 1)

    with sessions_of() as opened:
        result = dg.materialize([written], resources={"io_manager": snowflake}, partition_key=FIRST.isoformat())
    tags = [json.loads(session["QUERY_TAG"]) for session in opened]
    assert {"app": "tunegenie", "run_id": result.run_id, "asset": "synthetic/plays"} in tags
    assert {tag["run_id"] for tag in tags} == {result.run_id}
    assert {(s["TIMEZONE"], s["TIMESTAMP_TYPE_MAPPING"], s["WEEK_START"]) for s in opened} == {
        ("UTC", "TIMESTAMP_NTZ", 1)
    }
    with sessions_of() as opened:
        snowflake.read(KEY, None)
    assert json.loads(opened[0]["QUERY_TAG"])["asset"] == "synthetic/plays"


def test_tables_that_are_there_cost_one_question(snowflake: "SnowflakeTables") -> None:
    snowflake.create_all()
    with statements_of() as sent:
        snowflake.create_all()
    assert [statement for statement in sent if not statement.startswith("select lower(schemata")] == []
    assert len({table.layer for table in TABLES}) > 1


def test_rows_are_loaded_from_the_stage_and_the_files_go(snowflake: "SnowflakeTables", tmp_path: Path) -> None:
    loading = loading_from(snowflake, tmp_path)
    with (
        patch("tunegenie_assets.resources.snowflake_staging.ROWS_PER_FILE", 2),
        patch("tunegenie_assets.resources.snowflake_staging._remove"),
        statements_of() as sent,
    ):
        loading.write(SYNTHETIC_PLAYS, plays(0, 5), days(0, 1))
    assert stored(loading).equals(plays(0, 5))
    assert not [statement for statement in sent if statement.startswith("put")]
    [copy] = [statement for statement in sent if statement.startswith("copy into")]
    assert copy.startswith("copy into synthetic.plays from @raw.landing/synthetic/plays/")
    assert sorted(path.name for path in files_below(tmp_path)) == [f"part-0000{n}.parquet" for n in range(3)]
    before = files_below(tmp_path)
    loading.write(SYNTHETIC_PLAYS, SYNTHETIC_PLAYS.empty(), days(0, 1))
    assert stored(loading).num_rows == 0
    assert files_below(tmp_path) == before


def test_files_below_the_stage_are_loaded_where_they_lie(snowflake: "SnowflakeTables", tmp_path: Path) -> None:
    loading = loading_from(snowflake, tmp_path)
    folder = tmp_path / "synthetic" / "plays"
    rows = [plays(day, 2) for day in range(3)]
    written(folder, *rows, plays(3, 2))
    files = written(folder, *rows)
    loading.write(SYNTHETIC_PLAYS, files, days(0, 3))
    assert stored(loading).equals(pa.concat_tables(rows))
    # Now their bytes are those that were loaded: Snowflake would skip such files.
    with patch("tunegenie_assets.resources.snowflake_staging.FILES_PER_COPY", 2), statements_of() as sent:
        loading.write(SYNTHETIC_PLAYS, files, days(0, 3))
    assert stored(loading).equals(pa.concat_tables(rows))
    assert not [statement for statement in sent if statement.startswith("put")]
    copies = [statement for statement in sent if statement.startswith("copy into")]
    assert [statement.split(" match_by")[0] for statement in copies] == [
        "copy into synthetic.plays from @raw.landing/synthetic/plays/ files = ('0.parquet', '1.parquet')",
        "copy into synthetic.plays from @raw.landing/synthetic/plays/ files = ('2.parquet')",
    ]
    assert len(files_below(tmp_path)) == 4


def test_files_elsewhere_reach_the_stage_for_the_load_only(snowflake: "SnowflakeTables", tmp_path: Path) -> None:
    stage, landing = tmp_path / "loads", tmp_path / "landing"
    stage.mkdir()
    loading = loading_from(snowflake, stage)
    files = written(landing, *BEFORE)
    with statements_of() as sent:
        loading.write(SYNTHETIC_PLAYS, files, days(0, 2))
    assert stored(loading).equals(pa.concat_tables(BEFORE))
    assert not [statement for statement in sent if statement.startswith("put")]
    assert (files_below(stage), len(files_below(landing))) == ([], 2)


def test_an_object_store_copies_to_the_stage_by_itself(object_store: UPath) -> None:
    from tunegenie_assets.resources.snowflake_staging import ExternalStage, staged

    files = moved(object_store / "plays", *BEFORE)
    stage = ExternalStage("raw.landing", str(object_store / "loads"))
    with patch.object(UPath, "open", side_effect=AssertionError("bytes came here")):
        with staged(Mock(), SYNTHETIC_PLAYS, files, stage) as sources:
            [source] = sources
            found = object_store / "loads" / source.removeprefix("@raw.landing/")
            names = sorted(path.name for path in found.iterdir())
        assert names == ["part-00000.parquet", "part-00001.parquet"]
        assert not list(found.iterdir())
    assert all(path.exists() for path in files.paths)


def test_files_are_uploaded_by_one_statement_and_stay(snowflake: "SnowflakeTables", tmp_path: Path) -> None:
    written(tmp_path, *BEFORE, plays(2, 2))
    files = written(tmp_path, *BEFORE)
    with statements_of() as sent:
        snowflake.write(SYNTHETIC_PLAYS, files, days(0, 2))
    assert stored(snowflake).equals(pa.concat_tables(BEFORE))
    assert len([statement for statement in sent if statement.startswith("put")]) == 1
    assert len([statement for statement in sent if statement.startswith("copy")]) == 1
    assert len(files_below(tmp_path)) == 3


def test_a_semantic_model_is_handed_over_as_it_is_and_replaced(snowflake: "SnowflakeTables", tmp_path: Path) -> None:
    with snowflake.cursor() as cursor:
        cursor.execute("create schema if not exists gold")
    file = tmp_path / "tunegenie.yaml"
    for text in ("name: first\n", "name: zweitens, é\n"):
        file.write_text(text, encoding="utf-8")
        with statements_of() as sent:
            assert snowflake.hand_over(file) == f"@{snowflake.database}.gold.semantic_models/tunegenie.yaml"
        assert [statement.split()[0] for statement in sent] == ["create", "put"]
    with snowflake.cursor() as cursor:
        cursor.execute("list @gold.semantic_models")
        assert [str(row[0]).rpartition("/")[2] for row in cursor.fetchall()] == ["tunegenie.yaml"]
    from fakesnow.transforms.stage import LOCAL_BUCKET_PATH

    staged = Path(LOCAL_BUCKET_PATH) / snowflake.database.upper() / "GOLD" / "SEMANTIC_MODELS" / "tunegenie.yaml"
    assert staged.read_text(encoding="utf-8") == text


def test_a_role_that_may_make_no_stage_is_told_so(snowflake: "SnowflakeTables", tmp_path: Path) -> None:
    from snowflake.connector.cursor import SnowflakeCursor
    from snowflake.connector.errors import ProgrammingError

    file = tmp_path / "tunegenie.yaml"
    file.write_text("name: first\n", encoding="utf-8")
    refusal = ProgrammingError("SQL access control error:\nInsufficient privileges to operate on schema 'GOLD'")
    with (
        patch.object(SnowflakeCursor, "execute", side_effect=refusal),
        pytest.raises(SettingsError, match=r"tunegenie.yaml cannot be put on stage gold.semantic_models: .*privileges"),
    ):
        snowflake.hand_over(file)


def test_many_files_are_put_and_loaded_as_one(snowflake: "SnowflakeTables") -> None:
    with patch("tunegenie_assets.resources.snowflake_staging.ROWS_PER_FILE", 2), statements_of() as sent:
        snowflake.write(SYNTHETIC_PLAYS, plays(0, 5), days(0, 1))
    assert stored(snowflake).equals(plays(0, 5))
    assert len([statement for statement in sent if statement.startswith("put")]) == 3


def test_a_load_that_fails_leaves_rows_as_they_were_and_no_files(snowflake: "SnowflakeTables", tmp_path: Path) -> None:
    loading = loading_from(snowflake, tmp_path)
    loading.write(SYNTHETIC_PLAYS, pa.concat_tables(BEFORE), days(0, 2))
    rows = plays(0, 2)
    unloadable = rows.set_column(4, "ms_played", pa.array(["1", "three minutes"]))
    with pytest.raises(Exception, match="three minutes"):
        loading.write(SYNTHETIC_PLAYS, unloadable, days(0, 2))
    assert stored(loading).equals(pa.concat_tables(BEFORE))
    assert files_below(tmp_path) == []


def test_a_connection_lost_between_delete_and_copy_leaves_the_old_rows(snowflake: "SnowflakeTables") -> None:
    from snowflake.connector.cursor import SnowflakeCursor
    from snowflake.connector.errors import OperationalError

    snowflake.write(SYNTHETIC_PLAYS, pa.concat_tables(BEFORE), days(0, 2))
    execute, gone, deleted = SnowflakeCursor.execute, False, False

    def until_the_copy(cursor: SnowflakeCursor, command: str, *arguments: Any, **options: Any) -> Any:
        nonlocal gone, deleted
        if gone or command.startswith("copy into"):
            gone = True
            raise OperationalError("connection reset by peer" if command.startswith("copy") else "no connection")
        deleted = deleted or command.startswith("delete")
        return execute(cursor, command, *arguments, **options)

    with (
        patch.object(SnowflakeCursor, "execute", autospec=True, side_effect=until_the_copy),
        pytest.raises(OperationalError, match="connection reset by peer"),
    ):
        snowflake.write(SYNTHETIC_PLAYS, plays(0, 3), days(0, 2))
    assert deleted
    assert stored(snowflake).equals(pa.concat_tables(BEFORE))


KILLED = """
import json, sys
import dagster as dg
from snowflake.connector.cursor import SnowflakeCursor
from tests.integration.warehouse_samples import days, plays
from tunegenie_assets.resources.snowflake_tables import SnowflakeTables
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS
execute = SnowflakeCursor.execute
def until_the_copy(cursor, command, *arguments, **options):
    if command.startswith("copy into"):
        print("deleted", flush=True)
        sys.stdin.read()
    return execute(cursor, command, *arguments, **options)
SnowflakeCursor.execute = until_the_copy
fields = json.loads(sys.argv[1]) | {"private_key_password": dg.EnvVar(sys.argv[2])}
SnowflakeTables(**fields).write(SYNTHETIC_PLAYS, plays(0, 3), days(0, 2))
"""


def test_a_process_killed_between_delete_and_copy_leaves_the_old_rows(snowflake: "SnowflakeTables") -> None:
    snowflake.write(SYNTHETIC_PLAYS, pa.concat_tables(BEFORE), days(0, 2))
    fields = {name: getattr(snowflake, name) for name in type(snowflake).model_fields}
    del fields["private_key_password"]
    program = [sys.executable, "-W", "ignore", "-c", KILLED, json.dumps(fields), PASSPHRASE_VARIABLE]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "deleted\n"
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    assert stored(snowflake).equals(pa.concat_tables(BEFORE))
