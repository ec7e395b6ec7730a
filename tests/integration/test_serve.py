"""`tunegenie serve` as containers run it: three processes that share a home and a database, found by one another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.integration.postgres import PASSWORD, postgres_server, programs
from tests.integration.test_ui import free_port
from tunegenie_assets.cli.serving import CODE_PORT
from tunegenie_assets.settings import PREFIX

pytestmark = pytest.mark.skipif(programs() is None, reason="no PostgreSQL server (initdb) is installed here")
LONGEST_SECONDS = 240
QUERY = '{"query": "{ repositoriesOrError { ... on RepositoryConnection { nodes { jobs { name } } } } }"}'


@contextmanager
def part(environment: dict[str, str], *arguments: str) -> Generator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tunegenie_assets.cli.app", "serve", *arguments, "--host", "127.0.0.1"]
    with subprocess.Popen(command, env=environment, start_new_session=True) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def until(succeeds: list[str], environment: dict[str, str], process: subprocess.Popen[bytes]) -> None:
    """Wait for the health check that compose.yaml has."""
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        if (
            subprocess.run(
                [sys.executable, "-m", *succeeds], env=environment, capture_output=True, check=False
            ).returncode
            == 0
        ):
            return
        assert process.poll() is None
    raise AssertionError(f"{succeeds} does not succeed")


def jobs_in_the_ui(port: int) -> set[str]:
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        with suppress(OSError):
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/graphql", data=QUERY.encode(), headers={"Content-Type": "application/json"}
            )
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
                [repository] = json.load(answer)["data"]["repositoriesOrError"]["nodes"]
                return {job["name"] for job in repository["jobs"]}
        time.sleep(0.5)
    raise AssertionError("the UI does not answer")


def test_parts_find_each_other_and_end_when_told(tmp_path: Path) -> None:
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "PYTHON", "DAGSTER"))}
    with postgres_server() as address:
        environment = {
            **kept,
            "PGPASSWORD": PASSWORD,
            "DAGSTER_HOME": str(tmp_path / "home" / "dagster"),
            f"{PREFIX}HOME": str(tmp_path / "home"),
            f"{PREFIX}ENV": "ci",
            f"{PREFIX}UI_PORT": str(port),
            f"{PREFIX}DAGSTER_STORAGE": address.replace("postgresql:", "postgresql+psycopg2:"),
        }
        with part(environment, "code") as code:
            until(["dagster", "api", "grpc-health-check", "--port", str(CODE_PORT)], environment, code)
            with (
                part(environment, "webserver", "--code", "127.0.0.1") as webserver,
                part(environment, "daemon", "--code", "127.0.0.1") as daemon,
            ):
                assert {"collect", "build_everything", "train_recommender"} <= jobs_in_the_ui(port)
                until(["dagster._daemon", "liveness-check"], environment, daemon)
                again = subprocess.run(
                    [sys.executable, "-m", "tunegenie_assets.cli.app", "serve", "code"],
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert again.returncode == 1
                assert "another code server" in again.stderr
                for process in (webserver, daemon, code):
                    process.send_signal(signal.SIGTERM)
                for process in (webserver, daemon, code):
                    process.wait(timeout=LONGEST_SECONDS)
        assert list((tmp_path / "home" / "dagster").rglob("*.db")) == []
