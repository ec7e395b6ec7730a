"""One step of the warehouse bench in a process of its own, so that its peak memory is its own: fill or build.

Prints one JSON document: of a build the seconds of each model, those that are kept by day apart from the others.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path

from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

from benches.warehouse.histories import FIRST_DAY, History, add_days, create
from tunegenie_assets.dbt_support.arguments import variables
from tunegenie_assets.dbt_support.project import DbtProjectFiles, parse
from tunegenie_assets.dbt_support.runner import connections_closed_after
from tunegenie_assets.keys import DAILY_TAG

MODELS_ALONE = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
Seconds = dict[str, dict[str, float]]

SETTINGS = {"default_timezone": "UTC", "counting_policy": "all", "incognito": "counted"}


def build(home: Path, from_day: int, until_day: int) -> Seconds:
    """Build all models for the days [from_day, until_day).

    Raises:
        SystemExit: dbt failed.
    """
    files = DbtProjectFiles(target="ci", target_path=home / "dbt")
    window = (FIRST_DAY + timedelta(days=from_day), FIRST_DAY + timedelta(days=until_day))
    command = ["build", *MODELS_ALONE, *variables(window, SETTINGS, ()), *files.global_arguments]
    with connections_closed_after():
        outcome = dbtRunner(manifest=parse(files)).invoke(command)
    if not isinstance(outcome.result, RunExecutionResult):
        raise SystemExit(f"dbt: {outcome.exception}")
    failed = [f"{r.node.name}: {r.message}" for r in outcome.result.results if str(r.status) != "success"]
    if failed:
        raise SystemExit("; ".join(failed).replace("\n", " "))
    seconds: Seconds = {"daily": {}, "whole": {}}
    for result in outcome.result.results:
        seconds["daily" if DAILY_TAG in result.node.tags else "whole"][result.node.name] = result.execution_time
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benches.warehouse.step", description=__doc__)
    parser.add_argument("action", choices=("create", "add", "build"))
    parser.add_argument("home", type=Path)
    parser.add_argument("--listeners", type=int, default=0)
    parser.add_argument("--plays-per-day", type=int, default=0)
    parser.add_argument("--from-day", type=int, default=0)
    parser.add_argument("--until-day", type=int, required=True)
    arguments = parser.parse_args()
    history = History(arguments.listeners, arguments.plays_per_day, arguments.until_day)
    warehouse = arguments.home / "warehouse.duckdb"
    seconds: Seconds = {}
    if arguments.action == "create":
        create(warehouse, history)
    elif arguments.action == "add":
        add_days(warehouse, history, arguments.from_day, arguments.until_day)
    else:
        seconds = build(arguments.home, arguments.from_day, arguments.until_day)
    sys.stdout.write(json.dumps(seconds))


if __name__ == "__main__":
    main()
