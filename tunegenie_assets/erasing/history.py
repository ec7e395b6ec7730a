"""Dagster's own records of a listener: runs, events, logs of steps, ticks. They name files, listeners and figures.

Runs that mention the listener are deleted through Dagster's public interface, on any storage. What is left of them in
the local files, such as the last state of an asset, ends with the files: Dagster makes new ones. In a database, which
cannot be searched like files, all of it ends.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import dagster as dg

from tunegenie_assets.erasing.places import vacuum
from tunegenie_assets.erasing.scanning import scan_home
from tunegenie_assets.erasing.traces import Traces

_STORED = ("history", "storage", "schedules")


def unfinished_runs(instance: dg.DagsterInstance) -> list[str]:
    """The ids of runs that are at work or about to be."""
    statuses = [
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ]
    return [run.run_id for run in instance.get_runs(filters=dg.RunsFilter(statuses=statuses))]


def delete_runs(instance: dg.DagsterInstance, traces: Traces) -> int:
    """Delete the runs that mention the listener, with their events; how many there were.

    All runs where the name is a word that any of them may mention.
    """
    pattern, deleted = traces.named, 0
    for run in instance.get_runs():
        if traces.is_word:
            instance.delete_run(run.run_id)
            deleted += 1
            continue
        told = (repr((run.run_config, run.tags)), *map(repr, instance.all_logs(run.run_id)))
        if any(pattern.search(text.encode("utf-8", "replace")) for text in told):
            instance.delete_run(run.run_id)
            deleted += 1
    return deleted


def wipe(instance: dg.DagsterInstance) -> None:
    """Delete all of Dagster's records, with what sensors remember."""
    instance.wipe()
    instance.wipe_all_schedules()


def clear_files(folder: Path, traces: Traces) -> bool:
    """Make the local files hold nothing of the deleted runs; whether all of Dagster's records had to go for that.

    To be called while no process has them open.
    """
    for file in folder.rglob("*.db"):
        try:
            vacuum(file)
        except sqlite3.DatabaseError:
            continue  # one that cannot be read is deleted below
    scan = scan_home(folder, traces)
    if not scan.hits and not scan.unopened and not traces.is_word:
        return False
    for name in _STORED:
        shutil.rmtree(folder / name, ignore_errors=True)
    return True
