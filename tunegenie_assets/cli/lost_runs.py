"""Runs that nobody works on any more: how they are found, marked as failed, and told of. Running jobs is in runs.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import dagster as dg
from rich.console import Console

from tunegenie_assets.instance.left_over import process_of
from tunegenie_assets.locking import is_alive
from tunegenie_assets.settings import Settings


def fail_lost_runs(settings: Settings) -> None:
    """End the runs that a daemon before this one began and did not finish: the queue waits for them for ever.

    To be called while no daemon works on this home.
    """
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        mark_dead_runs(instance)
        for run in _in_progress(instance):
            if process_of(run) is None:
                instance.report_run_failed(run, "the daemon that began the run ended without finishing it")


def mark_dead_runs(instance: dg.DagsterInstance, *, is_alone: bool = False) -> list[dg.DagsterRun]:
    """A killed process cannot say that its run ended; the next command does.

    One that has the home alone knows that no other command works on it, whoever has the process id by now.
    """
    dead: list[dg.DagsterRun] = []
    for run in _in_progress(instance):
        process = process_of(run)
        if process is not None and (is_alone or not is_alive(process)):
            instance.report_run_failed(run, f"process {process} ended without finishing the run")
            dead.append(run)
    return dead


def tell_of(dead: Sequence[dg.DagsterRun]) -> None:
    """A line on standard error for each of them."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for run in dead:
        console.print(
            f"tunegenie: an earlier command ended in the middle of {run.job_name}; its run {run.run_id[:8]} is now "
            "marked as failed, and what it left unfinished is done again",
            markup=False,
        )


def _in_progress(instance: dg.DagsterInstance) -> Iterable[dg.DagsterRun]:
    statuses = [
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ]
    return instance.get_runs(filters=dg.RunsFilter(statuses=statuses))
