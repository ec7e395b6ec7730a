"""What is told of runs: also of those that nobody works on any more, for which the daemon would wait for ever."""

import os
import signal
from io import StringIO
from pathlib import Path
from uuid import uuid4

import dagster as dg
import pytest
from rich.console import Console

from tests.unit.cli.test_ui import python
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.lost_runs import fail_lost_runs, mark_dead_runs
from tunegenie_assets.cli.runs import RunFailedError, dagster_instance, run_job, steps_of
from tunegenie_assets.cli.ui import run
from tunegenie_assets.instance.left_over import PROCESS_TAG
from tunegenie_assets.instance.setup import prepare_dagster_home
from tunegenie_assets.locking import hold_for_life
from tunegenie_assets.settings import PREFIX, load_settings

STATUSES = dg.DagsterRunStatus


@dg.job
def nothing() -> None: ...


def test_runs_of_a_daemon_that_was_killed_are_ended(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    prepare_dagster_home(settings.dagster_home)
    # The id of a process that has ended.
    dead = python("import os; print(os.getpid())").stdout.strip()
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:

        def begun(status: dg.DagsterRunStatus, process: str = "", of: str = "") -> str:
            run_id = str(uuid4())
            tags = {PROCESS_TAG: f"{process}:{of or run_id}"} if process else {}
            return instance.create_run_for_job(nothing, run_id=run_id, status=status, tags=tags).run_id

        lost = [begun(status) for status in (STATUSES.STARTING, STATUSES.STARTED, STATUSES.CANCELING)]
        lost.append(begun(STATUSES.STARTED, dead))
        # The daemon began it in place of one of a command, and has ended since.
        lost.append(begun(STATUSES.STARTED, str(os.getpid()), of=lost[0]))
        kept = {
            begun(STATUSES.SUCCESS): STATUSES.SUCCESS,
            # A command beside the daemon works on it.
            begun(STATUSES.STARTED, str(os.getpid())): STATUSES.STARTED,
        }
    fail_lost_runs(settings)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        statuses = {run.run_id: run.status for run in instance.get_runs()}
    assert statuses == {**dict.fromkeys(lost, STATUSES.FAILURE), **kept}


def test_a_run_that_the_daemon_began_again_is_not_taken_for_one_of_a_dead_command() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run_id = str(uuid4())
        first = instance.create_run_for_job(
            nothing, run_id=run_id, status=STATUSES.STARTED, tags={PROCESS_TAG: f"1:{run_id}"}
        )
        # As *Re-execute* of the UI and the daemon's own retries do it: with the tags of the first.
        again = instance.create_run_for_job(nothing, status=STATUSES.STARTED, tags=first.tags)
        assert [run.run_id for run in mark_dead_runs(instance, is_alone=True)] == [first.run_id]
        assert instance.get_run_by_id(again.run_id).status is STATUSES.STARTED  # pyright: ignore[reportOptionalMemberAccess]
        assert mark_dead_runs(instance, is_alone=True) == []


def test_one_daemon_works_on_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}HOME", str(tmp_path))
    assert hold_for_life(tmp_path / "dagster.lock")
    with pytest.raises(CommandError, match=r"works on .* already; end it first$"):
        run(port=None)


@dg.asset(key=["landing", "page_files"])
def ended_from_outside() -> None:
    # As the operating system or an operator does it.
    os.kill(os.getpid(), signal.SIGTERM)
    raise AssertionError("it goes on")


@dg.asset(key=["landing", "page_files"])
def ended_at_the_terminal() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("asset", [ended_from_outside, ended_at_the_terminal])
def test_a_run_that_is_interrupted_says_so(tmp_path: Path, asset: dg.AssetsDefinition) -> None:
    definitions = dg.Definitions(assets=[asset], jobs=[dg.define_asset_job("collect")])
    with (
        dagster_instance(load_settings(home=tmp_path)) as instance,
        pytest.raises(RunFailedError, match=r"^interrupted; running the same command again continues the work$"),
    ):
        run_job(definitions, instance, "collect", Console(file=StringIO()))


def test_the_bar_shows_what_a_long_step_says(tmp_path: Path) -> None:
    seen: list[tuple[int, str]] = []

    @dg.asset(key=["landing", "page_files"])
    def pages(context: dg.AssetExecutionContext) -> None:
        context.log.info("12 of 40 artists")
        seen.append(steps_of(context.instance, context.run.run_id))

    definitions = dg.Definitions(assets=[pages], jobs=[dg.define_asset_job("collect")])
    with dagster_instance(load_settings(home=tmp_path)) as instance:
        run_job(definitions, instance, "collect", Console(file=StringIO()))
    assert seen == [(0, "landing/page_files: 12 of 40 artists")]
