"""Runs that the real daemon starts, over GraphQL as docs/automation.md says: in line, as one, and ended when killed."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable, Generator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import dagster as dg
import duckdb
import pytest
from dagster_graphql import DagsterGraphQLClient

from tests.integration.test_ui import free_port, ui
from tunegenie_assets.locking import warehouse_lock
from tunegenie_assets.partitions import RANGE_END_TAG, RANGE_START_TAG

LONGEST_SECONDS = 240
DOCUMENT = Path(__file__).parents[2] / "docs" / "automation.md"
RAW = ["raw", "spotify_extended_history"]
ENDED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
BACKFILL = """
mutation ($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) { ... on LaunchBackfillSuccess { backfillId } __typename }
}
"""
TERMINATE = "mutation ($id: String!) { terminateRun(runId: $id) { __typename } }"


class Served:
    """A home with its UI and daemon, and the instance that both work on."""

    def __init__(self, home: Path, port: int, instance: dg.DagsterInstance) -> None:
        self.home, self.port, self.instance = home, port, instance

    def ask(self, query: str, variables: dict[str, Any]) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = Request(f"http://127.0.0.1:{self.port}/graphql", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=60) as answer:  # noqa: S310  # of this machine
            told = json.load(answer)
        assert "errors" not in told, told
        return told["data"]

    def until(self, what: Callable[[], Any]) -> Any:
        for _ in range(2 * LONGEST_SECONDS):
            if found := what():
                return found
            time.sleep(0.5)
        raise AssertionError("it does not come to it")

    def run(self, run_id: str) -> dg.DagsterRun:
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        return run

    def end_of(self, run_id: str) -> dg.DagsterRunStatus:
        return self.until(lambda: (status := self.run(run_id).status) in ENDED and status)

    def process_of(self, run_id: str) -> int:
        """Of a run that is at work; it waits for the warehouse before its first step."""

        def told() -> int:
            found = [
                re.search(r"^Executing steps in process \(pid: (\d+)\)", e.user_message) for e in self.logs(run_id)
            ]
            return next((int(one[1]) for one in found if one), 0)

        return self.until(told)

    def logs(self, run_id: str) -> list[dg.EventLogEntry]:
        """All of a run; Dagster's own words stand in the event."""
        entries = self.instance.all_logs(run_id)
        return [
            e._replace(user_message=e.get_dagster_event().message or "") if e.is_dagster_event else e for e in entries
        ]

    def launch(self, first: str, last: str) -> str:
        """The call of the document, for one table and these days."""
        [query] = re.findall(r"```graphql\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
        selector = {"repositoryLocationName": "tunegenie", "repositoryName": "__repository__"}
        tags = [{"key": RANGE_START_TAG, "value": first}, {"key": RANGE_END_TAG, "value": last}]
        told = self.ask(
            query,
            {
                "run": {
                    "selector": {**selector, "jobName": "import_archives", "assetSelection": [{"path": RAW}]},
                    "runConfigData": {},
                    "executionMetadata": {"tags": tags},
                }
            },
        )["launchRun"]
        assert told["__typename"] == "LaunchRunSuccess", told
        return told["run"]["runId"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    home = folder / "home"
    with (
        (folder / "output.log").open("w", encoding="utf-8") as output,
        ui(home, port, output) as process,
        dg.DagsterInstance.from_config(str(home / "dagster")) as instance,
    ):
        served = Served(home, port, instance)
        yield served
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=LONGEST_SECONDS)


def test_a_year_is_one_run(served: Served) -> None:
    days = [(date(2024, 1, 1) + timedelta(days=number)).isoformat() for number in range(365)]
    told = served.ask(BACKFILL, {"params": {"assetSelection": [{"path": RAW}], "partitionNames": days}})
    backfill = told["launchPartitionBackfill"]["backfillId"]

    def runs() -> list[dg.DagsterRun]:
        return list(served.instance.get_runs(dg.RunsFilter(tags={"dagster/backfill": backfill})))

    [run] = served.until(runs)
    assert (run.tags[RANGE_START_TAG], run.tags[RANGE_END_TAG]) == (days[0], days[-1])
    assert served.end_of(run.run_id) is dg.DagsterRunStatus.SUCCESS
    served.until(lambda: (b := served.instance.get_backfill(backfill)) and b.status.value == "COMPLETED_SUCCESS")
    assert len(runs()) == 1
    built = served.instance.get_materialized_partitions(dg.AssetKey(RAW))
    assert set(days) <= built


def test_a_second_run_waits_in_line_and_a_killed_one_lets_it_go_on(served: Served) -> None:
    with warehouse_lock(served.home / "warehouse.duckdb.lock"):
        # Both would write: the first waits for the lock that this test holds, the second for the first.
        first = served.launch("2024-01-01", "2024-01-31")
        process = served.process_of(first)
        second = served.launch("2024-01-15", "2024-02-15")
        served.until(lambda: served.run(second).status is dg.DagsterRunStatus.QUEUED)
        assert served.run(first).status is dg.DagsterRunStatus.STARTED
        os.kill(process, signal.SIGKILL)
        assert served.end_of(first) is dg.DagsterRunStatus.FAILURE
    said = " ".join(entry.user_message for entry in served.logs(first))
    assert "terminated by signal 9 (SIGKILL)" in said
    assert served.end_of(second) is dg.DagsterRunStatus.SUCCESS


def test_a_cancelled_run_ends_as_cancelled_and_leaves_the_warehouse_free(served: Served) -> None:
    with warehouse_lock(served.home / "warehouse.duckdb.lock"):
        run_id = served.launch("2024-01-01", "2024-01-31")
        served.process_of(run_id)
        assert served.ask(TERMINATE, {"id": run_id})["terminateRun"]["__typename"] == "TerminateRunSuccess"
        assert served.end_of(run_id) is dg.DagsterRunStatus.CANCELED
    with duckdb.connect(str(served.home / "warehouse.duckdb")) as connection:
        assert connection.execute("select count(*) from raw.spotify_extended_history").fetchone() == (0,)


# Dagster's client calls its own library in the old way.
@pytest.mark.filterwarnings("ignore:Using variable_values:DeprecationWarning")
def test_a_run_is_started_by_the_python_client(served: Served) -> None:
    client = DagsterGraphQLClient("127.0.0.1", port_number=served.port)
    config = {"ops": {"landing__page_files": {"config": {"scopes": []}}}}
    run_id = client.submit_job_execution("collect", run_config=config)
    assert served.end_of(run_id) is dg.DagsterRunStatus.SUCCESS
