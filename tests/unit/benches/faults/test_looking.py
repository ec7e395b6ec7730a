from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from filelock import FileLock

from benches.faults.commands import environment
from benches.faults.looking import gold_of, left_over
from tunegenie_assets.instance.setup import prepare_dagster_home

GOLD = """
create schema gold;
create table gold.fct_plays as select * from (values ('a', 0.3::double), ('b', 1.0)) as t (play_id, hours);
create view gold.days as select count(*) as plays from gold.fct_plays
"""


@dg.job
def nothing() -> None: ...


def warehouse(folder: Path, *statements: str) -> Path:
    folder.mkdir()
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        for statement in (GOLD, *statements):
            connection.execute(statement)
    return folder


def test_gold_is_the_same_in_any_order_and_to_six_digits(tmp_path: Path) -> None:
    one = gold_of(warehouse(tmp_path / "one"))
    select = "select play_id, hours + 1e-12 as hours from gold.fct_plays order by play_id desc"
    swap = f"create or replace table gold.fct_plays as {select}"
    other = gold_of(warehouse(tmp_path / "other", swap))
    assert one.plays == {"a", "b"}
    assert one.differs_in(other) == []


@pytest.mark.parametrize(
    ("statement", "differs"),
    [
        ("update gold.fct_plays set hours = 2 where play_id = 'b'", ["fct_plays"]),
        ("delete from gold.fct_plays where play_id = 'b'", ["days", "fct_plays"]),
        ("create table gold.more as select 1 as x", ["more"]),
    ],
)
def test_every_row_of_gold_counts(tmp_path: Path, statement: str, differs: list[str]) -> None:
    one, other = gold_of(warehouse(tmp_path / "one")), gold_of(warehouse(tmp_path / "other", statement))
    assert one.differs_in(other) == differs


def test_a_warehouse_that_cannot_be_read_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(b"no database")
    assert not gold_of(tmp_path).plays


def test_what_is_left_over_is_named(tmp_path: Path) -> None:
    prepare_dagster_home(tmp_path / "dagster")
    with dg.DagsterInstance.from_config(str(tmp_path / "dagster")) as instance:
        run = instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.STARTED).run_id
        instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.SUCCESS)
    (tmp_path / "landing" / "archives").mkdir(parents=True)
    (tmp_path / "landing" / "archives" / ".partial-12-x.zip-abc").touch()
    waiting = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with (
        FileLock(tmp_path / "command.lock"),
        subprocess.Popen(waiting, env=environment(tmp_path), **pipes) as child,  # pyright: ignore[reportArgumentType, reportCallIssue]
    ):
        assert child.stdout is not None
        child.stdout.readline()
        found = left_over(tmp_path)
        child.communicate()
    assert found == [
        "file landing/archives/.partial-12-x.zip-abc",
        "lock command.lock",
        f"process {child.pid}",
        f"run {run} STARTED",
    ]
    (tmp_path / "landing" / "archives" / ".partial-12-x.zip-abc").unlink()
    assert left_over(tmp_path) == [f"run {run} STARTED"]
