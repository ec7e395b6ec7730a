"""One step of the warehouse bench in a process of its own, so that its peak memory is its own: fill, copy or build.

Prints one JSON document: of a build the seconds of each model, those that are kept by day apart from the others.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import duckdb
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

from benches.warehouse.histories import FIRST_DAY, History, add_days, copy_plays, create
from tunegenie_assets.dbt_support.arguments import build_arguments, variables
from tunegenie_assets.dbt_support.parts import RECORDS_IN_A_PART, calls, parts_of
from tunegenie_assets.dbt_support.project import DbtProjectFiles, parse
from tunegenie_assets.dbt_support.runner import ancestors_of, connections_closed_after
from tunegenie_assets.keys import DAILY_TAG

Seconds = dict[str, dict[str, float]]

SETTINGS = {"default_timezone": "UTC", "counting_policy": "all", "incognito": "counted"}


def build(home: Path, from_day: int, until_day: int, *, only_daily: bool) -> Seconds:
    """Build the models for the days [from_day, until_day), in parts as a run of Dagster does.

    Raises:
        SystemExit: dbt failed.
    """
    files = DbtProjectFiles(target="ci", target_path=home / "dbt")
    manifest = parse(files)
    models = [
        name
        for name, node in manifest.nodes.items()
        if node.resource_type in ("model", "seed") and (DAILY_TAG in node.tags or not only_daily)
    ]
    window = (FIRST_DAY + timedelta(days=from_day), FIRST_DAY + timedelta(days=until_day))
    planned = calls(
        models,
        (),
        window,
        parts=parts_of(window, records_by_day(home / "warehouse.duckdb"), RECORDS_IN_A_PART),
        daily={model for model in models if DAILY_TAG in manifest.nodes[model].tags},
        ancestors={model: ancestors_of(model, manifest) for model in models},
    )
    seconds: dict[str, Counter[str]] = {"daily": Counter(), "whole": Counter()}
    for call in planned:
        command = [*build_arguments(call.models, ()), *variables(call.window, SETTINGS, ()), *files.global_arguments]
        with connections_closed_after():
            outcome = dbtRunner(manifest=manifest).invoke(command)
        if not isinstance(outcome.result, RunExecutionResult):
            raise SystemExit(f"dbt: {outcome.exception}")
        for result in outcome.result.results:
            if str(result.status) != "success":
                raise SystemExit(f"{result.node.name}: {' '.join(str(result.message).split())}")
            kind = "daily" if DAILY_TAG in result.node.tags else "whole"
            seconds[kind][result.node.name] += result.execution_time  # pyright: ignore[reportArgumentType]  # seconds
    return {kind: dict(models) for kind, models in seconds.items()}


def records_by_day(warehouse: Path) -> dict[date, int]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute("select play_date, count(*) from synthetic.plays group by play_date").fetchall()
    return dict(found)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benches.warehouse.step", description=__doc__)
    parser.add_argument("action", choices=("create", "add", "copy", "build", "build-daily"))
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
    elif arguments.action == "copy":
        begin = time.monotonic()
        copy_plays(warehouse)
        seconds = {"copied": {"synthetic.plays": time.monotonic() - begin}}
    else:
        only_daily = arguments.action == "build-daily"
        seconds = build(arguments.home, arguments.from_day, arguments.until_day, only_daily=only_daily)
    sys.stdout.write(json.dumps(seconds))


if __name__ == "__main__":
    main()
